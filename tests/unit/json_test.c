// SPDX-License-Identifier: Apache-2.0
// Tests of json: what is kept, what is refused, and that writing reads back.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/json.h"

static void refuses(const char *text, int code)
{
    struct arena arena = {0};
    struct err err;
    const struct json *root;
    assert_int_equal(json_parse(str_from(text), 8, &arena, &root, &err), code);
    assert_true(err.message[0] != 0);
    arena_release(&arena);
}

static void bad_texts_are_refused(void **state)
{
    (void)state;
    refuses("", E_PARSE);
    refuses("{\"a\":1,\"a\":2}", E_PARSE);
    refuses("[{\"x\":{\"a\":1,\"b\":0,\"a\":2}}]", E_PARSE);
    refuses("[1,]", E_PARSE);
    refuses("NaN", E_PARSE);
    refuses("1 2", E_PARSE);
    refuses("\"\xff\"", E_PARSE);
    refuses("[[[[[[[[[1]]]]]]]]]", E_TOO_BIG);
}

static void large_object_with_duplicate_is_refused(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_append_byte(&b, '{');
    for (int i = 0; i < 500; i++)
        buf_printf(&b, "\"k%d\":%d,", i, i);
    buf_append(&b, STR("\"k250\":0}"));
    buf_append_byte(&b, '\0');
    refuses(b.p, E_PARSE);
    buf_release(&b);
}

static void same_text_comes_back(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"n\":1790000000123456,\"e\":[],\"o\":{},\"z\":[1,[2,{\"a\":null}],true]}",
        "[-9223372036854775808,18446744073709551615,0.1,1.0,1e+300]",
        "\"\xe5\xbc\xa0 \\\\ \\\" \\n \\u0001\"",
        "{\"b\":1,\"a\":{\"x\":[[],{}],\"y\":false}}",
    };
    for (size_t i = 0; i < countof(texts); i++) {
        struct arena arena = {0};
        struct buf out = {0};
        struct json_writer w = {.out = &out};
        const struct json *root;
        assert_int_equal(json_parse(str_from(texts[i]), 8, &arena, &root, NULL), 0);
        json_put_value(&w, root);
        buf_append_byte(&out, '\0');
        assert_string_equal(out.p, texts[i]);
        buf_release(&out);
        arena_release(&arena);
    }
}

static void members_are_found(void **state)
{
    (void)state;
    struct arena arena = {0};
    const struct json *root;
    str text = STR("{\"unit\":{\"uscc\":\"X\",\"list\":[10,-2]},\"t\":true}");
    assert_int_equal(json_parse(text, 8, &arena, &root, NULL), 0);
    assert_true(str_eq(json_str(json_path(root, STR("unit.uscc"))), STR("X")));
    assert_int_equal(json_int(json_at(json_path(root, STR("unit.list")), 1)), -2);
    assert_int_equal(json_count(json_path(root, STR("unit.list"))), 2);
    assert_null(json_path(root, STR("unit.none.deeper")));
    assert_true(json_bool(json_get(root, STR("t"))));
    assert_int_equal(json_type(NULL), JSON_NULL);
    assert_int_equal(json_int(json_get(root, STR("unit"))), 0);
    arena_release(&arena);
}

static void writer_escapes_and_separates(void **state)
{
    (void)state;
    struct buf out = {0};
    struct json_writer w = {.out = &out};
    json_begin_object(&w);
    json_key(&w, STR("a\n"));
    json_begin_array(&w);
    json_put_int(&w, -1);
    json_put_str(&w, STR("\xff"));
    json_end_array(&w);
    json_key(&w, STR("b"));
    json_put_null(&w);
    json_end_object(&w);
    assert_true(str_eq(buf_str(&out), STR("{\"a\\n\":[-1,\"\xef\xbf\xbd\"],\"b\":null}")));
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_texts_are_refused),
        cmocka_unit_test(large_object_with_duplicate_is_refused),
        cmocka_unit_test(same_text_comes_back),
        cmocka_unit_test(members_are_found),
        cmocka_unit_test(writer_escapes_and_separates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
