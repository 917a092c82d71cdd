// SPDX-License-Identifier: Apache-2.0
// Tests of store/entry.c and store/pairs.c: index entries of a row.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/json.h"
#include "store/pairs.h"
#include "store/store_private.h"

static const uint8_t root[32] = "0123456789abcdef0123456789abcdef";
static const str row_key = {"0123456789abcdef", 16};

enum { GIVEN_MAX = 1100 };

/* The entries of the last walk. */
struct world {
    struct store store;
    struct arena arena;
    str given[GIVEN_MAX];
    size_t count;
};

static int setup(void **state)
{
    struct world *w = mem_zalloc(1, sizeof(*w));
    w->store.keys = keys_new(root);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    keys_free(w->store.keys);
    arena_release(&w->arena);
    free(w);
    return 0;
}

static int keep(void *arg, str entry)
{
    struct world *w = arg;
    assert_true(w->count < GIVEN_MAX);
    w->given[w->count++] = arena_str(&w->arena, entry);
    return 0;
}

static int each(struct world *w, const struct schema_index *x, const char *row)
{
    const struct json *root_value;
    w->count = 0;
    assert_int_equal(json_parse(str_from(row), 8, &w->arena, &root_value, NULL), 0);
    return entry_each(&w->store, x, row_key, root_value, keep, w);
}

static struct schema_index make(enum schema_kind kind, size_t fields)
{
    return (struct schema_index){.name = STR("i"),
        .database = STR("index.t.i"),
        .kind = kind,
        .field_count = fields,
        .fields = {STR("a"), STR("b.c")}};
}

static void a_plain_entry_is_tuple_and_key(void **state)
{
    struct world *w = *state;
    struct schema_index x = make(SCHEMA_PLAIN, 2);
    size_t head;
    assert_int_equal(each(w, &x, "{\"a\":\"s\",\"b\":{\"c\":true}}"), 0);
    assert_int_equal(w->count, 1);
    assert_true(str_eq(w->given[0], STR("\x30s\0\x01\x11"
                                        "0123456789abcdef")));
    assert_int_equal(entry_head(&x, w->given[0], &head), 0);
    assert_int_equal(head, 5);
    assert_int_equal(each(w, &x, "{}"), 0);
    assert_int_equal(w->count, 1);
    assert_true(str_eq(w->given[0], STR("\x05\x05"
                                        "0123456789abcdef")));
    x.unique = true;
    assert_int_equal(each(w, &x, "{\"a\":null}"), 0);
    assert_int_equal(w->count, 0);
    assert_int_equal(each(w, &x, "{\"a\":1}"), 0);
    assert_int_equal(w->count, 1);
    assert_int_equal(each(w, &x, "{\"a\":1.5}"), E_INVALID);
    assert_int_equal(each(w, &x, "{\"a\":[]}"), E_INVALID);
}

static void a_blind_entry_is_the_mac_of_all_fields(void **state)
{
    struct world *w = *state;
    struct schema_index x = make(SCHEMA_BLIND, 2);
    uint8_t mac[32];
    size_t head;
    assert_int_equal(each(w, &x, "{\"a\":\"13800138000\",\"b\":{\"c\":7}}"), 0);
    keys_blind(w->store.keys, STR("index.t.i"),
        STR("\x30"
            "13800138000\0\x01\x20\x80\0\0\0\0\0\0\x07"),
        mac);
    assert_int_equal(w->count, 1);
    assert_int_equal(w->given[0].n, 32);
    assert_memory_equal(w->given[0].p, mac, 16);
    assert_memory_equal(w->given[0].p + 16, row_key.p, 16);
    assert_int_equal(entry_head(&x, w->given[0], &head), 0);
    assert_int_equal(head, 16);
    assert_int_equal(entry_head(&x, str_slice(w->given[0], 0, 16), &head), E_CORRUPT);
}

static void a_multi_index_has_each_distinct_element_once(void **state)
{
    struct world *w = *state;
    struct schema_index x = make(SCHEMA_PLAIN, 1);
    x.multi = true;
    assert_int_equal(each(w, &x, "{\"a\":[\"z\",\"b\",\"z\",\"b\",\"b\"]}"), 0);
    assert_int_equal(w->count, 2);
    assert_true(str_starts(w->given[0], STR("\x30"
                                            "b\0\x01")));
    assert_true(str_starts(w->given[1], STR("\x30"
                                            "z\0\x01")));
    assert_int_equal(each(w, &x, "{\"a\":[]}"), 0);
    assert_int_equal(w->count, 0);
    assert_int_equal(each(w, &x, "{\"a\":\"one\"}"), 0);
    assert_int_equal(w->count, 1);
    assert_int_equal(each(w, &x, "{\"a\":[[1]]}"), E_INVALID);
    x.kind = SCHEMA_BLIND;
    assert_int_equal(each(w, &x, "{\"a\":[1,2,1]}"), 0);
    assert_int_equal(w->count, 2);
}

static void a_blob_entry_is_the_raw_name(void **state)
{
    struct world *w = *state;
    struct schema_index x = make(SCHEMA_BLOB, 1);
    assert_int_equal(each(w, &x, "{\"a\":\"000102030405060708090a0b0c0d0eff\"}"), 0);
    assert_int_equal(w->count, 1);
    assert_memory_equal(w->given[0].p, "\0\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xff", 16);
    assert_int_equal(each(w, &x, "{}"), 0);
    assert_int_equal(w->count, 0);
    assert_int_equal(each(w, &x, "{\"a\":\"000102030405060708090A0B0C0D0EFF\"}"), E_INVALID);
    assert_int_equal(each(w, &x, "{\"a\":\"00\"}"), E_INVALID);
    assert_int_equal(each(w, &x, "{\"a\":7}"), E_INVALID);
}

static void check_normal(const char *text, const char *normal)
{
    struct buf out = {0};
    pairs_normalise(str_from(text), &out);
    if (!str_eq(buf_str(&out), str_from(normal)))
        fail_msg("%s became %.*s", text, (int)out.n, out.p);
    buf_release(&out);
}

static void text_is_normalised_as_documented(void **state)
{
    (void)state;
    check_normal("Hello, World-7!", "helloworld7");
    check_normal("\xef\xbc\xa1\xef\xbd\x82\xef\xbc\x93", "ab3"); /* full-width A b 3 */
    check_normal("\xe5\x8c\x97\xe3\x80\x80\xe4\xba\xac", "\xe5\x8c\x97\xe4\xba\xac"); /* U+3000 */
    check_normal(" \t\r\n", "");
    check_normal("\xef\xbc\x88", "\xef\xbc\x88"); /* full-width parenthesis stays */
}

static void a_words_index_has_each_distinct_pair_once(void **state)
{
    struct world *w = *state;
    struct schema_index x = make(SCHEMA_WORDS, 2);
    uint8_t mac[32];
    size_t head;
    assert_int_equal(each(w, &x, "{\"a\":\"A b a\",\"b\":{\"c\":\"B!\"}}"), 0); /* abab: ab ba */
    assert_int_equal(w->count, 2);
    keys_blind(w->store.keys, STR("index.t.i"), STR("ab"), mac);
    bool first = !memcmp(w->given[0].p, mac, 8);
    assert_true(first || !memcmp(w->given[1].p, mac, 8));
    assert_int_equal(w->given[0].n, 24);
    assert_int_equal(entry_head(&x, w->given[0], &head), 0);
    assert_int_equal(head, 8);
    assert_int_equal(entry_head(&x, str_slice(w->given[0], 0, 8), &head), E_CORRUPT);
    assert_int_equal(each(w, &x, "{\"a\":\"x\"}"), 0);
    assert_int_equal(w->count, 0);
    assert_int_equal(each(w, &x, "{\"a\":1}"), E_INVALID);
}

static void long_values_are_refused(void **state)
{
    struct world *w = *state;
    struct schema_index x = make(SCHEMA_PLAIN, 1);
    struct buf row = {0};
    buf_append(&row, STR("{\"a\":\""));
    for (int i = 0; i < 297; i++)
        buf_append_byte(&row, 'x');
    buf_append(&row, STR("\"}\0"));
    assert_int_equal(each(w, &x, row.p), 0); /* 1 + 297 + 2 */
    assert_int_equal(w->given[0].n, 316);
    row.n -= 3;
    buf_append(&row, STR("x\"}\0"));
    assert_int_equal(each(w, &x, row.p), E_TOO_BIG);
    x.kind = SCHEMA_BLIND;
    assert_int_equal(each(w, &x, row.p), 0);
    buf_release(&row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_plain_entry_is_tuple_and_key, setup, teardown),
        cmocka_unit_test_setup_teardown(a_blind_entry_is_the_mac_of_all_fields, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_multi_index_has_each_distinct_element_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_blob_entry_is_the_raw_name, setup, teardown),
        cmocka_unit_test(text_is_normalised_as_documented),
        cmocka_unit_test_setup_teardown(a_words_index_has_each_distinct_pair_once, setup, teardown),
        cmocka_unit_test_setup_teardown(long_values_are_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
