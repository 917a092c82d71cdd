// SPDX-License-Identifier: Apache-2.0
// Money: notices one by one, then random sequences against a small model that keeps the ledger.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/domain/money.h"
#include "tests/unit/domain_world.h"

enum { PRICE = 19000, CASES = 6, TRADES = 8, REFUNDS = 40, STEPS = 24 };

static const struct domain_actor ann = {STR("ann"), DOMAIN_APPLICANT};
static const struct domain_actor carl = {STR("carl"), DOMAIN_CASHIER};
static const struct domain_actor machine = {STR(""), DOMAIN_APPLICANT};

static int setup(void **state)
{
    static struct world w;
    world_open(&w);
    world_staff(&w, "root", 1, DOMAIN_ADMIN);
    world_staff(&w, "carl", 5, DOMAIN_CASHIER);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    world_close(*state);
    return 0;
}

static struct store_tx *begin(void **state)
{
    struct world *w = *state;
    return store_tx_begin(w->store, STORE_TX_WRITE);
}

static int open_order(struct store_tx *tx, const char *kase, char key[STORE_KEY_TEXT + 1])
{
    struct err err;
    const struct money_line lines[] = {
        {str_from(kase), STR("open_account"), STR("开户费（含一年维护服务费）"), PRICE - 4000},
        {str_from(kase), STR("upkeep"), STR("维护服务费"), 4000}};
    const struct money_order o = {lines, 2, STR("b1"), STR("2026-11-24")};
    return money_order_open(tx, &ann, &o, key, &err);
}

static struct money_notice notice_of(const char *trade, const char *out_no)
{
    return (struct money_notice){.channel = STR("try"),
        .trade_no = str_from(trade),
        .out_no = str_from(out_no),
        .fen = PRICE,
        .currency = STR("CNY"),
        .seller = STR("2088"),
        .our_seller = STR("2088"),
        .app = STR("app"),
        .our_app = STR("app"),
        .success = true};
}

static void grant(struct store_tx *tx, const char *kase)
{
    struct err err;
    assert_int_equal(domain_grant(tx, &machine, STR("ann"), str_from(kase), STR("owner"), 0,
                         STR("made it"), &err),
        0);
}

static enum money_outcome tell(struct store_tx *tx, const struct money_notice *n)
{
    enum money_outcome outcome = MONEY_NOTED;
    struct err err;
    assert_int_equal(money_notice(tx, n, &outcome, NULL, &err), 0);
    return outcome;
}

static void notices_are_booked_once(void **state)
{
    struct store_tx *tx = begin(state);
    struct domain_standing s;
    struct err err;
    char order[STORE_KEY_TEXT + 1], again[STORE_KEY_TEXT + 1], out_no[MONEY_OUT_NO + 1];
    grant(tx, "k1");
    assert_int_equal(open_order(tx, "k2", again), E_DENIED);
    assert_int_equal(open_order(tx, "k1", order), 0);
    assert_int_equal(open_order(tx, "k1", again), E_EXISTS);
    assert_int_equal(money_attempt(tx, &ann, str_from(order), STR("try"), out_no, &err), 0);
    struct money_notice n = notice_of("t1", out_no);
    n.success = false;
    assert_int_equal(tell(tx, &n), MONEY_NOTED);
    n.success = true;
    assert_int_equal(tell(tx, &n), MONEY_APPLIED);
    for (int i = 0; i < 3; i++)
        assert_int_equal(tell(tx, &n), MONEY_REPEATED);
    assert_int_equal(domain_standing(tx, STR("k1"), &s), 0);
    assert_true(s.paid);
    n = notice_of("t2", out_no);
    assert_int_equal(tell(tx, &n), MONEY_UNAPPLIED); /* paid twice */
    assert_int_equal(
        money_order_close(tx, &ann, str_from(order), STR("changed"), &err), E_CONFLICT);
    store_tx_end(tx);
}

static void foreign_money_is_refused(void **state)
{
    struct store_tx *tx = begin(state);
    struct err err;
    struct money_sums sums;
    char order[STORE_KEY_TEXT + 1], out_no[MONEY_OUT_NO + 1];
    grant(tx, "k1");
    assert_int_equal(open_order(tx, "k1", order), 0);
    assert_int_equal(money_attempt(tx, &ann, str_from(order), STR("try"), out_no, &err), 0);
    struct money_notice n = notice_of("t1", out_no);
    n.seller = STR("other");
    assert_int_equal(tell(tx, &n), MONEY_REFUSED);
    n = notice_of("t1", out_no);
    n.app = STR("other");
    assert_int_equal(tell(tx, &n), MONEY_REFUSED);
    n = notice_of("t1", out_no);
    n.currency = STR("USD");
    assert_int_equal(tell(tx, &n), MONEY_REFUSED);
    n = notice_of("t1", out_no);
    n.fen = 0;
    assert_int_equal(tell(tx, &n), MONEY_REFUSED);
    assert_int_equal(money_sums(tx, &sums), 0);
    assert_int_equal(sums.receipts, 0);
    n = notice_of("t1", out_no);
    n.fen = PRICE + 1;
    assert_int_equal(tell(tx, &n), MONEY_UNAPPLIED);
    n = notice_of("t2", "none");
    assert_int_equal(tell(tx, &n), MONEY_UNAPPLIED);
    n = notice_of("t3", out_no);
    n.channel = STR("alipay");
    assert_int_equal(tell(tx, &n), MONEY_UNAPPLIED); /* another channel's number */
    store_tx_end(tx);
}

static void cashiers_confirm_transfers(void **state)
{
    struct store_tx *tx = begin(state);
    enum money_outcome outcome;
    struct err err;
    char order[STORE_KEY_TEXT + 1];
    grant(tx, "k1");
    assert_int_equal(open_order(tx, "k1", order), 0);
    assert_int_equal(
        money_transfer(tx, &ann, str_from(order), STR("B1"), PRICE, &outcome, &err), E_DENIED);
    assert_int_equal(
        money_transfer(tx, &carl, str_from(order), STR("B1"), PRICE, &outcome, &err), 0);
    assert_int_equal(outcome, MONEY_APPLIED);
    assert_int_equal(
        money_transfer(tx, &carl, str_from(order), STR("B1"), PRICE, &outcome, &err), 0);
    assert_int_equal(outcome, MONEY_REPEATED);
    store_tx_end(tx);
}

/* The model: what each order, trade and refund should be. */
struct model {
    struct {
        char key[STORE_KEY_TEXT + 1];
        char out_no[MONEY_OUT_NO + 1];
        bool known, open, paid;
    } orders[CASES];
    struct {
        int64_t fen, applied, refunded, unapplied;
        int order;
    } trades[TRADES];
    struct {
        char key[STORE_KEY_TEXT + 1];
        int trade;
        int64_t fen;
        int answered; /* 0 no, 1 done, 2 failed */
    } refunds[REFUNDS];
    int refund_count;
};

static unsigned pick(unsigned *seed, unsigned below)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) % below;
}

static const char *case_name(int i)
{
    static const char *const names[CASES] = {"c0", "c1", "c2", "c3", "c4", "c5"};
    return names[i];
}

static void step_order(struct store_tx *tx, struct model *m, unsigned *seed)
{
    int i = (int)pick(seed, CASES);
    struct err err;
    bool in_force = m->orders[i].known && (m->orders[i].open || m->orders[i].paid);
    char key[STORE_KEY_TEXT + 1];
    int rc = open_order(tx, case_name(i), key);
    assert_int_equal(rc, in_force ? E_EXISTS : 0);
    if (rc)
        return;
    memcpy(m->orders[i].key, key, sizeof(key));
    m->orders[i].known = m->orders[i].open = true;
    m->orders[i].paid = false;
    assert_int_equal(
        money_attempt(tx, &ann, str_from(key), STR("try"), m->orders[i].out_no, &err), 0);
}

static void step_close(struct store_tx *tx, struct model *m, unsigned *seed)
{
    int i = (int)pick(seed, CASES);
    struct err err;
    if (!m->orders[i].known || (!m->orders[i].open && !m->orders[i].paid))
        return;
    int rc = money_order_close(tx, &ann, str_from(m->orders[i].key), STR("x"), &err);
    assert_int_equal(rc, m->orders[i].open ? 0 : E_CONFLICT);
    m->orders[i].open = false;
}

static void step_notice(struct store_tx *tx, struct model *m, unsigned *seed)
{
    int i = (int)pick(seed, CASES), t = (int)pick(seed, TRADES);
    char trade[8];
    snprintf(trade, sizeof(trade), "t%d", t);
    struct money_notice n = notice_of(trade, m->orders[i].known ? m->orders[i].out_no : "none");
    if (pick(seed, 4) == 0)
        n.fen += (int64_t)pick(seed, 3) - 1;
    enum money_outcome want = MONEY_UNAPPLIED;
    if (m->trades[t].fen)
        want = MONEY_REPEATED;
    else if (m->orders[i].known && m->orders[i].open && n.fen == PRICE)
        want = MONEY_APPLIED;
    assert_int_equal(tell(tx, &n), want);
    if (want == MONEY_REPEATED)
        return;
    m->trades[t].fen = n.fen;
    m->trades[t].applied = want == MONEY_APPLIED ? n.fen : 0;
    m->trades[t].unapplied = n.fen - m->trades[t].applied;
    m->trades[t].order = want == MONEY_APPLIED ? i : -1;
    if (want == MONEY_APPLIED) {
        m->orders[i].open = false;
        m->orders[i].paid = true;
    }
}

static int find_receipt(
    struct store_tx *tx, int trade, struct store_iter **it, struct store_row *row)
{
    char equal[32];
    snprintf(equal, sizeof(equal), "[\"try\",\"t%d\"]", trade);
    const struct store_range range = {
        .table = STR("receipt"), .index = STR("trade"), .equal = str_from(equal)};
    assert_int_equal(store_iter_open(it, tx, &range, NULL), 0);
    return store_iter_next(*it, row);
}

static void step_refund(struct store_tx *tx, struct model *m, unsigned *seed)
{
    int t = (int)pick(seed, TRADES);
    struct store_iter *it;
    struct store_row row;
    char receipt[STORE_KEY_TEXT + 1], out[STORE_KEY_TEXT + 1];
    struct err err;
    if (!m->trades[t].fen || m->refund_count == REFUNDS)
        return;
    assert_int_equal(find_receipt(tx, t, &it, &row), 0);
    assert_int_equal(str_to_c(row.key, receipt, sizeof(receipt)), 0);
    store_iter_close(it);
    int64_t fen = pick(seed, 2) ? m->trades[t].fen : (int64_t)pick(seed, PRICE * 2);
    int64_t held = m->trades[t].applied + m->trades[t].unapplied;
    int rc = money_refund(tx, &carl, str_from(receipt), fen, STR("asked"), out, &err);
    assert_int_equal(rc, fen > 0 && fen <= held ? 0 : E_INVALID);
    if (rc)
        return;
    if (fen > m->trades[t].unapplied) {
        m->orders[m->trades[t].order].paid = false;
        m->trades[t].unapplied += m->trades[t].applied;
        m->trades[t].applied = 0;
    }
    m->trades[t].unapplied -= fen;
    m->trades[t].refunded += fen;
    memcpy(m->refunds[m->refund_count].key, out, sizeof(out));
    m->refunds[m->refund_count].trade = t;
    m->refunds[m->refund_count++].fen = fen;
}

static void step_answer(struct store_tx *tx, struct model *m, unsigned *seed)
{
    struct err err;
    if (!m->refund_count)
        return;
    int i = (int)pick(seed, (unsigned)m->refund_count);
    bool done = pick(seed, 2);
    int said = done ? 1 : 2, was = m->refunds[i].answered;
    int rc = money_refunded(tx, str_from(m->refunds[i].key), done, STR("gateway"), &err);
    assert_int_equal(rc, !was || was == said ? 0 : E_CONFLICT);
    if (was)
        return;
    m->refunds[i].answered = said;
    if (!done) {
        m->trades[m->refunds[i].trade].refunded -= m->refunds[i].fen;
        m->trades[m->refunds[i].trade].unapplied += m->refunds[i].fen;
    }
}

static void compare(struct store_tx *tx, const struct model *m)
{
    struct money_sums got, want = {0};
    for (int t = 0; t < TRADES; t++) {
        want.receipts += m->trades[t].fen;
        want.applied += m->trades[t].applied;
        want.refunded += m->trades[t].refunded;
        want.unapplied += m->trades[t].unapplied;
    }
    assert_int_equal(money_sums(tx, &got), 0);
    assert_memory_equal(&got, &want, sizeof(got));
    assert_int_equal(got.receipts, got.applied + got.refunded + got.unapplied);
    for (int i = 0; i < CASES; i++) {
        struct domain_standing s;
        assert_int_equal(domain_standing(tx, str_from(case_name(i)), &s), 0);
        assert_int_equal(s.paid, m->orders[i].paid);
    }
}

static void one_sequence(void **state, unsigned seed)
{
    static void (*const steps[])(struct store_tx *, struct model *, unsigned *) = {step_order,
        step_order, step_notice, step_notice, step_notice, step_close, step_refund, step_answer};
    struct model m = {0};
    struct store_tx *tx = begin(state);
    for (int i = 0; i < CASES; i++)
        grant(tx, case_name(i));
    for (int i = 0; i < STEPS; i++)
        steps[pick(&seed, countof(steps))](tx, &m, &seed);
    compare(tx, &m);
    store_tx_end(tx);
}

static void the_ledger_always_balances(void **state)
{
    unsigned sequences = getenv("CERTHALL_LONG") ? 20000 : 500;
    for (unsigned i = 0; i < sequences; i++)
        one_sequence(state, i * 7919 + 1);
}

int main(void)
{
#define WORLD(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        WORLD(notices_are_booked_once),
        WORLD(foreign_money_is_refused),
        WORLD(cashiers_confirm_transfers),
        WORLD(the_ledger_always_balances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
