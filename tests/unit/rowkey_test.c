// SPDX-License-Identifier: Apache-2.0
// Tests of store/rowkey.c: keys as text and as bytes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/codec.h"
#include "core/crypto/token.h"
#include "store/store_private.h"

static void known_keys_have_the_documented_text(void **state)
{
    (void)state;
    static const struct {
        const char *hex, *text;
    } known[] = {
        {"00000000000000000000000000000000", "00000000000000000000000000"},
        {"ffffffffffffffffffffffffffffffff", "7zzzzzzzzzzzzzzzzzzzzzzzzz"},
        {"00000000000000000000000000000001", "00000000000000000000000001"},
        {"80000000000000000000000000000020", "40000000000000000000000010"},
        {"01563e3ab5d3d6764c61efb99302bd5b",
            "01arz3ndektsv4rrffq69g5fav"}, /* the ULID page's own */
    };
    for (size_t i = 0; i < countof(known); i++) {
        struct buf bytes = {0}, text = {0}, back = {0};
        assert_int_equal(codec_unhex(&bytes, str_from(known[i].hex)), 0);
        rowkey_show(SCHEMA_KEY_TIME, buf_str(&bytes), &text);
        assert_true(str_eq(buf_str(&text), str_from(known[i].text)));
        assert_int_equal(rowkey_read(SCHEMA_KEY_TIME, buf_str(&text), &back), 0);
        assert_true(str_eq(buf_str(&back), buf_str(&bytes)));
        buf_release(&bytes);
        buf_release(&text);
        buf_release(&back);
    }
}

static void text_and_bytes_have_one_order(void **state)
{
    (void)state;
    struct buf a = {0}, b = {0};
    for (int i = 0; i < 2000; i++) {
        char x[16], y[16];
        token_random(x, sizeof(x));
        token_random(y, sizeof(y));
        memcpy(y, x, (size_t)token_below(16));
        buf_clear(&a);
        buf_clear(&b);
        rowkey_show(SCHEMA_KEY_TIME, str_of(x, 16), &a);
        rowkey_show(SCHEMA_KEY_TIME, str_of(y, 16), &b);
        int bytes = str_cmp(str_of(x, 16), str_of(y, 16));
        int text = str_cmp(buf_str(&a), buf_str(&b));
        assert_true((bytes < 0) == (text < 0) && (bytes > 0) == (text > 0));
    }
    buf_release(&a);
    buf_release(&b);
}

static void what_is_no_key_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "8zzzzzzzzzzzzzzzzzzzzzzzzz", "0000000000000000000000000",
        "000000000000000000000000000", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "0000000000000000000000000i",
        "0000000000000000000000000u", "0000000000000000000000000-"};
    struct buf out = {0};
    for (size_t i = 0; i < countof(bad); i++)
        assert_int_equal(rowkey_read(SCHEMA_KEY_TIME, str_from(bad[i]), &out), E_INVALID);
    char text[129];
    memset(text, 'k', sizeof(text));
    assert_int_equal(rowkey_read(SCHEMA_KEY_TEXT, str_of(text, 129), &out), E_INVALID);
    assert_int_equal(rowkey_read(SCHEMA_KEY_TEXT, STR("a\0b"), &out), E_INVALID);
    assert_int_equal(rowkey_read(SCHEMA_KEY_TEXT, STR("\xff"), &out), E_INVALID);
    assert_int_equal(rowkey_read(SCHEMA_KEY_TEXT, STR(""), &out), E_INVALID);
    assert_int_equal(out.n, 0);
    assert_int_equal(rowkey_read(SCHEMA_KEY_TEXT, str_of(text, 128), &out), 0);
    assert_int_equal(out.n, 128);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_keys_have_the_documented_text),
        cmocka_unit_test(text_and_bytes_have_one_order),
        cmocka_unit_test(what_is_no_key_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
