// SPDX-License-Identifier: Apache-2.0
// An identity check that counts for another case: whose, how long, and never for strangers.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/domain_world.h"

static const struct domain_actor ann = {STR("ann"), DOMAIN_APPLICANT};
static const struct domain_actor machine = {STR(""), DOMAIN_APPLICANT};

static int setup(void **state)
{
    static struct world w;
    world_open(&w);
    world_prepare(&w, "k1");
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

/* Whether the check of k1 counts for k2 of that account. */
static int taken_over(struct store_tx *tx, const char *account, const char *person)
{
    char d[2][65];
    struct err err;
    return domain_identify_as(tx, &machine, STR("k2"), STR("k1"), str_from(account),
        str_from(person), str_from(world_digest(901, d[1])), &err);
}

static void a_check_counts_for_cases_of_one_owner(void **state)
{
    struct store_tx *tx = begin(state);
    struct domain_standing s;
    struct err err;
    char d[2][65];
    const char *person = world_digest(900, d[0]), *other = world_digest(899, d[1]);
    const str owner = STR("owner"), why = STR("");
    assert_int_equal(taken_over(tx, "ann", person), 1); /* k2 is not hers */
    assert_int_equal(domain_grant(tx, &machine, STR("ann"), STR("k2"), owner, 0, why, &err), 0);
    assert_int_equal(domain_grant(tx, &machine, STR("bob"), STR("k2"), owner, 0, why, &err), 0);
    assert_int_equal(taken_over(tx, "bob", person), 1); /* k1 is not his */
    assert_int_equal(taken_over(tx, "ann", other), 1);
    assert_int_equal(domain_standing(tx, STR("k2"), &s), 0);
    assert_false(s.identified);
    assert_int_equal(domain_identify_as(tx, &ann, STR("k2"), STR("k1"), STR("ann"),
                         str_from(person), str_from(other), &err),
        E_DENIED);
    assert_int_equal(taken_over(tx, "ann", person), 0);
    assert_int_equal(domain_standing(tx, STR("k2"), &s), 0);
    assert_true(s.identified);
    store_tx_end(tx);
}

/* A case k8 of ann's, given so many days ago, with a check of so many days ago. */
static void owned_and_checked_days_ago(struct store_tx *tx, int owned, int checked)
{
    struct buf row = {0};
    char key[STORE_KEY_TEXT + 1], d[2][65];
    long long now = store_tx_now(tx), day = 86400000;
    store_key_new(tx, key);
    buf_printf(&row,
        "{\"at\":%lld,\"account\":\"ann\",\"object\":\"k8\",\"role\":\"owner\",\"until\":0}",
        now - owned * day);
    assert_int_equal(store_insert(tx, STR("grant"), str_from(key), buf_str(&row)), 0);
    buf_release(&row);
    row = (struct buf){0};
    store_key_new(tx, key);
    buf_printf(&row,
        "{\"at\":%lld,\"case\":\"k8\",\"kind\":\"identity\",\"method\":\"face\",\"person\":\"%s\","
        "\"document\":\"%s\"}",
        now - checked * day, world_digest(900, d[0]), world_digest(901, d[1]));
    assert_int_equal(store_insert(tx, STR("fact"), str_from(key), buf_str(&row)), 0);
    buf_release(&row);
}

static void a_check_counts_for_thirty_days_and_its_owner_then(void **state)
{
    static const struct {
        int owned, checked, answer;
    } when[] = {{40, 29, 0}, {40, 31, 1}, {5, 29, 1}};
    for (size_t i = 0; i < countof(when); i++) {
        struct store_tx *tx = begin(state);
        struct err err;
        char d[2][65];
        owned_and_checked_days_ago(tx, when[i].owned, when[i].checked);
        assert_int_equal(
            domain_identify_as(tx, &machine, STR("k1"), STR("k8"), STR("ann"),
                str_from(world_digest(900, d[0])), str_from(world_digest(901, d[1])), &err),
            when[i].answer);
        store_tx_end(tx);
    }
}

static void a_check_that_ended_counts_for_no_other_case(void **state)
{
    struct store_tx *tx = begin(state);
    struct err err;
    char d[65];
    const char *person = world_digest(900, d);
    assert_int_equal(
        domain_grant(tx, &machine, STR("ann"), STR("k2"), STR("owner"), 0, STR(""), &err), 0);
    assert_int_equal(
        domain_void(tx, &machine, STR("k1"), DOMAIN_VOID_IDENTITY, STR("changed"), &err), 0);
    assert_int_equal(taken_over(tx, "ann", person), 1);
    store_tx_end(tx);
}

int main(void)
{
#define WORLD(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        WORLD(a_check_counts_for_cases_of_one_owner),
        WORLD(a_check_counts_for_thirty_days_and_its_owner_then),
        WORLD(a_check_that_ended_counts_for_no_other_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
