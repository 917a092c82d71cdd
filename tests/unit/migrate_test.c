// SPDX-License-Identifier: Apache-2.0
// Changing what a store is made with, its schema and its key, loses nothing and is all or nothing.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/store_fixture.h"

static int setup(void **state)
{
    *state = fixture_filled();
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

static void keep_line(void *arg, const char *where, const char *what)
{
    buf_printf(arg, "%s: %s\n", where, what);
}

static void change_schema(struct buf *out, const char *from, const char *to)
{
    str whole = fixture_schema();
    ptrdiff_t at = str_find(whole, str_from(from));
    assert_true(at >= 0);
    buf_append(out, str_slice(whole, 0, (size_t)at));
    buf_append(out, str_from(to));
    buf_append(out, str_slice(whole, (size_t)at + strlen(from), whole.n));
}

static int migrate(struct fixture *f, str schema, const char *backup, struct err *err)
{
    struct store_opts opts = fixture_opts(f);
    char path[160];
    FILE *out = fopen("/dev/null", "w");
    assert_non_null(out);
    opts.schema = schema;
    fixture_close(f);
    int rc = store_migrate(&opts, fixture_path(f, backup, path), out, err);
    (void)fclose(out);
    return rc;
}

static void open_with(struct fixture *f, str schema)
{
    struct store_opts opts = fixture_opts(f);
    struct err err = {0};
    opts.schema = schema;
    if (store_open(&f->store, &opts, &err))
        fail_msg("%s", err.message);
}

static void a_migration_builds_and_drops(void **state)
{
    struct fixture *f = *state;
    struct buf schema = {0};
    struct err err = {0};
    struct store_opts opts = fixture_opts(f);
    change_schema(&schema, "{\"name\":\"state\",\"kind\":\"plain\",\"fields\":[\"state\",\"n\"]},",
        "{\"name\":\"by_n\",\"kind\":\"plain\",\"fields\":[\"n\"]},"
        "{\"name\":\"words2\",\"kind\":\"words\",\"fields\":[\"name\"]},");
    ptrdiff_t at = str_find(buf_str(&schema), STR("item_by_state"));
    memcpy(schema.p + at, "item_by_other", 13);
    fixture_close(f);
    opts.schema = buf_str(&schema);
    assert_int_equal(store_open(&f->store, &opts, &err), E_CONFIG);
    if (migrate(f, buf_str(&schema), "backup", &err))
        fail_msg("%s", err.message);
    open_with(f, buf_str(&schema));
    fixture_expect_clean(f->store);
    assert_int_equal(fixture_count(f->store, "item", "by_n", "[5]"), 1);
    struct store_tx *tx = store_tx_begin(f->store, STORE_TX_READ);
    struct store_range words = {.table = STR("item"), .index = STR("words2"), .text = STR("三丰2")};
    struct store_iter *it;
    struct store_row row;
    int n = 0;
    assert_int_equal(store_iter_open(&it, tx, &words, &err), 0);
    while (!store_iter_next(it, &row))
        n++;
    assert_int_equal(n, 11); /* 2 and 20 to 29 */
    store_iter_close(it);
    int64_t count;
    assert_int_equal(store_count(tx, STR("item_by_other"), STR("[\"a\"]"), &count), 0);
    assert_int_equal(count, FIXTURE_ITEMS / 2);
    store_tx_end(tx);
    buf_release(&schema);
}

static void a_migration_that_cannot_be_changes_nothing(void **state)
{
    struct fixture *f = *state;
    struct buf unique = {0}, gone = {0}, key = {0};
    struct err err = {0};
    change_schema(
        &unique, "\"fields\":[\"state\",\"n\"]}", "\"fields\":[\"state\"],\"unique\":true}");
    assert_int_equal(migrate(f, buf_str(&unique), "backup1", &err), E_EXISTS);
    assert_non_null(strstr(err.message, "rows.item"));
    change_schema(&gone, "\"setting\":{", "\"other\":{");
    assert_int_equal(migrate(f, buf_str(&gone), "backup2", &err), E_CONFIG);
    change_schema(&key, "\"setting\":{\"key\":\"text\"", "\"setting\":{\"key\":\"time\"");
    assert_int_equal(migrate(f, buf_str(&key), "backup3", &err), E_CONFIG);
    fixture_open(f);
    fixture_expect_clean(f->store);
    buf_release(&unique);
    buf_release(&gone);
    buf_release(&key);
}

static void a_new_key_opens_everything_and_the_old_one_nothing(void **state)
{
    struct fixture *f = *state;
    struct store_opts opts = fixture_opts(f);
    struct err err = {0};
    struct store_check_totals totals;
    struct buf lines = {0};
    uint8_t new_key[STORE_SEAL_KEY_SIZE];
    FILE *out = fopen("/dev/null", "w");
    memset(new_key, 0x77, sizeof(new_key));
    fixture_sign(f);
    assert_int_equal(store_rekey(&opts, new_key, out, &err), E_BUSY); /* it is open */
    fixture_close(f);
    if (store_rekey(&opts, new_key, out, &err))
        fail_msg("%s", err.message);
    (void)fclose(out);
    assert_int_equal(store_open(&f->store, &opts, &err), E_DENIED);
    memcpy(f->key, new_key, sizeof(new_key));
    fixture_open(f);
    fixture_expect_clean(f->store);
    assert_int_equal(fixture_count(f->store, "item", "state", "[\"a\"]"), FIXTURE_ITEMS / 2);
    assert_int_equal(fixture_count(f->store, "item", "phone", "[\"13900000007\"]"), 1);
    fixture_put(f->store, "item", NULL, "{\"state\":\"after\",\"name\":\"张三丰\"}", NULL);
    fixture_append(f->store, "case1", "{\"a\":4}");
    fixture_expect_clean(f->store);
    fixture_close(f);
    assert_int_equal(store_audit_verify(f->data, NULL, keep_line, &lines, &totals, &err), 0);
    assert_int_equal(totals.findings, 0);
    assert_int_equal(totals.records, 4);
    buf_release(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_migration_builds_and_drops, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_migration_that_cannot_be_changes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_new_key_opens_everything_and_the_old_one_nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
