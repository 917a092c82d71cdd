// SPDX-License-Identifier: Apache-2.0
// money_receipt: what came in, and where it went.
#include "core/domain/actor.h"
#include "core/domain/money.h"
#include "core/domain/money_private.h"

enum { TRADE_MAX = 64 };

void money_parts_of(const struct json *receipt, struct money_parts *out)
{
    *out = (struct money_parts){.applied = record_number(receipt, "applied"),
        .refunded = record_number(receipt, "refunded"),
        .unapplied = record_number(receipt, "unapplied")};
}

int money_set_parts(struct store_tx *tx, const struct domain_actor *by, str key,
    const struct json *receipt, const struct money_parts *p, str order)
{
    static const char *const without[] = {
        "applied", "refunded", "unapplied", "order", "open", "changed", NULL};
    struct record r;
    if (p->applied < 0 || p->refunded < 0 || p->unapplied < 0 ||
        p->applied + p->refunded + p->unapplied != record_number(receipt, "fen"))
        return E_CORRUPT;
    record_begin_from(&r, tx, receipt, without);
    record_int(&r, "applied", p->applied);
    record_int(&r, "refunded", p->refunded);
    record_int(&r, "unapplied", p->unapplied);
    record_str(&r, "order", order);
    record_int(&r, "open", p->unapplied > 0);
    record_int(&r, "changed", store_tx_now(tx));
    int rc = record_put(&r, STR("receipt"), key);
    return rc ? rc : record_audit(tx, by, key, "receipt.changed", order);
}

static int write_receipt(struct store_tx *tx, const struct domain_actor *by,
    const struct money_notice *n, str order, bool applied)
{
    char key[STORE_KEY_TEXT + 1];
    struct record r;
    record_begin(&r, tx, by);
    record_str(&r, "channel", n->channel);
    record_str(&r, "trade_no", n->trade_no);
    record_str(&r, "out_no", n->out_no);
    record_int(&r, "fen", n->fen);
    record_str(&r, "payer", n->payer);
    record_int(&r, "paid", n->paid_ms);
    record_str(&r, "order", applied ? order : STR(""));
    record_str(&r, "meant", order);
    record_int(&r, "applied", applied ? n->fen : 0);
    record_int(&r, "refunded", 0);
    record_int(&r, "unapplied", applied ? 0 : n->fen);
    record_int(&r, "open", !applied);
    int rc = record_insert(&r, STR("receipt"), key);
    const char *event = applied ? "receipt.applied" : "receipt.unapplied";
    return rc ? rc : record_audit(tx, by, str_from(key), event, order);
}

static bool is_ours(const struct money_notice *n)
{
    return str_eq(n->currency, STR("CNY")) && str_eq(n->seller, n->our_seller) &&
           str_eq(n->app, n->our_app) && n->fen > 0 && n->fen <= MONEY_FEN_MAX;
}

static int is_known(struct store_tx *tx, const struct money_notice *n)
{
    struct arena arena = {0};
    const str values[] = {n->channel, n->trade_no};
    const struct json *row;
    str key;
    int rc = record_find(tx, STR("receipt"), STR("trade"), values, 2, &arena, &key, &row);
    arena_release(&arena);
    return rc;
}

/* The order that the attempt belongs to; empty if the number is none of ours. */
static int find_order(struct store_tx *tx, const struct money_notice *n, struct arena *arena,
    str *key, const struct json **order)
{
    const struct json *attempt;
    str at;
    *key = STR("");
    *order = NULL;
    int rc = record_find(tx, STR("attempt"), STR("out_no"), &n->out_no, 1, arena, &at, &attempt);
    if (!rc && str_eq(record_get(attempt, "channel"), n->channel)) {
        *key = record_get(attempt, "order");
        rc = record_load(tx, STR("order"), *key, arena, order);
    }
    return rc == 1 ? 0 : rc;
}

static bool fits(const struct json *order, int64_t fen)
{
    return order && str_eq(record_get(order, "state"), STR("open")) &&
           record_number(order, "total") == fen;
}

static int book(struct store_tx *tx, const struct domain_actor *by, const struct money_notice *n,
    str key, const struct json *order, enum money_outcome *outcome)
{
    bool applied = fits(order, n->fen);
    int rc = write_receipt(tx, by, n, key, applied);
    if (!rc && applied)
        rc = money_set_order(tx, by, key, order, "paid", STR(""));
    *outcome = applied ? MONEY_APPLIED : MONEY_UNAPPLIED;
    return rc;
}

static int judge(struct store_tx *tx, const struct money_notice *n, str key,
    const struct json *order, enum money_outcome *outcome)
{
    if (!is_ours(n)) {
        *outcome = MONEY_REFUSED;
        return record_audit(tx, NULL, key, "notice.refused", n->trade_no);
    }
    if (!n->success) {
        *outcome = MONEY_NOTED;
        return 0;
    }
    int rc = is_known(tx, n);
    *outcome = MONEY_REPEATED;
    return rc == 1 ? book(tx, NULL, n, key, order, outcome) : rc;
}

int money_notice(struct store_tx *tx, const struct money_notice *n, enum money_outcome *outcome,
    char order[STORE_KEY_TEXT + 1], struct err *err)
{
    struct arena arena = {0};
    const struct json *row;
    str key;
    if (!actor_is_word(n->channel) || !n->trade_no.n || n->trade_no.n > TRADE_MAX ||
        n->out_no.n > TRADE_MAX)
        return err_set(err, E_INVALID, "a notice names channel and trade number");
    int rc = find_order(tx, n, &arena, &key, &row);
    if (!rc)
        rc = judge(tx, n, key, row, outcome);
    if (!rc && order && str_to_c(key, order, STORE_KEY_TEXT + 1))
        rc = E_CORRUPT;
    arena_release(&arena);
    return rc;
}

int money_transfer(struct store_tx *tx, const struct domain_actor *cashier, str order,
    str bank_reference, int64_t fen, enum money_outcome *outcome, struct err *err)
{
    struct arena arena = {0};
    const struct json *row;
    const struct money_notice n = {.channel = STR("bank"),
        .trade_no = bank_reference,
        .fen = fen,
        .paid_ms = store_tx_now(tx)};
    if (!bank_reference.n || bank_reference.n > TRADE_MAX || fen <= 0 || fen > MONEY_FEN_MAX)
        return err_set(err, E_INVALID, "a transfer has a bank reference and a sum");
    int rc = actor_check(tx, cashier, DOMAIN_CASHIER, STR(""), err);
    if (!rc)
        rc = record_load(tx, STR("order"), order, &arena, &row);
    if (rc == 1)
        rc = err_set(err, E_NOT_FOUND, "no such order");
    if (!rc) {
        rc = is_known(tx, &n);
        *outcome = MONEY_REPEATED;
        rc = rc == 1 ? book(tx, cashier, &n, order, row, outcome) : rc;
    }
    arena_release(&arena);
    return rc;
}

int money_apply(struct store_tx *tx, const struct domain_actor *cashier, str receipt, str order,
    struct err *err)
{
    struct arena arena = {0};
    const struct json *r, *o;
    struct money_parts parts;
    int rc = actor_check(tx, cashier, DOMAIN_CASHIER, STR(""), err);
    if (!rc)
        rc = record_load(tx, STR("receipt"), receipt, &arena, &r);
    if (!rc)
        rc = record_load(tx, STR("order"), order, &arena, &o);
    if (rc == 1)
        rc = err_set(err, E_NOT_FOUND, "no such receipt or order");
    if (!rc) {
        money_parts_of(r, &parts);
        if (parts.applied || !fits(o, parts.unapplied))
            rc = err_set(err, E_CONFLICT, "the receipt is not the sum of that open order");
    }
    if (!rc) {
        parts.applied = parts.unapplied;
        parts.unapplied = 0;
        rc = money_set_parts(tx, cashier, receipt, r, &parts, order);
    }
    if (!rc)
        rc = money_set_order(tx, cashier, order, o, "paid", STR(""));
    arena_release(&arena);
    return rc;
}

static void add_receipt(const struct json *row, struct money_sums *out)
{
    struct money_parts p;
    money_parts_of(row, &p);
    out->receipts += record_number(row, "fen");
    out->applied += p.applied;
    out->refunded += p.refunded;
    out->unapplied += p.unapplied;
}

int money_sums(struct store_tx *tx, struct money_sums *out)
{
    const struct store_range range = {.table = STR("receipt")};
    struct store_iter *it;
    struct store_row row;
    *out = (struct money_sums){0};
    int rc = store_iter_open(&it, tx, &range, NULL);
    if (rc)
        return rc;
    while ((rc = store_iter_next(it, &row)) == 0) {
        struct arena arena = {0};
        const struct json *v;
        bool bad = json_parse(row.json, 8, &arena, &v, NULL) != 0;
        if (!bad)
            add_receipt(v, out);
        arena_release(&arena);
        if (bad)
            break;
    }
    store_iter_close(it);
    return rc == 1 ? 0 : rc ? rc : E_CORRUPT;
}
