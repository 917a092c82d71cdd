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

/* One order of the first `count` names: two lines of each, whose sum is PRICE. */
static int open_joint(
    struct store_tx *tx, const char *const *cases, size_t count, char key[STORE_KEY_TEXT + 1])
{
    struct err err;
    struct money_line lines[2 * CASES];
    for (size_t i = 0; i < count; i++) {
        str kase = str_from(cases[i]);
        lines[2 * i] = (struct money_line){
            kase, STR("open_account"), STR("开户费（含一年维护服务费）"), PRICE - 4000};
        lines[2 * i + 1] = (struct money_line){kase, STR("upkeep"), STR("维护服务费"), 4000};
    }
    const struct money_order o = {lines, 2 * count, STR("b1"), STR("2026-11-24")};
    return money_order_open(tx, &ann, &o, key, &err);
}

static int open_order(struct store_tx *tx, const char *kase, char key[STORE_KEY_TEXT + 1])
{
    return open_joint(tx, &kase, 1, key);
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

/* k1, k2 and k3 in one order, paid by one transfer; the receipt's key. */
static void pay_joint(struct store_tx *tx, char order[STORE_KEY_TEXT + 1], char receipt[])
{
    static const char *const cases[] = {"k1", "k2", "k3"};
    enum money_outcome outcome;
    struct store_iter *it;
    struct store_row row;
    struct err err;
    const struct store_range range = {.table = STR("receipt")};
    for (size_t i = 0; i < countof(cases); i++)
        grant(tx, cases[i]);
    assert_int_equal(open_joint(tx, cases, 3, order), 0);
    assert_int_equal(
        money_transfer(tx, &carl, str_from(order), STR("B1"), 3 * PRICE, &outcome, &err), 0);
    assert_int_equal(outcome, MONEY_APPLIED);
    assert_int_equal(store_iter_open(&it, tx, &range, NULL), 0);
    assert_int_equal(store_iter_next(it, &row), 0);
    assert_int_equal(str_to_c(row.key, receipt, STORE_KEY_TEXT + 1), 0);
    store_iter_close(it);
}

static int give_back(struct store_tx *tx, const char *receipt, const char *kase, int64_t fen)
{
    char out[STORE_KEY_TEXT + 1];
    struct err err;
    const struct money_back back = {str_from(receipt), str_from(kase), fen, STR("refused")};
    return money_refund(tx, &carl, &back, out, &err);
}

static bool is_paid(struct store_tx *tx, const char *kase)
{
    struct domain_standing s;
    assert_int_equal(domain_standing(tx, str_from(kase), &s), 0);
    return s.paid;
}

static void assert_sums(struct store_tx *tx, int64_t applied, int64_t refunded, int64_t unapplied)
{
    struct money_sums sums;
    assert_int_equal(money_sums(tx, &sums), 0);
    assert_int_equal(sums.applied, applied);
    assert_int_equal(sums.refunded, refunded);
    assert_int_equal(sums.unapplied, unapplied);
    assert_int_equal(sums.receipts, applied + refunded + unapplied);
}

static void a_case_leaves_the_order_paid_for_the_others(void **state)
{
    struct store_tx *tx = begin(state);
    struct err err;
    char order[STORE_KEY_TEXT + 1], again[STORE_KEY_TEXT + 1], receipt[STORE_KEY_TEXT + 1];
    pay_joint(tx, order, receipt);
    assert_int_equal(give_back(tx, receipt, "k2", PRICE), 0);
    assert_sums(tx, 2 * PRICE, PRICE, 0);
    assert_true(is_paid(tx, "k1") && !is_paid(tx, "k2") && is_paid(tx, "k3"));
    assert_int_equal(give_back(tx, receipt, "k2", PRICE), E_CONFLICT);
    assert_int_equal(money_order_close(tx, &ann, str_from(order), STR("x"), &err), E_CONFLICT);
    assert_int_equal(open_order(tx, "k1", again), E_EXISTS);
    assert_int_equal(open_order(tx, "k2", again), 0); /* it may be paid for anew */
    assert_int_equal(give_back(tx, receipt, "k1", PRICE), 0);
    assert_int_equal(give_back(tx, receipt, "k3", PRICE), 0);
    assert_sums(tx, 0, 3 * PRICE, 0);
    assert_int_equal(give_back(tx, receipt, "k3", PRICE), E_CONFLICT);
    assert_int_equal(open_order(tx, "k3", again), 0);
    store_tx_end(tx);
}

static void a_case_gets_no_more_than_its_lines(void **state)
{
    struct store_tx *tx = begin(state);
    char order[STORE_KEY_TEXT + 1], receipt[STORE_KEY_TEXT + 1];
    pay_joint(tx, order, receipt);
    assert_int_equal(give_back(tx, receipt, "k1", PRICE + 1), E_INVALID);
    assert_int_equal(give_back(tx, receipt, "k1", 0), E_INVALID);
    assert_int_equal(give_back(tx, receipt, "k9", PRICE), E_CONFLICT);
    assert_sums(tx, 3 * PRICE, 0, 0);
    assert_true(is_paid(tx, "k1"));
    assert_int_equal(give_back(tx, receipt, "k1", PRICE - 1000), 0);
    assert_sums(tx, 2 * PRICE, PRICE - 1000, 1000);
    assert_false(is_paid(tx, "k1"));
    assert_int_equal(give_back(tx, receipt, "", 1000), 0); /* the loose rest ends nothing */
    assert_true(is_paid(tx, "k2"));
    assert_int_equal(give_back(tx, receipt, "", PRICE), 0); /* more than that ends the order */
    assert_sums(tx, 0, 2 * PRICE, PRICE);
    assert_false(is_paid(tx, "k2") || is_paid(tx, "k3"));
    store_tx_end(tx);
}

static void put_certificate(struct store_tx *tx, const char *kase)
{
    char key[STORE_KEY_TEXT + 1], json[128];
    store_key_new(tx, key);
    snprintf(json, sizeof(json), "{\"case\":\"%s\",\"state\":\"settled\"}", kase);
    assert_int_equal(store_insert(tx, STR("ticket"), str_from(key), str_from(json)), 0);
}

static void a_certificate_keeps_only_its_own_case(void **state)
{
    struct store_tx *tx = begin(state);
    char order[STORE_KEY_TEXT + 1], receipt[STORE_KEY_TEXT + 1];
    pay_joint(tx, order, receipt);
    put_certificate(tx, "k1");
    assert_int_equal(give_back(tx, receipt, "k1", PRICE), E_CONFLICT);
    assert_int_equal(give_back(tx, receipt, "", 3 * PRICE), E_CONFLICT);
    assert_int_equal(give_back(tx, receipt, "k2", PRICE), 0);
    assert_true(is_paid(tx, "k1"));
    assert_sums(tx, 2 * PRICE, PRICE, 0);
    store_tx_end(tx);
}

/* It may have been paid for anew. */
static void a_certificate_of_a_case_that_left_keeps_nothing(void **state)
{
    struct store_tx *tx = begin(state);
    char order[STORE_KEY_TEXT + 1], receipt[STORE_KEY_TEXT + 1];
    pay_joint(tx, order, receipt);
    assert_int_equal(give_back(tx, receipt, "k2", PRICE), 0);
    put_certificate(tx, "k2");
    assert_int_equal(give_back(tx, receipt, "", 2 * PRICE), 0);
    assert_sums(tx, 0, 3 * PRICE, 0);
    store_tx_end(tx);
}

static void all_cases_of_an_order_are_somebodys(void **state)
{
    static const char *const cases[] = {"k1", "k2"};
    struct store_tx *tx = begin(state);
    struct err err;
    char order[STORE_KEY_TEXT + 1], again[STORE_KEY_TEXT + 1];
    grant(tx, "k1");
    assert_int_equal(open_joint(tx, cases, 2, order), E_DENIED);
    grant(tx, "k2");
    assert_int_equal(open_joint(tx, cases, 2, order), 0);
    assert_int_equal(open_order(tx, "k2", again), E_EXISTS);
    assert_int_equal(
        domain_grant_end(tx, &machine, STR("ann"), STR("k2"), STR("owner"), STR("left"), &err), 0);
    assert_int_equal(money_order_close(tx, &ann, str_from(order), STR("x"), &err), E_DENIED);
    assert_int_equal(money_order_close(tx, &machine, str_from(order), STR("x"), &err), 0);
    assert_int_equal(open_order(tx, "k1", again), 0);
    store_tx_end(tx);
}

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
        fen += cases >> i & 1 ? PRICE : 0;
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
    int rc = open_joint(tx, names, count, key), at = m->order_count;
    assert_int_equal(rc, cases & in_force(m, false) ? E_EXISTS : 0);
    if (rc)
        return;
    memcpy(m->orders[at].key, key, sizeof(key));
    m->orders[at].open = true;
    m->orders[at].cases = cases;
    m->order_count++;
    assert_int_equal(
        money_attempt(tx, &ann, str_from(key), STR("try"), m->orders[at].out_no, &err), 0);
}

static void step_close(struct store_tx *tx, struct model *m, unsigned *seed)
{
    struct err err;
    if (!m->order_count)
        return;
    int i = (int)pick(seed, (unsigned)m->order_count);
    bool over = m->orders[i].paid || m->orders[i].left == m->orders[i].cases;
    int rc = money_order_close(tx, &ann, str_from(m->orders[i].key), STR("x"), &err);
    assert_int_equal(rc, over ? E_CONFLICT : 0);
    m->orders[i].open = false;
}

static void step_notice(struct store_tx *tx, struct model *m, unsigned *seed)
{
    int i = (int)pick(seed, (unsigned)m->order_count + 1), t = (int)pick(seed, TRADES);
    bool known = i < m->order_count;
    char trade[8];
    snprintf(trade, sizeof(trade), "t%d", t);
    struct money_notice n = notice_of(trade, known ? m->orders[i].out_no : "none");
    n.fen = known ? price_of(m->orders[i].cases) : PRICE;
    enum money_outcome want = known && m->orders[i].open ? MONEY_APPLIED : MONEY_UNAPPLIED;
    if (pick(seed, 6) == 0) {
        n.fen++;
        want = MONEY_UNAPPLIED;
    }
    if (m->trades[t].fen)
        want = MONEY_REPEATED;
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
    int64_t fen = pick(seed, 2) ? held : (int64_t)pick(seed, PRICE * 2);
    const struct money_back back = {str_from(receipt), STR(""), fen, STR("asked")};
    int rc = money_refund(tx, &carl, &back, out, &err);
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
    return fen > 0 && fen <= PRICE ? 0 : E_INVALID;
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
    int64_t fen = pick(seed, 3) ? PRICE : (int64_t)pick(seed, PRICE * 2);
    const struct money_back back = {
        str_from(receipt), str_from(case_name(kase)), fen, STR("refused")};
    int rc = money_refund(tx, &carl, &back, out, &err), i = m->trades[t].order;
    assert_int_equal(rc, wanted_leaving(m, t, kase, fen));
    if (rc)
        return;
    m->trades[t].applied -= PRICE;
    m->trades[t].unapplied += PRICE - fen;
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
        assert_int_equal(is_paid(tx, case_name(i)), (paid >> i & 1) != 0);
}

static void one_sequence(void **state, unsigned seed)
{
    static void (*const steps[])(struct store_tx *, struct model *, unsigned *) = {step_order,
        step_order, step_notice, step_notice, step_notice, step_close, step_refund, step_leave,
        step_leave, step_answer};
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
        WORLD(a_case_leaves_the_order_paid_for_the_others),
        WORLD(a_case_gets_no_more_than_its_lines),
        WORLD(a_certificate_keeps_only_its_own_case),
        WORLD(a_certificate_of_a_case_that_left_keeps_nothing),
        WORLD(all_cases_of_an_order_are_somebodys),
        WORLD(the_ledger_always_balances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
