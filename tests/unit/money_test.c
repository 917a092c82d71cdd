// SPDX-License-Identifier: Apache-2.0
// Money: notices one by one, and orders of several cases that one of them leaves.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/money_world.h"

static void notices_are_booked_once(void **state)
{
    struct store_tx *tx = money_begin(state);
    struct domain_standing s;
    struct err err;
    char order[STORE_KEY_TEXT + 1], again[STORE_KEY_TEXT + 1], out_no[MONEY_OUT_NO + 1];
    money_grant(tx, "k1");
    assert_int_equal(money_open_one(tx, "k2", again), E_DENIED);
    assert_int_equal(money_open_one(tx, "k1", order), 0);
    assert_int_equal(money_open_one(tx, "k1", again), E_EXISTS);
    assert_int_equal(money_attempt(tx, &money_ann, str_from(order), STR("try"), out_no, &err), 0);
    struct money_notice n = money_notice_of("t1", out_no);
    n.success = false;
    assert_int_equal(money_tell(tx, &n), MONEY_NOTED);
    n.success = true;
    assert_int_equal(money_tell(tx, &n), MONEY_APPLIED);
    for (int i = 0; i < 3; i++)
        assert_int_equal(money_tell(tx, &n), MONEY_REPEATED);
    assert_int_equal(domain_standing(tx, STR("k1"), &s), 0);
    assert_true(s.paid);
    n = money_notice_of("t2", out_no);
    assert_int_equal(money_tell(tx, &n), MONEY_UNAPPLIED); /* paid twice */
    assert_int_equal(
        money_order_close(tx, &money_ann, str_from(order), STR("changed"), &err), E_CONFLICT);
    store_tx_end(tx);
}

static void foreign_money_is_refused(void **state)
{
    struct store_tx *tx = money_begin(state);
    struct err err;
    struct money_sums sums;
    char order[STORE_KEY_TEXT + 1], out_no[MONEY_OUT_NO + 1];
    money_grant(tx, "k1");
    assert_int_equal(money_open_one(tx, "k1", order), 0);
    assert_int_equal(money_attempt(tx, &money_ann, str_from(order), STR("try"), out_no, &err), 0);
    struct money_notice n = money_notice_of("t1", out_no);
    n.seller = STR("other");
    assert_int_equal(money_tell(tx, &n), MONEY_REFUSED);
    n = money_notice_of("t1", out_no);
    n.app = STR("other");
    assert_int_equal(money_tell(tx, &n), MONEY_REFUSED);
    n = money_notice_of("t1", out_no);
    n.currency = STR("USD");
    assert_int_equal(money_tell(tx, &n), MONEY_REFUSED);
    n = money_notice_of("t1", out_no);
    n.fen = 0;
    assert_int_equal(money_tell(tx, &n), MONEY_REFUSED);
    assert_int_equal(money_sums(tx, &sums), 0);
    assert_int_equal(sums.receipts, 0);
    n = money_notice_of("t1", out_no);
    n.fen = MONEY_PRICE + 1;
    assert_int_equal(money_tell(tx, &n), MONEY_UNAPPLIED);
    n = money_notice_of("t2", "none");
    assert_int_equal(money_tell(tx, &n), MONEY_UNAPPLIED);
    n = money_notice_of("t3", out_no);
    n.channel = STR("alipay");
    assert_int_equal(money_tell(tx, &n), MONEY_UNAPPLIED); /* another channel's number */
    store_tx_end(tx);
}

static void cashiers_confirm_transfers(void **state)
{
    struct store_tx *tx = money_begin(state);
    enum money_outcome outcome;
    struct err err;
    char order[STORE_KEY_TEXT + 1];
    money_grant(tx, "k1");
    assert_int_equal(money_open_one(tx, "k1", order), 0);
    assert_int_equal(
        money_transfer(tx, &money_ann, str_from(order), STR("B1"), MONEY_PRICE, &outcome, &err),
        E_DENIED);
    assert_int_equal(
        money_transfer(tx, &money_carl, str_from(order), STR("B1"), MONEY_PRICE, &outcome, &err),
        0);
    assert_int_equal(outcome, MONEY_APPLIED);
    assert_int_equal(
        money_transfer(tx, &money_carl, str_from(order), STR("B1"), MONEY_PRICE, &outcome, &err),
        0);
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
        money_grant(tx, cases[i]);
    assert_int_equal(money_open(tx, cases, 3, order), 0);
    assert_int_equal(money_transfer(tx, &money_carl, str_from(order), STR("B1"), 3 * MONEY_PRICE,
                         &outcome, &err),
        0);
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
    return money_refund(tx, &money_carl, &back, out, &err);
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
    struct store_tx *tx = money_begin(state);
    struct err err;
    char order[STORE_KEY_TEXT + 1], again[STORE_KEY_TEXT + 1], receipt[STORE_KEY_TEXT + 1];
    pay_joint(tx, order, receipt);
    assert_int_equal(give_back(tx, receipt, "k2", MONEY_PRICE), 0);
    assert_sums(tx, 2 * MONEY_PRICE, MONEY_PRICE, 0);
    assert_true(money_is_paid(tx, "k1") && !money_is_paid(tx, "k2") && money_is_paid(tx, "k3"));
    assert_int_equal(give_back(tx, receipt, "k2", MONEY_PRICE), E_CONFLICT);
    assert_int_equal(
        money_order_close(tx, &money_ann, str_from(order), STR("x"), &err), E_CONFLICT);
    assert_int_equal(money_open_one(tx, "k1", again), E_EXISTS);
    assert_int_equal(money_open_one(tx, "k2", again), 0); /* it may be paid for anew */
    assert_int_equal(give_back(tx, receipt, "k1", MONEY_PRICE), 0);
    assert_int_equal(give_back(tx, receipt, "k3", MONEY_PRICE), 0);
    assert_sums(tx, 0, 3 * MONEY_PRICE, 0);
    assert_int_equal(give_back(tx, receipt, "k3", MONEY_PRICE), E_CONFLICT);
    assert_int_equal(money_open_one(tx, "k3", again), 0);
    store_tx_end(tx);
}

static void a_case_gets_no_more_than_its_lines(void **state)
{
    struct store_tx *tx = money_begin(state);
    char order[STORE_KEY_TEXT + 1], receipt[STORE_KEY_TEXT + 1];
    pay_joint(tx, order, receipt);
    assert_int_equal(give_back(tx, receipt, "k1", MONEY_PRICE + 1), E_INVALID);
    assert_int_equal(give_back(tx, receipt, "k1", 0), E_INVALID);
    assert_int_equal(give_back(tx, receipt, "k9", MONEY_PRICE), E_CONFLICT);
    assert_sums(tx, 3 * MONEY_PRICE, 0, 0);
    assert_true(money_is_paid(tx, "k1"));
    assert_int_equal(give_back(tx, receipt, "k1", MONEY_PRICE - 1000), 0);
    assert_sums(tx, 2 * MONEY_PRICE, MONEY_PRICE - 1000, 1000);
    assert_false(money_is_paid(tx, "k1"));
    assert_int_equal(give_back(tx, receipt, "", 1000), 0); /* the loose rest ends nothing */
    assert_true(money_is_paid(tx, "k2"));
    assert_int_equal(
        give_back(tx, receipt, "", MONEY_PRICE), 0); /* more than that ends the order */
    assert_sums(tx, 0, 2 * MONEY_PRICE, MONEY_PRICE);
    assert_false(money_is_paid(tx, "k2") || money_is_paid(tx, "k3"));
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
    struct store_tx *tx = money_begin(state);
    char order[STORE_KEY_TEXT + 1], receipt[STORE_KEY_TEXT + 1];
    pay_joint(tx, order, receipt);
    put_certificate(tx, "k1");
    assert_int_equal(give_back(tx, receipt, "k1", MONEY_PRICE), E_CONFLICT);
    assert_int_equal(give_back(tx, receipt, "", 3 * MONEY_PRICE), E_CONFLICT);
    assert_int_equal(give_back(tx, receipt, "k2", MONEY_PRICE), 0);
    assert_true(money_is_paid(tx, "k1"));
    assert_sums(tx, 2 * MONEY_PRICE, MONEY_PRICE, 0);
    store_tx_end(tx);
}

/* It may have been paid for anew. */
static void a_certificate_of_a_case_that_left_keeps_nothing(void **state)
{
    struct store_tx *tx = money_begin(state);
    char order[STORE_KEY_TEXT + 1], receipt[STORE_KEY_TEXT + 1];
    pay_joint(tx, order, receipt);
    assert_int_equal(give_back(tx, receipt, "k2", MONEY_PRICE), 0);
    put_certificate(tx, "k2");
    assert_int_equal(give_back(tx, receipt, "", 2 * MONEY_PRICE), 0);
    assert_sums(tx, 0, 3 * MONEY_PRICE, 0);
    store_tx_end(tx);
}

static void all_cases_of_an_order_are_somebodys(void **state)
{
    static const char *const cases[] = {"k1", "k2"};
    struct store_tx *tx = money_begin(state);
    struct err err;
    char order[STORE_KEY_TEXT + 1], again[STORE_KEY_TEXT + 1];
    money_grant(tx, "k1");
    assert_int_equal(money_open(tx, cases, 2, order), E_DENIED);
    money_grant(tx, "k2");
    assert_int_equal(money_open(tx, cases, 2, order), 0);
    assert_int_equal(money_open_one(tx, "k2", again), E_EXISTS);
    assert_int_equal(domain_grant_end(tx, &money_machine, STR("ann"), STR("k2"), STR("owner"),
                         STR("left"), &err),
        0);
    assert_int_equal(money_order_close(tx, &money_ann, str_from(order), STR("x"), &err), E_DENIED);
    assert_int_equal(money_order_close(tx, &money_machine, str_from(order), STR("x"), &err), 0);
    assert_int_equal(money_open_one(tx, "k1", again), 0);
    store_tx_end(tx);
}

int main(void)
{
#define WORLD(f) cmocka_unit_test_setup_teardown(f, money_setup, money_teardown)
    const struct CMUnitTest tests[] = {
        WORLD(notices_are_booked_once),
        WORLD(foreign_money_is_refused),
        WORLD(cashiers_confirm_transfers),
        WORLD(a_case_leaves_the_order_paid_for_the_others),
        WORLD(a_case_gets_no_more_than_its_lines),
        WORLD(a_certificate_keeps_only_its_own_case),
        WORLD(a_certificate_of_a_case_that_left_keeps_nothing),
        WORLD(all_cases_of_an_order_are_somebodys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
