// SPDX-License-Identifier: Apache-2.0
// Tests of store/tuple.c: bytes of known values, order, skipping.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/codec.h"
#include "core/base/json.h"
#include "store/store_private.h"

static int encode(const char *json, struct buf *out)
{
    struct arena arena = {0};
    const struct json *v;
    assert_int_equal(json_parse(str_from(json), 4, &arena, &v, NULL), 0);
    int rc = tuple_put(out, v);
    arena_release(&arena);
    return rc;
}

static void check_bytes(const char *json, const char *hex)
{
    struct buf bytes = {0}, text = {0};
    assert_int_equal(encode(json, &bytes), 0);
    codec_hex(&text, buf_str(&bytes));
    buf_append_byte(&text, '\0');
    assert_string_equal(text.p, hex);
    buf_release(&bytes);
    buf_release(&text);
}

static void known_values_have_the_documented_bytes(void **state)
{
    (void)state;
    check_bytes("null", "05");
    check_bytes("false", "10");
    check_bytes("true", "11");
    check_bytes("0", "208000000000000000");
    check_bytes("-1", "207fffffffffffffff");
    check_bytes("9223372036854775807", "20ffffffffffffffff");
    check_bytes("-9223372036854775808", "200000000000000000");
    check_bytes("\"\"", "300001");
    check_bytes("\"ab\"", "3061620001");
    check_bytes("\"a\\u0000\"", "306100ff0001");
    check_bytes("\"\\u0000\\u0000b\"", "3000ff00ff620001");
    check_bytes("\"\xe8\xaf\x81\"", "30e8af810001");
}

static void the_order_of_bytes_is_the_order_of_values(void **state)
{
    (void)state;
    static const char *const rising[] = {"null", "false", "true", "-9223372036854775808", "-257",
        "-256", "-1", "0", "1", "255", "256", "9223372036854775807", "\"\"", "\"\\u0000\"",
        "\"\\u0000a\"", "\"\\u0001\"", "\"a\"", "\"a\\u0000\"", "\"a\\u0000b\"", "\"a\\u0001\"",
        "\"aa\"", "\"b\"", "\"\xe8\xaf\x81\""};
    for (size_t i = 0; i + 1 < countof(rising); i++) {
        struct buf a = {0}, b = {0};
        assert_int_equal(encode(rising[i], &a), 0);
        assert_int_equal(encode(rising[i + 1], &b), 0);
        if (str_cmp(buf_str(&a), buf_str(&b)) >= 0)
            fail_msg("%s is not before %s", rising[i], rising[i + 1]);
        buf_release(&a);
        buf_release(&b);
    }
}

static void what_has_no_order_is_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {"1.5", "[]", "{}", "9223372036854775808", "1e3"};
    struct buf out = {0};
    for (size_t i = 0; i < countof(refused); i++)
        assert_int_equal(encode(refused[i], &out), E_INVALID);
    assert_int_equal(out.n, 0);
    buf_release(&out);
}

static void skipping_finds_the_ends_and_refuses_damage(void **state)
{
    (void)state;
    struct buf out = {0};
    size_t at = 0, ends[5], count = 0;
    const char *const values[] = {"null", "\"a\\u0000\\u0001\"", "true", "12345", "\"\""};
    for (size_t i = 0; i < countof(values); i++) {
        assert_int_equal(encode(values[i], &out), 0);
        ends[i] = out.n;
    }
    while (at < out.n) {
        assert_int_equal(tuple_skip(buf_str(&out), &at), 0);
        assert_int_equal(at, ends[count++]);
    }
    assert_int_equal(count, 5);
    assert_int_equal(tuple_skip(buf_str(&out), &at), E_CORRUPT);
    static const char damaged[][12] = {"\x30"
                                       "abc",
        "\x20"
        "1234567",
        "\x30\0\x02", "\x07",
        "\x30"
        "a\0"};
    static const size_t lengths[] = {4, 8, 3, 1, 3};
    for (size_t i = 0; i < countof(damaged); i++) {
        at = 0;
        assert_int_equal(tuple_skip(str_of(damaged[i], lengths[i]), &at), E_CORRUPT);
    }
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values_have_the_documented_bytes),
        cmocka_unit_test(the_order_of_bytes_is_the_order_of_values),
        cmocka_unit_test(what_has_no_order_is_refused),
        cmocka_unit_test(skipping_finds_the_ends_and_refuses_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
