// SPDX-License-Identifier: Apache-2.0
// ticket: minted from facts, checked by the signer, settled once.
#include "core/domain/ticket.h"

#include "core/domain/fact.h"
#include "core/domain/money_private.h"
#include "core/domain/voucher.h"

_Static_assert((int)TICKET_KEY == (int)VOUCHER_KEY, "one key for all vouchers");

static const char label[] = "certhall ticket";

static int check_standing(
    const struct domain_standing *s, const struct ticket_ask *ask, struct err *err)
{
    if (!s->agreed)
        return err_set(err, E_DENIED, "the agreement was not accepted");
    if (!s->identified)
        return err_set(err, E_DENIED, "identity was not checked, or too long ago");
    if (ask->order.n ? !s->paid : !s->waived)
        return err_set(err, E_DENIED, "neither paid nor waived by two officers");
    if (!s->reviewed || s->reviewed < s->stages)
        return err_set(err, E_DENIED, "the review is not complete");
    return 0;
}

/* Every review of the case was of the form as it is now, and its materials still stand. */
struct reviewed {
    struct store_tx *tx;
    str kase;
    str form;
    struct err *err;
};

static int check_one_review(void *arg, str key, const struct json *review)
{
    struct reviewed *r = arg;
    struct json_iter it;
    (void)key;
    if (!str_eq(record_get(review, "form"), r->form))
        return err_set(r->err, E_DENIED, "the form changed after the review");
    json_iter_init(&it, json_get(review, STR("required")));
    while (json_iter_next(&it)) {
        int rc = domain_has_material(r->tx, r->kase, json_str(it.value));
        if (rc == 1)
            return err_set(r->err, E_DENIED, "the material %.*s was withdrawn after the review",
                STR_ARG(json_str(it.value)));
        if (rc)
            return rc;
    }
    return 0;
}

static int check_order(struct store_tx *tx, const struct ticket_ask *ask, struct err *err)
{
    struct arena arena = {0};
    const struct json *order = NULL;
    int rc = ask->order.n ? record_load(tx, STR("order"), ask->order, &arena, &order) : 0;
    if (rc == 1 || (!rc && order && !str_eq(record_get(order, "state"), STR("paid"))))
        rc = err_set(err, E_DENIED, "the order is not paid");
    const struct json *line = json_at(json_get(order, STR("lines")), ask->line);
    if (!rc && order && !str_eq(record_get(line, "case"), ask->kase))
        rc = err_set(err, E_DENIED, "the order's line belongs to another case");
    if (!rc && order && money_has_left(order, ask->kase))
        rc = err_set(err, E_DENIED, "the case left the order");
    arena_release(&arena);
    return rc;
}

/* Tickets of the case so far: a live certificate binds the case to its key. */
struct earlier {
    const struct ticket_ask *ask;
    struct err *err;
};

static int check_earlier(void *arg, str key, const struct json *ticket)
{
    struct earlier *e = arg;
    (void)key;
    if (!str_eq(record_get(ticket, "state"), STR("settled")) ||
        str_eq(record_get(ticket, "spki"), e->ask->spki_sha256))
        return 0;
    return err_set(e->err, E_CONFLICT, "a certificate for another key exists already");
}

static int write_ticket(struct store_tx *tx, const struct ticket_ask *ask,
    const struct json *review, char id[STORE_KEY_TEXT + 1])
{
    struct record r;
    record_begin(&r, tx, NULL);
    record_str(&r, "case", ask->kase);
    record_str(&r, "order", ask->order);
    record_int(&r, "line", ask->line);
    record_str(&r, "spki", ask->spki_sha256);
    record_str(&r, "profile", record_get(review, "profile"));
    record_str(&r, "state", STR("minted"));
    int rc = record_insert(&r, STR("ticket"), id);
    return rc ? rc : record_audit(tx, NULL, ask->kase, "ticket.minted", str_from(id));
}

static void write_payload(struct buf *payload, str id, const struct ticket_ask *ask,
    const struct json *review, int64_t expires_ms)
{
    struct json_writer w = {.out = payload};
    const str texts[][2] = {{STR("id"), id}, {STR("case"), ask->kase},
        {STR("profile"), record_get(review, "profile")}, {STR("spki_sha256"), ask->spki_sha256},
        {STR("renews"), record_get(review, "renews")}};
    json_begin_object(&w);
    for (size_t i = 0; i < countof(texts); i++) {
        json_key(&w, texts[i][0]);
        json_put_str(&w, texts[i][1]);
    }
    json_key(&w, STR("line"));
    json_put_int(&w, ask->line);
    json_key(&w, STR("years"));
    json_put_int(&w, record_number(review, "years"));
    json_key(&w, STR("expires_ms"));
    json_put_int(&w, expires_ms);
    json_key(&w, STR("subject"));
    json_put_value(&w, json_get(review, STR("subject")));
    json_end_object(&w);
}

static int check_all(
    struct store_tx *tx, const struct ticket_ask *ask, str form_sha256, struct err *err)
{
    struct domain_standing standing;
    struct reviewed reviewed = {tx, ask->kase, form_sha256, err};
    struct earlier earlier = {ask, err};
    if (!actor_is_digest(ask->spki_sha256) || !ask->kase.n)
        return err_set(err, E_INVALID, "a ticket is for a case and a key");
    int rc = domain_standing(tx, ask->kase, &standing);
    if (!rc)
        rc = check_standing(&standing, ask, err);
    if (!rc)
        rc = fact_each(tx, ask->kase, "review", check_one_review, &reviewed);
    if (!rc)
        rc = check_order(tx, ask, err);
    if (!rc)
        rc = record_each(tx, STR("ticket"), STR("case"), &ask->kase, 1, check_earlier, &earlier);
    return rc;
}

int ticket_mint(struct store_tx *tx, const struct ticket_ask *ask, str form_sha256,
    const uint8_t key[TICKET_KEY], struct buf *out, struct err *err)
{
    struct arena arena = {0};
    struct buf payload = {0};
    const struct json *review;
    char id[STORE_KEY_TEXT + 1];
    str fact;
    int rc = check_all(tx, ask, form_sha256, err);
    if (!rc)
        rc = fact_newest(tx, ask->kase, "review", &arena, &fact, &review);
    if (!rc)
        rc = write_ticket(tx, ask, review, id);
    if (!rc) {
        write_payload(&payload, str_from(id), ask, review, store_tx_now(tx) + DOMAIN_TICKET_MS);
        voucher_write(out, str_from(label), buf_str(&payload), key);
    }
    buf_release(&payload);
    arena_release(&arena);
    return rc;
}

static void read_ticket(const struct json *v, struct arena *arena, struct ticket *out)
{
    struct buf subject = {0};
    struct json_writer w = {.out = &subject};
    json_put_value(&w, json_get(v, STR("subject")));
    *out = (struct ticket){.id = record_get(v, "id"),
        .kase = record_get(v, "case"),
        .line = (unsigned)record_number(v, "line"),
        .profile = record_get(v, "profile"),
        .renews = record_get(v, "renews"),
        .years = (unsigned)record_number(v, "years"),
        .subject_json = arena_str(arena, buf_str(&subject)),
        .spki_sha256 = record_get(v, "spki_sha256"),
        .expires_ms = record_number(v, "expires_ms")};
    buf_release(&subject);
}

int ticket_verify(str text, const uint8_t key[TICKET_KEY], int64_t now_ms, struct arena *arena,
    struct ticket *out, struct err *err)
{
    const struct json *v;
    *out = (struct ticket){0};
    if (voucher_read(text, str_from(label), key, arena, &v))
        return err_set(err, E_DENIED, "the ticket is not one of the hall's");
    read_ticket(v, arena, out);
    if (out->expires_ms < now_ms)
        return err_set(err, E_TIMEOUT, "the ticket has expired");
    return 0;
}
