// SPDX-License-Identifier: Apache-2.0
// money_refund: money on its way back.
#include "core/domain/actor.h"
#include "core/domain/money.h"
#include "core/domain/money_private.h"

enum { FOUND = 2 };

static int is_settled(void *arg, str key, const struct json *ticket)
{
    (void)arg;
    (void)key;
    return str_eq(record_get(ticket, "state"), STR("settled")) ? FOUND : 0;
}

/* Of one case of the order. */
static int check_no_certificate(struct store_tx *tx, str kase, struct err *err)
{
    int rc = record_each(tx, STR("ticket"), STR("case"), &kase, 1, is_settled, NULL);
    return rc == FOUND ? err_set(err, E_CONFLICT, "a certificate of the order is in force") : rc;
}

/* Of all that are still in it; one that left may have been paid for anew. */
static int check_no_certificates(struct store_tx *tx, const struct json *order, struct err *err)
{
    struct json_iter it;
    json_iter_init(&it, json_get(order, STR("cases")));
    while (json_iter_next(&it)) {
        str kase = json_str(it.value);
        int rc = money_has_left(order, kase) ? 0 : check_no_certificate(tx, kase, err);
        if (rc)
            return rc;
    }
    return 0;
}

static int write_refund(struct store_tx *tx, const struct domain_actor *by, const struct json *row,
    const struct money_back *back, char out[STORE_KEY_TEXT + 1])
{
    struct record r;
    record_begin(&r, tx, by);
    record_str(&r, "receipt", back->receipt);
    record_str(&r, "channel", record_get(row, "channel"));
    record_str(&r, "trade_no", record_get(row, "trade_no"));
    record_int(&r, "fen", back->fen);
    record_str(&r, "case", back->kase);
    record_str(&r, "why", back->why);
    record_str(&r, "state", STR("asked"));
    int rc = record_insert(&r, STR("refund"), out);
    return rc ? rc : record_audit(tx, by, back->receipt, "refund.asked", str_from(out));
}

/* A receipt being changed: its parts and the order it belongs to. */
struct change {
    struct store_tx *tx;
    const struct domain_actor *by;
    struct arena *arena;
    struct money_parts parts;
    str order;
};

/* What ends an order frees the order's remaining money: it stands unapplied. */
static int end_order(struct change *c, struct err *err)
{
    const struct json *row;
    int rc = record_load(c->tx, STR("order"), c->order, c->arena, &row);
    if (!rc)
        rc = check_no_certificates(c->tx, row, err);
    if (!rc)
        rc = money_set_order(c->tx, c->by, c->order, row, "refunded", STR("refund"));
    c->parts.unapplied += c->parts.applied;
    c->parts.applied = 0;
    c->order = STR("");
    return rc == 1 ? E_CORRUPT : rc;
}

/* Takes from what stands unapplied first; with more, the order is no longer paid. */
static int take(struct change *c, int64_t fen, struct err *err)
{
    struct money_parts *p = &c->parts;
    if (fen <= 0 || fen > p->applied + p->unapplied)
        return err_set(err, E_INVALID, "the receipt does not hold that sum");
    int rc = fen > p->unapplied ? end_order(c, err) : 0;
    p->unapplied -= fen;
    p->refunded += fen;
    return rc;
}

/* The receipt falls by the lines of the case and by nothing else. */
static int split(
    struct change *c, const struct json *order, const struct money_back *back, struct err *err)
{
    int64_t own = money_part_of(order, back->kase);
    if (back->fen <= 0 || back->fen > own)
        return err_set(err, E_INVALID, "the lines of the case are not of that sum");
    c->parts.applied -= own;
    c->parts.refunded += back->fen;
    c->parts.unapplied += own - back->fen;
    return 0;
}

/* The case leaves; the last one leaves a receipt of no order. */
static int leave(struct change *c, const struct money_back *back, struct err *err)
{
    const struct json *row = NULL;
    int rc = c->order.n ? record_load(c->tx, STR("order"), c->order, c->arena, &row) : 1;
    if (rc < 0)
        return rc;
    if (rc || !str_eq(record_get(row, "state"), STR("paid")) || !money_part_of(row, back->kase) ||
        money_has_left(row, back->kase))
        return err_set(err, E_CONFLICT, "the receipt does not pay for that case");
    rc = check_no_certificate(c->tx, back->kase, err);
    if (!rc)
        rc = split(c, row, back, err);
    if (!rc)
        rc = money_leave_order(c->tx, c->by, c->order, row, back->kase);
    if (!c->parts.applied)
        c->order = STR("");
    return rc;
}

static int load_receipt(
    struct change *c, const struct money_back *back, const struct json **row, struct err *err)
{
    int rc = record_load(c->tx, STR("receipt"), back->receipt, c->arena, row);
    if (rc)
        return rc == 1 ? err_set(err, E_NOT_FOUND, "no such receipt") : rc;
    money_parts_of(*row, &c->parts);
    c->order = record_get(*row, "order");
    return 0;
}

int money_refund(struct store_tx *tx, const struct domain_actor *by, const struct money_back *back,
    char out[STORE_KEY_TEXT + 1], struct err *err)
{
    struct arena arena = {0};
    struct change c = {.tx = tx, .by = by, .arena = &arena};
    const struct json *row;
    int rc = actor_check(tx, by, DOMAIN_CASHIER | DOMAIN_OFFICER | ACTOR_SYSTEM, STR(""), err);
    if (!rc)
        rc = load_receipt(&c, back, &row, err);
    if (!rc)
        rc = back->kase.n ? leave(&c, back, err) : take(&c, back->fen, err);
    if (!rc)
        rc = money_set_parts(tx, by, back->receipt, row, &c.parts, c.order);
    if (!rc)
        rc = write_refund(tx, by, row, back, out);
    arena_release(&arena);
    return rc;
}

static int give_back(struct store_tx *tx, const struct json *refund, struct arena *arena)
{
    const struct json *row;
    struct money_parts parts;
    str receipt = record_get(refund, "receipt");
    int64_t fen = record_number(refund, "fen");
    int rc = record_load(tx, STR("receipt"), receipt, arena, &row);
    if (rc)
        return rc == 1 ? E_CORRUPT : rc;
    money_parts_of(row, &parts);
    parts.refunded -= fen;
    parts.unapplied += fen;
    return money_set_parts(tx, NULL, receipt, row, &parts, record_get(row, "order"));
}

static int write_answer(
    struct store_tx *tx, str key, const struct json *refund, const char *state, str said)
{
    static const char *const without[] = {"state", "said", "answered", NULL};
    struct record r;
    record_begin_from(&r, tx, refund, without);
    record_str(&r, "state", str_from(state));
    record_str(&r, "said", said);
    record_int(&r, "answered", store_tx_now(tx));
    int rc = record_put(&r, STR("refund"), key);
    return rc ? rc : record_audit(tx, NULL, record_get(refund, "receipt"), "refund.answered", key);
}

int money_refunded(struct store_tx *tx, str refund, bool done, str said, struct err *err)
{
    struct arena arena = {0};
    const struct json *row;
    const char *state = done ? "done" : "failed";
    int rc = record_load(tx, STR("refund"), refund, &arena, &row);
    if (rc == 1)
        rc = err_set(err, E_NOT_FOUND, "no such refund");
    bool asked = !rc && str_eq(record_get(row, "state"), STR("asked"));
    if (!rc && !asked && !str_eq(record_get(row, "state"), str_from(state)))
        rc = err_set(err, E_CONFLICT, "the refund was answered differently before");
    if (asked && !done)
        rc = give_back(tx, row, &arena);
    if (asked && !rc)
        rc = write_answer(tx, refund, row, state, said);
    arena_release(&arena);
    return rc;
}
