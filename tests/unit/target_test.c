// SPDX-License-Identifier: Apache-2.0
// Paths, pairs and cookies.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/http/target.h"

static void test_paths(void **state)
{
    static const struct {
        const char *raw;
        const char *path; /* NULL: refused */
    } cases[] = {
        {"/", "/"},
        {"/a", "/a"},
        {"/a/", "/a"},
        {"/a/b.c", "/a/b.c"},
        {"/a%20b", "/a b"},
        {"/%E4%B8%AD", "中"},
        {"/a/..b", "/a/..b"},
        {"/%2e", NULL},
        {"/..", NULL},
        {"/a/./b", NULL},
        {"/a/%2E%2e/b", NULL},
        {"//", NULL},
        {"/a//b", NULL},
        {"/a//", NULL},
        {"/a%2fb", NULL},
        {"/ca/ocsp/MH%2Fa//b%2f+%3D", "/ca/ocsp/MH_a__b_+="},
        {"/ca/ocsp/..%2F..%2Fx", "/ca/ocsp/.._.._x"},
        {"/ca/ocsp/%2e%2e", NULL},
        {"/ca%2Focsp/a", NULL},
        {"/ca/ocsp%2Fa", NULL},
        {"/a%5cb", NULL},
        {"/a\\b", NULL},
        {"/%00", NULL},
        {"/%0a", NULL},
        {"/%7f", NULL},
        {"/%c2%85", NULL},
        {"/%ff", NULL},
        {"/%c0%ae%c0%ae", NULL},
        {"/%", NULL},
        {"/%4", NULL},
        {"/%zz", NULL},
        {"", NULL},
        {"a", NULL},
    };
    struct arena a = {0};
    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        str path;
        int rc = target_path(str_from(cases[i].raw), &a, &path);
        str expected = str_from(cases[i].path);
        if ((rc == 0) != (cases[i].path != NULL))
            fail_msg("%s gave %d", cases[i].raw, rc);
        if (!rc && !str_ends(path, expected))
            fail_msg("%s gave %.*s", cases[i].raw, STR_ARG(path));
    }
    arena_release(&a);
}

static void test_pairs(void **state)
{
    struct arena a = {0};
    const struct pair *pairs;
    size_t n;
    str value;
    (void)state;
    assert_int_equal(target_pairs(STR("a=1&b=%20+x&&a=2&c&=d&e=f=g"), &a, &pairs, &n), 0);
    assert_int_equal(n, 6);
    assert_true(str_eq(pairs[1].value, STR("  x")));
    assert_true(str_eq(pairs[3].name, STR("c")));
    assert_int_equal(pairs[3].value.n, 0);
    assert_int_equal(pairs[4].name.n, 0);
    assert_true(str_eq(pairs[5].value, STR("f=g")));
    assert_int_equal(target_pair_get(pairs, n, STR("b"), &value), 0);
    assert_int_equal(target_pair_get(pairs, n, STR("a"), &value), E_INVALID);
    assert_int_equal(target_pair_get(pairs, n, STR("z"), &value), 1);
    assert_int_equal(target_pairs(STR("a=%z"), &a, &pairs, &n), E_PARSE);
    assert_int_equal(n, 0);
    assert_int_equal(target_pairs(STR("a=%00"), &a, &pairs, &n), E_PARSE);
    assert_int_equal(target_pairs(STR("%ff=a"), &a, &pairs, &n), E_PARSE);
    assert_int_equal(target_pairs(STR(""), &a, &pairs, &n), 0);
    arena_release(&a);
}

static void test_too_many_pairs(void **state)
{
    struct arena a = {0};
    struct buf text = {0};
    const struct pair *pairs;
    size_t n;
    (void)state;
    for (int i = 0; i < TARGET_PAIRS_MAX; i++)
        buf_append(&text, i ? STR("&a") : STR("a"));
    assert_int_equal(target_pairs(buf_str(&text), &a, &pairs, &n), 0);
    assert_int_equal(n, TARGET_PAIRS_MAX);
    buf_append(&text, STR("&a"));
    assert_int_equal(target_pairs(buf_str(&text), &a, &pairs, &n), E_TOO_BIG);
    buf_release(&text);
    arena_release(&a);
}

static void test_cookies(void **state)
{
    str value;
    (void)state;
    assert_int_equal(target_cookie(STR("a=1; b=\"2\" ;c=3=4;d; a=5"), STR("a"), &value), 2);
    assert_true(str_eq(value, STR("1")));
    assert_int_equal(target_cookie(STR("a=1; b=\"2\" ;c=3=4"), STR("b"), &value), 1);
    assert_true(str_eq(value, STR("2")));
    assert_int_equal(target_cookie(STR("c=3=4"), STR("c"), &value), 1);
    assert_true(str_eq(value, STR("3=4")));
    assert_int_equal(target_cookie(STR("ab=1; d"), STR("a"), &value), 0);
    assert_int_equal(target_cookie(STR("ab=1; d"), STR("d"), &value), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_too_many_pairs),
        cmocka_unit_test(test_cookies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
