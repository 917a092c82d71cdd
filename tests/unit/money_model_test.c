// SPDX-License-Identifier: Apache-2.0
// Money: random sequences against a small model that keeps the ledger.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/money_world.h"

enum { CASES = MONEY_CASES, TRADES = 8, REFUNDS = 40, STEPS = 24 };

/* The model: what each order, trade and refund should be; cases are bits. */
struct model {
    struct {
        char key[STORE_KEY_TEXT + 1];
        char out_no[MONEY_OUT_NO + 1];
        unsigned cases, left;
        bool open, paid;
    } orders[STEPS];
    int order_count;
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

static int64_t price_of(unsigned cases)
{
    int64_t fen = 0;
    for (int i = 0; i < CASES; i++)
        fen += cases >> i & 1 ? MONEY_PRICE : 0;
    return fen;
}

/* Whose order is open or paid. */
static unsigned in_force(const struct model *m, bool paid_only)
{
    unsigned cases = 0;
    for (int i = 0; i < m->order_count; i++)
        if (m->orders[i].paid || (m->orders[i].open && !paid_only))
            cases |= m->orders[i].cases & ~m->orders[i].left;
    return cases;
}

/* One case, or some of them. */
static unsigned pick_cases(unsigned *seed, const char *names[CASES], size_t *count)
{
    unsigned cases = 1u << pick(seed, CASES);
    if (!pick(seed, 3))
        cases |= pick(seed, 1u << CASES);
    *count = 0;
    for (int i = 0; i < CASES; i++)
        if (cases >> i & 1)
            names[(*count)++] = case_name(i);
    return cases;
}

static void step_order(struct store_tx *tx, struct model *m, unsigned *seed)
{
    const char *names[CASES];
    size_t count;
    struct err err;
    char key[STORE_KEY_TEXT + 1];
    unsigned cases = pick_cases(seed, names, &count);
    int rc = money_open(tx, names, count, key), at = m->order_count;
    assert_int_equal(rc, cases & in_force(m, false) ? E_EXISTS : 0);
    if (rc)
        return;
    memcpy(m->orders[at].key, key, sizeof(key));
    m->orders[at].open = true;
    m->orders[at].cases = cases;
    m->order_count++;
    assert_int_equal(
        money_attempt(tx, &money_ann, str_from(key), STR("try"), m->orders[at].out_no, &err), 0);
}

static void step_close(struct store_tx *tx, struct model *m, unsigned *seed)
{
    struct err err;
    if (!m->order_count)
        return;
    int i = (int)pick(seed, (unsigned)m->order_count);
    bool over = m->orders[i].paid || m->orders[i].left == m->orders[i].cases;
    int rc = money_order_close(tx, &money_ann, str_from(m->orders[i].key), STR("x"), &err);
    assert_int_equal(rc, over ? E_CONFLICT : 0);
    m->orders[i].open = false;
}

static void step_notice(struct store_tx *tx, struct model *m, unsigned *seed)
{
    int i = (int)pick(seed, (unsigned)m->order_count + 1), t = (int)pick(seed, TRADES);
    bool known = i < m->order_count;
    char trade[8];
    snprintf(trade, sizeof(trade), "t%d", t);
    struct money_notice n = money_notice_of(trade, known ? m->orders[i].out_no : "none");
    n.fen = known ? price_of(m->orders[i].cases) : MONEY_PRICE;
    enum money_outcome want = known && m->orders[i].open ? MONEY_APPLIED : MONEY_UNAPPLIED;
    if (pick(seed, 6) == 0) {
        n.fen++;
        want = MONEY_UNAPPLIED;
    }
    if (m->trades[t].fen)
        want = MONEY_REPEATED;
    assert_int_equal(money_tell(tx, &n), want);
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

static void find_receipt(struct store_tx *tx, int trade, char receipt[STORE_KEY_TEXT + 1])
{
    char equal[32];
    struct store_iter *it;
    struct store_row row;
    snprintf(equal, sizeof(equal), "[\"try\",\"t%d\"]", trade);
    const struct store_range range = {
        .table = STR("receipt"), .index = STR("trade"), .equal = str_from(equal)};
    assert_int_equal(store_iter_open(&it, tx, &range, NULL), 0);
    assert_int_equal(store_iter_next(it, &row), 0);
    assert_int_equal(str_to_c(row.key, receipt, STORE_KEY_TEXT + 1), 0);
    store_iter_close(it);
}

static void note_refund(struct model *m, int t, const char *key, int64_t fen)
{
    m->trades[t].refunded += fen;
    memcpy(m->refunds[m->refund_count].key, key, STORE_KEY_TEXT + 1);
    m->refunds[m->refund_count].trade = t;
    m->refunds[m->refund_count++].fen = fen;
}

/* Of the receipt as a whole. */
static void step_refund(struct store_tx *tx, struct model *m, unsigned *seed)
{
    int t = (int)pick(seed, TRADES);
    char receipt[STORE_KEY_TEXT + 1], out[STORE_KEY_TEXT + 1];
    struct err err;
    if (!m->trades[t].fen || m->refund_count == REFUNDS)
        return;
    find_receipt(tx, t, receipt);
    int64_t held = m->trades[t].applied + m->trades[t].unapplied;
    int64_t fen = pick(seed, 2) ? held : (int64_t)pick(seed, MONEY_PRICE * 2);
    const struct money_back back = {str_from(receipt), STR(""), fen, STR("asked")};
    int rc = money_refund(tx, &money_carl, &back, out, &err);
    assert_int_equal(rc, fen > 0 && fen <= held ? 0 : E_INVALID);
    if (rc)
        return;
    if (fen > m->trades[t].unapplied) {
        m->orders[m->trades[t].order].paid = false;
        m->orders[m->trades[t].order].left = m->orders[m->trades[t].order].cases;
        m->trades[t].unapplied += m->trades[t].applied;
        m->trades[t].applied = 0;
    }
    m->trades[t].unapplied -= fen;
    note_refund(m, t, out, fen);
}

static int wanted_leaving(const struct model *m, int t, int kase, int64_t fen)
{
    int i = m->trades[t].order;
    if (i < 0 || !m->orders[i].paid || !(m->orders[i].cases & ~m->orders[i].left & 1u << kase))
        return E_CONFLICT;
    return fen > 0 && fen <= MONEY_PRICE ? 0 : E_INVALID;
}

/* Of one case of an order. */
static void step_leave(struct store_tx *tx, struct model *m, unsigned *seed)
{
    int t = (int)pick(seed, TRADES), kase = (int)pick(seed, CASES);
    char receipt[STORE_KEY_TEXT + 1], out[STORE_KEY_TEXT + 1];
    struct err err;
    if (!m->trades[t].fen || m->refund_count == REFUNDS)
        return;
    find_receipt(tx, t, receipt);
    int64_t fen = pick(seed, 3) ? MONEY_PRICE : (int64_t)pick(seed, MONEY_PRICE * 2);
    const struct money_back back = {
        str_from(receipt), str_from(case_name(kase)), fen, STR("refused")};
    int rc = money_refund(tx, &money_carl, &back, out, &err), i = m->trades[t].order;
    assert_int_equal(rc, wanted_leaving(m, t, kase, fen));
    if (rc)
        return;
    m->trades[t].applied -= MONEY_PRICE;
    m->trades[t].unapplied += MONEY_PRICE - fen;
    note_refund(m, t, out, fen);
    m->orders[i].left |= 1u << kase;
    m->orders[i].paid = m->orders[i].left != m->orders[i].cases;
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
    int64_t held = 0;
    for (int i = 0; i < m->order_count; i++)
        held += m->orders[i].paid ? price_of(m->orders[i].cases & ~m->orders[i].left) : 0;
    assert_int_equal(got.applied, held);
    unsigned paid = in_force(m, true);
    for (int i = 0; i < CASES; i++)
        assert_int_equal(money_is_paid(tx, case_name(i)), (paid >> i & 1) != 0);
}

static void one_sequence(void **state, unsigned seed)
{
    static void (*const steps[])(struct store_tx *, struct model *, unsigned *) = {step_order,
        step_order, step_notice, step_notice, step_notice, step_close, step_refund, step_leave,
        step_leave, step_answer};
    struct model m = {0};
    struct store_tx *tx = money_begin(state);
    for (int i = 0; i < CASES; i++)
        money_grant(tx, case_name(i));
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_ledger_always_balances, money_setup, money_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
