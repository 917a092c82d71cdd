// SPDX-License-Identifier: Apache-2.0
// Tests of str and err: comparing, cutting, numbers, names of errors.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <errno.h>
#include "core/base/base.h"

static void compares(void **state)
{
    (void)state;
    assert_true(str_eq(STR(""), (str){NULL, 0}));
    assert_true(str_eq_nocase(STR("Host"), STR("hOST")));
    assert_false(str_eq_nocase(STR("Host"), STR("hos")));
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("b"), STR("ab")) > 0);
    assert_int_equal(str_cmp(STR("ab"), STR("ab")), 0);
    assert_true(str_starts(STR("abc"), STR("ab")));
    assert_false(str_starts(STR("a"), STR("ab")));
    assert_true(str_ends(STR("a.gz"), STR(".gz")));
}

static void cuts(void **state)
{
    (void)state;
    str s = STR("a,b,,c");
    assert_true(str_eq(str_cut(&s, ','), STR("a")));
    assert_true(str_eq(str_cut(&s, ','), STR("b")));
    assert_true(str_eq(str_cut(&s, ','), STR("")));
    assert_true(str_eq(str_cut(&s, ','), STR("c")));
    assert_int_equal(s.n, 0);
    assert_true(str_eq(str_trim(STR(" \t x y\t ")), STR("x y")));
    assert_int_equal(str_find(STR("hello"), STR("ll")), 2);
    assert_int_equal(str_find(STR("hello"), STR("lx")), -1);
}

static void parses_numbers(void **state)
{
    (void)state;
    uint64_t u = 7;
    int64_t i = 7;
    assert_int_equal(str_to_u64(STR("18446744073709551615"), &u), 0);
    assert_true(u == UINT64_MAX);
    assert_int_equal(str_to_u64(STR("18446744073709551616"), &u), E_PARSE);
    assert_int_equal(str_to_u64(STR(""), &u), E_PARSE);
    assert_int_equal(str_to_u64(STR("+1"), &u), E_PARSE);
    assert_int_equal(str_to_i64(STR("-9223372036854775808"), &i), 0);
    assert_true(i == INT64_MIN);
    assert_int_equal(str_to_i64(STR("9223372036854775808"), &i), E_PARSE);
    assert_int_equal(str_to_i64(STR("--1"), &i), E_PARSE);
}

static void copies_to_c(void **state)
{
    (void)state;
    char small[4];
    assert_int_equal(str_to_c(STR("abc"), small, sizeof(small)), 0);
    assert_string_equal(small, "abc");
    assert_int_equal(str_to_c(STR("abcd"), small, sizeof(small)), E_TOO_BIG);
    assert_int_equal(str_to_c(str_of("a\0b", 3), small, sizeof(small)), E_INVALID);
}

static void names_errors(void **state)
{
    (void)state;
    struct err err;
    assert_string_equal(err_name(E_MAP_FULL), "E_MAP_FULL");
    assert_string_equal(err_name(-999), "E_UNKNOWN");
    assert_int_equal(err_from_errno(ENOSPC), E_NO_SPACE);
    assert_int_equal(err_set(&err, E_CONFIG, "option %s", "http"), E_CONFIG);
    assert_string_equal(err.message, "option http");
    err_at(&err, "config.lua:%d", 3);
    assert_string_equal(err.where, "config.lua:3");
    assert_int_equal(err_set(NULL, E_IO, "x"), E_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares),
        cmocka_unit_test(cuts),
        cmocka_unit_test(parses_numbers),
        cmocka_unit_test(copies_to_c),
        cmocka_unit_test(names_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
