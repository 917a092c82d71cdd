// SPDX-License-Identifier: Apache-2.0
// money_world: orders of one or several cases, and word of money, for the tests of money.
#include "tests/unit/money_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

const struct domain_actor money_ann = {STR("ann"), DOMAIN_APPLICANT};
const struct domain_actor money_carl = {STR("carl"), DOMAIN_CASHIER};
const struct domain_actor money_machine = {STR(""), DOMAIN_APPLICANT};

int money_setup(void **state)
{
    static struct world w;
    world_open(&w);
    world_staff(&w, "root", 1, DOMAIN_ADMIN);
    world_staff(&w, "carl", 5, DOMAIN_CASHIER);
    *state = &w;
    return 0;
}

int money_teardown(void **state)
{
    world_close(*state);
    return 0;
}

struct store_tx *money_begin(void **state)
{
    struct world *w = *state;
    return store_tx_begin(w->store, STORE_TX_WRITE);
}

/* One order of the first `count` names: two lines of each, whose sum is MONEY_PRICE. */
int money_open(
    struct store_tx *tx, const char *const *cases, size_t count, char key[STORE_KEY_TEXT + 1])
{
    struct err err;
    struct money_line lines[2 * MONEY_CASES];
    for (size_t i = 0; i < count; i++) {
        str kase = str_from(cases[i]);
        lines[2 * i] = (struct money_line){
            kase, STR("open_account"), STR("开户费（含一年维护服务费）"), MONEY_PRICE - 4000};
        lines[2 * i + 1] = (struct money_line){kase, STR("upkeep"), STR("维护服务费"), 4000};
    }
    const struct money_order o = {lines, 2 * count, STR("b1"), STR("2026-11-24")};
    return money_order_open(tx, &money_ann, &o, key, &err);
}

int money_open_one(struct store_tx *tx, const char *kase, char key[STORE_KEY_TEXT + 1])
{
    return money_open(tx, &kase, 1, key);
}

struct money_notice money_notice_of(const char *trade, const char *out_no)
{
    return (struct money_notice){.channel = STR("try"),
        .trade_no = str_from(trade),
        .out_no = str_from(out_no),
        .fen = MONEY_PRICE,
        .currency = STR("CNY"),
        .seller = STR("2088"),
        .our_seller = STR("2088"),
        .app = STR("app"),
        .our_app = STR("app"),
        .success = true};
}

void money_grant(struct store_tx *tx, const char *kase)
{
    struct err err;
    assert_int_equal(domain_grant(tx, &money_machine, STR("ann"), str_from(kase), STR("owner"), 0,
                         STR("made it"), &err),
        0);
}

enum money_outcome money_tell(struct store_tx *tx, const struct money_notice *n)
{
    enum money_outcome outcome = MONEY_NOTED;
    struct err err;
    assert_int_equal(money_notice(tx, n, &outcome, NULL, &err), 0);
    return outcome;
}

bool money_is_paid(struct store_tx *tx, const char *kase)
{
    struct domain_standing s;
    assert_int_equal(domain_standing(tx, str_from(kase), &s), 0);
    return s.paid;
}
