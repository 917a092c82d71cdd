// SPDX-License-Identifier: Apache-2.0
// The signer's ledger: an intent before every certificate, one certificate for a ticket and for a
// line whoever races, orders once, numbers that rise; what a subject may hold; the clock.
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/json.h"
#include "core/signer/signer.h"
#include "core/signer/subject.h"

struct world {
    char dir[64];
    struct store *store;
    struct arena arena;
};

static const struct ledger_limits loose = {1000, 1000};

static int setup(void **state)
{
    static const uint8_t key[STORE_SEAL_KEY_SIZE] = {9};
    struct world *w = mem_zalloc(1, sizeof(*w));
    struct err err = {0};
    snprintf(w->dir, sizeof(w->dir), "/tmp/certhall-ledger-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    const struct store_opts opts = {.dir = w->dir,
        .seal_key = key,
        .schema = ledger_schema(),
        .map_size = 1 << 28,
        .snapshot_ms = 60000};
    if (store_open(&w->store, &opts, &err))
        fail_msg("%s", err.message);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    char command[128];
    store_close(w->store);
    snprintf(command, sizeof(command), "rm -rf '%s'", w->dir);
    arena_release(&w->arena);
    free(w);
    return system(command);
}

static str number(struct world *w, const char *format, unsigned n)
{
    char text[80];
    snprintf(text, sizeof(text), format, n);
    return arena_str(&w->arena, str_from(text));
}

/* Ticket t of line l for key k with serial number s. */
static struct ledger_intent intent(struct world *w, unsigned t, unsigned l, unsigned k, unsigned s)
{
    return (struct ledger_intent){.ticket = number(w, "ticket%u", t),
        .line = number(w, "case%u/0", l),
        .authority = STR("p256"),
        .profile = STR("unit_sign"),
        .subject = STR("name"),
        .spki = number(w, "%064x", k),
        .tbs = number(w, "%064x", s),
        .serial = number(w, "40%030x", s),
        .not_before = 1800000000,
        .not_after = 1900000000};
}

static struct store_tx *begin(struct world *w)
{
    return store_tx_begin(w->store, STORE_TX_WRITE);
}

static int commit(struct store_tx *tx)
{
    int rc = store_tx_is_dirty(tx) ? store_commit(tx) : 0;
    store_tx_end(tx);
    return rc;
}

static int intend_in(struct world *w, struct store_tx *tx, struct ledger_intent i,
    struct ledger_answer *a, struct err *err)
{
    return ledger_intend(tx, &i, STR(""), &loose, &w->arena, a, err);
}

static int intend(struct world *w, struct ledger_intent i, enum ledger_step *step)
{
    struct err err = {0};
    struct ledger_answer a;
    struct store_tx *tx = begin(w);
    int rc = intend_in(w, tx, i, &a, &err);
    *step = a.step;
    if (!rc)
        return commit(tx);
    store_tx_end(tx);
    return rc;
}

static int settle(struct world *w, struct ledger_intent i, const char *der, str *standing)
{
    struct err err = {0};
    struct ledger_answer a;
    struct store_tx *tx = begin(w);
    int rc = ledger_settle(tx, &i, str_from(der), &w->arena, &a, &err);
    *standing = a.der;
    if (!rc)
        return commit(tx);
    store_tx_end(tx);
    return rc;
}

static enum ledger_state state_of(struct world *w, str serial)
{
    struct ledger_certificate c;
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_READ);
    int rc = ledger_certificate(tx, serial, &w->arena, &c);
    store_tx_end(tx);
    assert_int_equal(rc, 0);
    return c.state;
}

static void make(struct world *w, struct ledger_intent i)
{
    enum ledger_step step;
    str der;
    assert_int_equal(intend(w, i, &step), 0);
    assert_int_equal(step, LEDGER_SIGN);
    assert_int_equal(settle(w, i, "der", &der), 0);
}

static void intent_then_certificate(void **state)
{
    struct world *w = *state;
    struct ledger_intent i = intent(w, 1, 1, 1, 1);
    enum ledger_step step;
    str der;
    assert_int_equal(settle(w, i, "early", &der), E_CONFLICT);
    assert_int_equal(intend(w, i, &step), 0);
    assert_int_equal(step, LEDGER_SIGN);
    assert_int_equal(state_of(w, i.serial), LEDGER_INTENT);
    assert_int_equal(settle(w, i, "first", &der), 0);
    assert_int_equal(state_of(w, i.serial), LEDGER_GOOD);
    /* Whoever signed the same intent too, gets the one that stands. */
    assert_int_equal(settle(w, i, "second", &der), 0);
    assert_true(str_eq(der, STR("first")));
    assert_int_equal(intend(w, i, &step), 0);
    assert_int_equal(step, LEDGER_DONE);
}

static void a_repeated_ticket_finds_its_intent(void **state)
{
    struct world *w = *state;
    enum ledger_step step;
    assert_int_equal(intend(w, intent(w, 1, 1, 1, 1), &step), 0);
    assert_int_equal(intend(w, intent(w, 1, 1, 1, 1), &step), 0);
    assert_int_equal(step, LEDGER_SIGN);
    assert_int_equal(intend(w, intent(w, 1, 1, 1, 2), &step), 0);
    assert_int_equal(step, LEDGER_REDO);
    assert_int_equal(intend(w, intent(w, 1, 1, 2, 2), &step), E_CONFLICT);
}

static void bytes_that_cannot_be_made_again_are_replaced(void **state)
{
    struct world *w = *state;
    struct err err = {0};
    struct ledger_answer a;
    enum ledger_step step;
    str der;
    struct ledger_intent first = intent(w, 1, 1, 1, 1), second = intent(w, 1, 1, 1, 2);
    assert_int_equal(intend(w, first, &step), 0);
    struct store_tx *tx = begin(w);
    assert_int_equal(ledger_intend(tx, &second, first.serial, &loose, &w->arena, &a, &err), 0);
    assert_int_equal(a.step, LEDGER_SIGN);
    assert_int_equal(commit(tx), 0);
    assert_int_equal(state_of(w, first.serial), LEDGER_VOID);
    assert_int_equal(settle(w, first, "old", &der), E_CONFLICT);
    assert_int_equal(settle(w, second, "new", &der), 0);
}

static void a_line_has_one_living_certificate(void **state)
{
    struct world *w = *state;
    enum ledger_step step;
    str der;
    struct ledger_intent first = intent(w, 1, 1, 1, 1), other = intent(w, 2, 1, 2, 2);
    assert_int_equal(intend(w, first, &step), 0);
    /* Not signed yet: another key may take its place, and then it is too late for the first. */
    assert_int_equal(intend(w, other, &step), 0);
    assert_int_equal(step, LEDGER_SIGN);
    assert_int_equal(settle(w, first, "late", &der), E_CONFLICT);
    assert_int_equal(intend(w, first, &step), E_CONFLICT);
    assert_int_equal(settle(w, other, "other", &der), 0);
    assert_int_equal(intend(w, intent(w, 3, 1, 3, 3), &step), E_CONFLICT);
    assert_int_equal(intend(w, intent(w, 4, 1, 2, 4), &step), 0);
    assert_int_equal(step, LEDGER_DONE);
}

static void of_two_that_race_one_wins(void **state)
{
    struct world *w = *state;
    struct err err = {0};
    struct ledger_answer a, b;
    struct store_tx *one = begin(w), *two = begin(w);
    assert_int_equal(intend_in(w, one, intent(w, 1, 1, 1, 1), &a, &err), 0);
    assert_int_equal(intend_in(w, two, intent(w, 1, 1, 1, 2), &b, &err), 0);
    assert_int_equal(store_commit(one), 0);
    assert_int_equal(store_commit(two), E_CONFLICT);
    assert_int_equal(store_tx_rerun(two), 0);
    assert_int_equal(intend_in(w, two, intent(w, 1, 1, 1, 2), &b, &err), 0);
    assert_int_equal(b.step, LEDGER_REDO);
    assert_true(str_eq(b.intent.serial, intent(w, 1, 1, 1, 1).serial));
    store_tx_end(one);
    store_tx_end(two);
}

static void a_serial_number_comes_once(void **state)
{
    struct world *w = *state;
    enum ledger_step step;
    assert_int_equal(intend(w, intent(w, 1, 1, 1, 7), &step), 0);
    assert_int_equal(intend(w, intent(w, 2, 2, 2, 7), &step), E_CRYPTO);
}

static void limits_hold(void **state)
{
    struct world *w = *state;
    struct err err = {0};
    struct ledger_answer a;
    const struct ledger_limits tight = {3, 2};
    for (unsigned n = 1; n <= 5; n++) {
        struct store_tx *tx = begin(w);
        struct ledger_intent i = intent(w, n, n, n, n);
        if (n == 4)
            i.subject = STR("other");
        int rc = ledger_intend(tx, &i, STR(""), &tight, &w->arena, &a, &err);
        assert_int_equal(rc, n == 3 || n == 5 ? E_BUSY : 0);
        if (rc)
            store_tx_end(tx);
        else
            assert_int_equal(commit(tx), 0);
    }
}

static int change(struct world *w, const char *id, str serial, enum ledger_state to, bool *changed)
{
    struct err err = {0};
    struct ledger_certificate c;
    const struct ledger_order o = {
        .id = str_from(id), .serial = serial, .to = to, .reason = CRL_KEY_COMPROMISE};
    struct store_tx *tx = begin(w);
    int rc = ledger_change(tx, &o, &w->arena, &c, changed, &err);
    if (!rc)
        return commit(tx);
    store_tx_end(tx);
    return rc;
}

static uint64_t crl_number(struct world *w)
{
    uint64_t n;
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_READ);
    assert_int_equal(ledger_crl_number(tx, STR("p256"), &n), 0);
    store_tx_end(tx);
    return n;
}

static void orders_are_carried_out_once(void **state)
{
    struct world *w = *state;
    struct ledger_intent i = intent(w, 1, 1, 1, 1);
    bool changed;
    assert_int_equal(change(w, "a", i.serial, LEDGER_HOLD, &changed), E_NOT_FOUND);
    make(w, i);
    assert_int_equal(change(w, "a", i.serial, LEDGER_HOLD, &changed), 0);
    assert_true(changed);
    assert_int_equal(state_of(w, i.serial), LEDGER_HOLD);
    assert_int_equal(crl_number(w), 1);
    assert_int_equal(change(w, "b", i.serial, LEDGER_GOOD, &changed), 0);
    assert_int_equal(crl_number(w), 2);
    assert_int_equal(change(w, "a", i.serial, LEDGER_HOLD, &changed), 0);
    assert_false(changed);
    assert_int_equal(state_of(w, i.serial), LEDGER_GOOD);
    assert_int_equal(change(w, "c", i.serial, LEDGER_REVOKED, &changed), 0);
    assert_int_equal(change(w, "d", i.serial, LEDGER_GOOD, &changed), E_CONFLICT);
    assert_int_equal(change(w, "e", i.serial, LEDGER_REVOKED, &changed), 0);
    assert_false(changed);
    assert_int_equal(crl_number(w), 3);
}

static void a_revoked_one_frees_its_line(void **state)
{
    struct world *w = *state;
    enum ledger_step step;
    bool changed;
    struct ledger_intent i = intent(w, 1, 1, 1, 1);
    make(w, i);
    assert_int_equal(change(w, "a", i.serial, LEDGER_HOLD, &changed), 0);
    assert_int_equal(intend(w, intent(w, 2, 1, 2, 2), &step), E_CONFLICT);
    assert_int_equal(change(w, "b", i.serial, LEDGER_REVOKED, &changed), 0);
    make(w, intent(w, 2, 1, 2, 2));
}

static void changes_follow_each_other(void **state)
{
    struct world *w = *state;
    struct buf out = {0};
    struct arena *a = &w->arena;
    const struct json *root;
    bool changed;
    int64_t at;
    uint64_t seq;
    make(w, intent(w, 1, 1, 1, 1));
    assert_int_equal(change(w, "a", intent(w, 1, 1, 1, 1).serial, LEDGER_REVOKED, &changed), 0);
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_READ);
    assert_int_equal(ledger_changes(tx, 0, &out), 0);
    assert_int_equal(ledger_last(tx, &at, &seq), 0);
    store_tx_end(tx);
    assert_int_equal(json_parse(buf_str(&out), 5, a, &root, NULL), 0);
    const struct json *list = json_get(root, STR("changes"));
    assert_int_equal(json_count(list), 2);
    assert_true(str_eq(json_str(json_get(json_at(list, 0), STR("der"))), STR("ZGVy")));
    assert_true(str_eq(json_str(json_get(json_at(list, 1), STR("event"))), STR("revoked")));
    assert_int_equal(json_uint(json_get(root, STR("seq"))), seq);
    assert_true(at > 0 && !json_bool(json_get(root, STR("more"))));
    buf_release(&out);
}

static void a_subject_is_what_was_reviewed(void **state)
{
    struct world *w = *state;
    struct err err;
    struct subject s;
    struct buf printed = {0};
    const str good = STR("{\"CN\":\"ceshi\",\"mail\":\"a@b.cn\",\"OU\":[\"x\",\"y\"],\"C\":\"CN\","
                         "\"tax\":\"123\"}");
    assert_int_equal(subject_read(good, &w->arena, &s, &err), 0);
    name_print(&s.name, &printed);
    assert_true(str_eq(buf_str(&printed), STR("CN=ceshi,OU=y,OU=x,C=CN")));
    assert_true(str_eq(s.mail, STR("a@b.cn")) && str_eq(s.numbers[NUMBER_TAX], STR("123")));
    static const char *const bad[] = {"", "[]", "{\"dns\":\"a\"}", "{\"CN\":1}", "{\"CN\":\"\"}",
        "{\"O\":[\"a\"]}", "{\"OU\":[]}", "{\"mail\":\"\"}", "{\"CN\":\"a\",\"CN\":\"b\"}"};
    for (size_t i = 0; i < countof(bad); i++)
        if (!subject_read(str_from(bad[i]), &w->arena, &s, &err))
            fail_msg("taken: %s", bad[i]);
    buf_release(&printed);
}

static void renewals_add_to_the_end(void **state)
{
    enum { DAY = 86400 };
    const int64_t now = 1800000000;
    int64_t start = 0;
    struct ledger_certificate c = {.state = LEDGER_GOOD, .not_after = now + 90 * DAY};
    (void)state;
    assert_int_equal(ledger_renewal_start(&c, now, &start), 0);
    assert_true(start == c.not_after);
    c.not_after = now + 90 * DAY + 1;
    assert_int_equal(ledger_renewal_start(&c, now, &start), 1);
    c.not_after = now - 30 * DAY;
    assert_int_equal(ledger_renewal_start(&c, now, &start), 0);
    assert_true(start == now);
    c.not_after = now - 30 * DAY - 1;
    assert_int_equal(ledger_renewal_start(&c, now, &start), 1);
    c = (struct ledger_certificate){.state = LEDGER_REVOKED, .not_after = now + DAY};
    assert_int_equal(ledger_renewal_start(&c, now, &start), 1);
}

static void the_clock_may_not_stand_behind(void **state)
{
    struct err err;
    (void)state;
    assert_int_equal(signer_check_clock(1000000, 1000000, &err), 0);
    assert_int_equal(signer_check_clock(1000000, 998000, &err), 0);
    assert_int_equal(signer_check_clock(1000000, 997999, &err), E_DENIED);
    assert_string_equal(err.where, "signer.clock");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(intent_then_certificate, setup, teardown),
        cmocka_unit_test_setup_teardown(a_repeated_ticket_finds_its_intent, setup, teardown),
        cmocka_unit_test_setup_teardown(
            bytes_that_cannot_be_made_again_are_replaced, setup, teardown),
        cmocka_unit_test_setup_teardown(a_line_has_one_living_certificate, setup, teardown),
        cmocka_unit_test_setup_teardown(of_two_that_race_one_wins, setup, teardown),
        cmocka_unit_test_setup_teardown(a_serial_number_comes_once, setup, teardown),
        cmocka_unit_test_setup_teardown(limits_hold, setup, teardown),
        cmocka_unit_test_setup_teardown(orders_are_carried_out_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_revoked_one_frees_its_line, setup, teardown),
        cmocka_unit_test_setup_teardown(changes_follow_each_other, setup, teardown),
        cmocka_unit_test_setup_teardown(a_subject_is_what_was_reviewed, setup, teardown),
        cmocka_unit_test(renewals_add_to_the_end),
        cmocka_unit_test(the_clock_may_not_stand_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
