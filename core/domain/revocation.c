// SPDX-License-Identifier: Apache-2.0
// revocation: an order written from stored facts, and read by the signer.
#include "core/domain/revocation.h"

#include "core/domain/actor.h"
#include "core/domain/record.h"
#include "core/domain/voucher.h"

enum { WHY_MAX = 200, REASON_MAX = 10 };

static const char label[] = "certhall revocation";
static const char *const names[] = {"revoke", "freeze", "unfreeze"};

const char *revocation_act_name(enum revocation_act act)
{
    return names[act];
}

int revocation_act_of(str word, enum revocation_act *out)
{
    for (size_t i = 0; i < countof(names); i++)
        if (str_eq(word, str_from(names[i]))) {
            *out = (enum revocation_act)i;
            return 0;
        }
    return 1;
}

static int check_actor(
    struct store_tx *tx, const struct domain_actor *by, str kase, struct err *err)
{
    const unsigned staff = DOMAIN_REVIEWER | DOMAIN_OFFICER | DOMAIN_COUNTER;
    bool applicant = by->role == DOMAIN_APPLICANT;
    return actor_check(tx, by, ACTOR_SYSTEM | (applicant ? 0 : staff), kase, err);
}

static void put_text(struct json_writer *w, const char *name, str value)
{
    json_key(w, str_from(name));
    json_put_str(w, value);
}

static void put_number(struct json_writer *w, const char *name, int64_t value)
{
    json_key(w, str_from(name));
    json_put_int(w, value);
}

static void write_order(struct buf *payload, str id, const struct domain_actor *by,
    const struct revocation_ask *ask, str serial, int64_t expires_ms)
{
    struct json_writer w = {.out = payload};
    json_begin_object(&w);
    put_text(&w, "id", id);
    put_text(&w, "ticket", ask->ticket);
    put_text(&w, "serial", serial);
    put_text(&w, "act", str_from(revocation_act_name(ask->act)));
    put_number(&w, "reason", ask->act == REVOCATION_REVOKE ? ask->reason : 0);
    put_text(&w, "actor", by->account);
    put_text(&w, "why", ask->why);
    put_number(&w, "expires_ms", expires_ms);
    json_end_object(&w);
}

static int load_settled(
    struct store_tx *tx, str ticket, struct arena *arena, const struct json **row, struct err *err)
{
    int rc = record_load(tx, STR("ticket"), ticket, arena, row);
    if (rc == 1)
        return err_set(err, E_NOT_FOUND, "no such ticket");
    if (!rc && !str_eq(record_get(*row, "state"), STR("settled")))
        return err_set(err, E_CONFLICT, "the ticket has no living certificate");
    return rc;
}

int revocation_order(struct store_tx *tx, const struct domain_actor *by,
    const struct revocation_ask *ask, const uint8_t key[TICKET_KEY], struct buf *out,
    struct err *err)
{
    struct arena arena = {0};
    struct buf payload = {0};
    const struct json *row = NULL;
    char id[STORE_KEY_TEXT + 1];
    if (ask->why.n > WHY_MAX || ask->reason > REASON_MAX)
        return err_set(err, E_INVALID, "a revocation has a reason of the list and a short why");
    int rc = load_settled(tx, ask->ticket, &arena, &row, err);
    if (!rc)
        rc = check_actor(tx, by, record_get(row, "case"), err);
    if (!rc) {
        store_key_new(tx, id);
        rc = record_audit(tx, by, record_get(row, "case"), "revocation.ordered", ask->ticket);
    }
    if (!rc) {
        write_order(&payload, str_from(id), by, ask, record_get(row, "serial"),
            store_tx_now(tx) + DOMAIN_TICKET_MS);
        voucher_write(out, str_from(label), buf_str(&payload), key);
    }
    buf_release(&payload);
    arena_release(&arena);
    return rc;
}

int revocation_verify(str text, const uint8_t key[TICKET_KEY], int64_t now_ms, struct arena *arena,
    struct revocation *out, struct err *err)
{
    const struct json *v;
    *out = (struct revocation){0};
    if (voucher_read(text, str_from(label), key, arena, &v) ||
        revocation_act_of(record_get(v, "act"), &out->act))
        return err_set(err, E_DENIED, "the order is not one of the hall's");
    out->id = record_get(v, "id");
    out->ticket = record_get(v, "ticket");
    out->serial = record_get(v, "serial");
    out->reason = (unsigned)record_number(v, "reason");
    out->actor = record_get(v, "actor");
    out->why = record_get(v, "why");
    out->expires_ms = record_number(v, "expires_ms");
    if (out->expires_ms < now_ms)
        return err_set(err, E_TIMEOUT, "the order has expired");
    return 0;
}
