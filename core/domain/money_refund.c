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

static int check_no_certificate(struct store_tx *tx, const struct json *order, struct err *err)
{
    struct json_iter it;
    json_iter_init(&it, json_get(order, STR("cases")));
    while (json_iter_next(&it)) {
        str kase = json_str(it.value);
        int rc = record_each(tx, STR("ticket"), STR("case"), &kase, 1, is_settled, NULL);
        if (rc == FOUND)
            return err_set(err, E_CONFLICT, "a certificate of the order is in force");
        if (rc)
            return rc;
    }
    return 0;
}

/* Takes from what stands unapplied first; then the order is no longer paid. */
static int take(struct money_parts *p, int64_t fen, int64_t *from_order, struct err *err)
{
    if (fen <= 0 || fen > p->applied + p->unapplied)
        return err_set(err, E_INVALID, "the receipt does not hold that sum");
    int64_t loose = fen < p->unapplied ? fen : p->unapplied;
    *from_order = fen - loose;
    p->unapplied -= loose;
    p->applied -= *from_order;
    p->refunded += fen;
    return 0;
}

static int write_refund(struct store_tx *tx, const struct domain_actor *by, str receipt,
    const struct json *row, int64_t fen, str why, char out[STORE_KEY_TEXT + 1])
{
    struct record r;
    record_begin(&r, tx, by);
    record_str(&r, "receipt", receipt);
    record_str(&r, "channel", record_get(row, "channel"));
    record_str(&r, "trade_no", record_get(row, "trade_no"));
    record_int(&r, "fen", fen);
    record_str(&r, "why", why);
    record_str(&r, "state", STR("asked"));
    int rc = record_insert(&r, STR("refund"), out);
    return rc ? rc : record_audit(tx, by, receipt, "refund.asked", str_from(out));
}

/* What leaves an order frees the order's remaining money: it stands unapplied. */
static int release_order(struct store_tx *tx, const struct domain_actor *by, str order,
    struct money_parts *parts, struct arena *arena, struct err *err)
{
    const struct json *row;
    int rc = record_load(tx, STR("order"), order, arena, &row);
    if (!rc)
        rc = check_no_certificate(tx, row, err);
    if (rc)
        return rc == 1 ? E_CORRUPT : rc;
    parts->unapplied += parts->applied;
    parts->applied = 0;
    return money_set_order(tx, by, order, row, "refunded", STR("refund"));
}

int money_refund(struct store_tx *tx, const struct domain_actor *by, str receipt, int64_t fen,
    str why, char out[STORE_KEY_TEXT + 1], struct err *err)
{
    struct arena arena = {0};
    const struct json *row;
    struct money_parts parts;
    int64_t from_order = 0;
    int rc = actor_check(tx, by, DOMAIN_CASHIER | DOMAIN_OFFICER | ACTOR_SYSTEM, STR(""), err);
    if (!rc)
        rc = record_load(tx, STR("receipt"), receipt, &arena, &row);
    if (rc == 1)
        rc = err_set(err, E_NOT_FOUND, "no such receipt");
    str order = rc ? STR("") : record_get(row, "order");
    if (!rc) {
        money_parts_of(row, &parts);
        rc = take(&parts, fen, &from_order, err);
    }
    if (!rc && from_order) {
        rc = release_order(tx, by, order, &parts, &arena, err);
        order = STR("");
    }
    if (!rc)
        rc = money_set_parts(tx, by, receipt, row, &parts, order);
    if (!rc)
        rc = write_refund(tx, by, receipt, row, fen, why, out);
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
