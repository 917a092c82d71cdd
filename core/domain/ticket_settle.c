// SPDX-License-Identifier: Apache-2.0
// ticket_settle: what became of a ticket: its certificate, and the end of that.
#include "core/domain/record.h"
#include "core/domain/ticket.h"
#include "core/domain/actor.h"

static const char *const settled_members[] = {
    "state", "serial", "der_sha256", "not_after", "settled", NULL};
static const char *const ended_members[] = {"state", NULL};

/* Another ticket of the same case that has a live certificate. */
struct rival {
    str id;
    str serial;
    struct err *err;
};

static int check_rival(void *arg, str key, const struct json *ticket)
{
    struct rival *r = arg;
    if (!str_eq(record_get(ticket, "state"), STR("settled")) || str_eq(key, r->id) ||
        str_eq(record_get(ticket, "serial"), r->serial))
        return 0;
    return err_set(r->err, E_CONFLICT, "the case has another certificate already");
}

static int is_same(const struct json *ticket, str serial, str der_sha256)
{
    return str_eq(record_get(ticket, "serial"), serial) &&
           str_eq(record_get(ticket, "der_sha256"), der_sha256);
}

static int write_settled(struct store_tx *tx, const struct json *ticket, str id, str serial,
    str der_sha256, int64_t not_after_ms)
{
    struct record r;
    record_begin_from(&r, tx, ticket, settled_members);
    record_str(&r, "state", STR("settled"));
    record_str(&r, "serial", serial);
    record_str(&r, "der_sha256", der_sha256);
    record_int(&r, "not_after", not_after_ms);
    record_int(&r, "settled", store_tx_now(tx));
    int rc = record_put(&r, STR("ticket"), id);
    return rc ? rc : record_audit(tx, NULL, record_get(ticket, "case"), "ticket.settled", id);
}

int ticket_settle(struct store_tx *tx, str ticket_id, str serial, str der_sha256,
    int64_t not_after_ms, struct err *err)
{
    struct arena arena = {0};
    const struct json *ticket;
    if (!serial.n || serial.n > 40 || !actor_is_digest(der_sha256))
        return err_set(err, E_INVALID, "a certificate has a serial number and a digest");
    int rc = record_load(tx, STR("ticket"), ticket_id, &arena, &ticket);
    if (rc == 1)
        return err_set(err, E_NOT_FOUND, "no such ticket");
    bool minted = !rc && str_eq(record_get(ticket, "state"), STR("minted"));
    if (!rc && !minted) {
        rc = is_same(ticket, serial, der_sha256)
                 ? 0
                 : err_set(err, E_CONFLICT, "the ticket has another certificate already");
    } else if (!rc) {
        str kase = record_get(ticket, "case");
        struct rival rival = {ticket_id, serial, err};
        rc = record_each(tx, STR("ticket"), STR("case"), &kase, 1, check_rival, &rival);
        if (!rc)
            rc = write_settled(tx, ticket, ticket_id, serial, der_sha256, not_after_ms);
    }
    arena_release(&arena);
    return rc;
}

int ticket_revoked(struct store_tx *tx, str ticket_id, str reason, struct err *err)
{
    struct arena arena = {0};
    const struct json *ticket;
    struct record r;
    int rc = record_load(tx, STR("ticket"), ticket_id, &arena, &ticket);
    if (rc == 1)
        rc = err_set(err, E_NOT_FOUND, "no such ticket");
    if (!rc && str_eq(record_get(ticket, "state"), STR("settled"))) {
        record_begin_from(&r, tx, ticket, ended_members);
        record_str(&r, "state", STR("revoked"));
        record_str(&r, "reason", reason);
        record_int(&r, "revoked", store_tx_now(tx));
        rc = record_put(&r, STR("ticket"), ticket_id);
        if (!rc)
            rc = record_audit(tx, NULL, record_get(ticket, "case"), "ticket.revoked", ticket_id);
    }
    arena_release(&arena);
    return rc;
}
