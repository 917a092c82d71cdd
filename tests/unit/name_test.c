// SPDX-License-Identifier: Apache-2.0
// Tests of name: what may stand in a distinguished name, and that it comes back identically.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/codec.h"
#include "core/pki/name.h"

/* 湖南一二三 with a character of plane 2 and a full-width sign. */
#define UNIT "湖南𠮷㛃建设（集团）有限公司"

static void comes_back_identically(void **state)
{
    (void)state;
    static const struct name_part parts[] = {
        {NAME_C, {"CN", 2}},
        {NAME_ST, {"湖南省", 9}},
        {NAME_O, {UNIT, sizeof(UNIT) - 1}},
        {NAME_OU, {"a, \"b\" + c;<d>=#\\", 17}},
        {NAME_OU, {"#x", 2}},
        {NAME_CN, {"O'Brien & Söhne, Ltd.", 22}},
        {NAME_SERIAL, {"91430000MA4L0000X1", 18}},
        {NAME_EMAIL, {"a.b@example.com", 15}},
    };
    struct name n = {0}, back;
    struct buf der = {0}, again = {0}, text = {0};
    for (size_t i = 0; i < countof(parts); i++)
        assert_int_equal(name_add(&n, parts[i].field, parts[i].value, NULL), 0);
    assert_int_equal(name_put(&n, &der, NULL), 0);
    assert_int_equal(name_parse(buf_str(&der), &back, NULL), 0);
    assert_true(name_eq(&n, &back) && name_is_wellformed(buf_str(&der)));
    assert_int_equal(name_put(&back, &again, NULL), 0);
    assert_true(str_eq(buf_str(&der), buf_str(&again)));
    name_print(&back, &text);
    assert_true(str_starts(buf_str(&text),
        STR("emailAddress=a.b@example.com,serialNumber=91430000MA4L0000X1,CN=O'Brien & Söhne\\, "
            "Ltd.,OU=\\#x,OU=a\\, \\\"b\\\" \\+ c\\;\\<d\\>=#\\\\,O=")));
    assert_true(str_eq(name_get(&back, NAME_C), STR("CN")));
    assert_false(name_has(&back, NAME_L));
    buf_release(&der);
    buf_release(&again);
    buf_release(&text);
}

static void values_that_two_people_read_differently(void **state)
{
    (void)state;
    static const struct {
        enum name_field field;
        str value;
        int code;
    } bad[] = {
        {NAME_CN, {"", 0}, E_INVALID},
        {NAME_CN, {"a\0b", 3}, E_INVALID},
        {NAME_CN, {"a\nb", 3}, E_INVALID},
        {NAME_CN, {"a\x7f", 2}, E_INVALID},
        {NAME_CN, {" a", 2}, E_INVALID},
        {NAME_CN, {"a ", 2}, E_INVALID},
        {NAME_CN, {"a  b", 4}, E_INVALID},
        {NAME_CN,
            {"a\xe2\x80\xae"
             "b",
                5},
            E_INVALID}, /* right-to-left override */
        {NAME_CN,
            {"a\xe2\x80\x8b"
             "b",
                5},
            E_INVALID}, /* zero width space */
        {NAME_CN,
            {"\xef\xbb\xbf"
             "a",
                4},
            E_INVALID},                         /* byte order mark */
        {NAME_CN, {"e\xcc\x81", 3}, E_INVALID}, /* combining accent */
        {NAME_CN,
            {"\xe3\x80\x80"
             "a",
                4},
            E_INVALID},                                /* ideographic space */
        {NAME_CN, {"\xef\xa5\xb9", 3}, E_INVALID},     /* compatibility 凉 */
        {NAME_CN, {"\xee\x80\x80", 3}, E_INVALID},     /* private use */
        {NAME_CN, {"\xef\xbf\xbf", 3}, E_INVALID},     /* U+FFFF */
        {NAME_CN, {"\xed\xa0\x80", 3}, E_INVALID},     /* surrogate */
        {NAME_CN, {"\xc0\x80", 2}, E_INVALID},         /* overlong NUL */
        {NAME_CN, {"\xd5\xc5\xc8\xfd", 4}, E_INVALID}, /* GBK */
        {NAME_C, {"cn", 2}, E_INVALID},
        {NAME_C, {"CHN", 3}, E_TOO_BIG},
        {NAME_SERIAL, {"张", 3}, E_INVALID},
        {NAME_SERIAL, {"a*b", 3}, E_INVALID},
        {NAME_EMAIL, {"a", 1}, E_INVALID},
        {NAME_EMAIL, {"a@b@c", 5}, E_INVALID},
        {NAME_EMAIL, {"a b@c", 5}, E_INVALID},
        {NAME_EMAIL, {"@c", 2}, E_INVALID},
    };
    struct err err;
    for (size_t i = 0; i < countof(bad); i++)
        assert_int_equal(name_check(bad[i].field, bad[i].value, &err), bad[i].code);
    assert_int_equal(name_check(NAME_CN, STR("ab\x07"), &err), E_INVALID);
    assert_string_equal(err.message, "character 3 of CN (U+0007) is a control character");
}

static void lengths_count_characters(void **state)
{
    (void)state;
    struct buf b = {0};
    for (int i = 0; i < 64; i++)
        buf_append(&b, STR("𠮷"));
    assert_int_equal(name_check(NAME_CN, buf_str(&b), NULL), 0);
    assert_int_equal(name_check(NAME_O, buf_str(&b), NULL), 0);
    buf_append_byte(&b, 'x');
    assert_int_equal(name_check(NAME_CN, buf_str(&b), NULL), E_TOO_BIG);
    assert_int_equal(name_check(NAME_ST, buf_str(&b), NULL), 0);
    buf_release(&b);
}

static void fields_stand_once(void **state)
{
    (void)state;
    struct name n = {0};
    struct buf out = {0};
    assert_int_equal(name_put(&n, &out, NULL), E_INVALID);
    assert_int_equal(name_add(&n, NAME_CN, STR("a"), NULL), 0);
    assert_int_equal(name_add(&n, NAME_CN, STR("b"), NULL), E_INVALID);
    for (int i = 0; i < NAME_OU_MAX; i++)
        assert_int_equal(name_add(&n, NAME_OU, STR("b"), NULL), 0);
    assert_int_equal(name_add(&n, NAME_OU, STR("b"), NULL), E_INVALID);
    assert_int_equal(n.count, 1 + NAME_OU_MAX);
}

/* No altered byte may be read as a name that encodes otherwise. */
static void altered_bytes_never_give_another_encoding(void **state)
{
    (void)state;
    struct name n = {0}, back;
    struct buf der = {0}, again = {0};
    assert_int_equal(name_add(&n, NAME_C, STR("CN"), NULL), 0);
    assert_int_equal(name_add(&n, NAME_CN, STR("张三"), NULL), 0);
    assert_int_equal(name_put(&n, &der, NULL), 0);
    for (size_t i = 0; i < der.n; i++)
        for (int v = 1; v < 256; v++) {
            der.p[i] = (char)(der.p[i] ^ v);
            if (name_parse(buf_str(&der), &back, NULL) == 0) {
                buf_clear(&again);
                assert_int_equal(name_put(&back, &again, NULL), 0);
                assert_true(str_eq(buf_str(&der), buf_str(&again)));
            }
            der.p[i] = (char)(der.p[i] ^ v);
        }
    for (size_t i = 0; i < der.n; i++)
        assert_int_equal(name_parse(str_of(der.p, i), &back, NULL), E_PARSE);
    buf_append_byte(&der, 0);
    assert_int_equal(name_parse(buf_str(&der), &back, NULL), E_PARSE);
    buf_release(&der);
    buf_release(&again);
}

static void fields_have_names(void **state)
{
    (void)state;
    enum name_field f;
    assert_int_equal(name_field_of(STR("serialNumber"), &f), 0);
    assert_int_equal(f, NAME_SERIAL);
    assert_string_equal(name_field_text(NAME_ORG_ID), "organizationIdentifier");
    assert_int_equal(name_field_of(STR("cn"), &f), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_identically),
        cmocka_unit_test(values_that_two_people_read_differently),
        cmocka_unit_test(lengths_count_characters),
        cmocka_unit_test(fields_stand_once),
        cmocka_unit_test(altered_bytes_never_give_another_encoding),
        cmocka_unit_test(fields_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
