// SPDX-License-Identifier: Apache-2.0
// Patterns, conflicts, matching.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/http/router.h"

static void handler(struct request *r, void *data)
{
    (void)r;
    (void)data;
}

static int add(struct router *t, enum http_method method, const char *pattern, struct err *err)
{
    const struct route r = {
        .method = method, .pattern = str_from(pattern), .handler = handler, .name = pattern};
    return router_add(t, &r, err);
}

static const char *find(const struct router *t, enum http_method method, const char *path)
{
    struct route_match m;
    router_find(t, method, str_from(path), &m);
    return m.route ? m.route->name : "";
}

static void test_literals_before_parameters(void **state)
{
    static const char *const patterns[] = {"/", "/cases", "/cases/{id}", "/cases/new",
        "/cases/{id}/files/{file}", "/cases/{id}/files/all", "/{any}", "/cases/new/x", "/中/文"};
    struct router *t = router_new(NULL, NULL, NULL);
    (void)state;
    for (size_t i = 0; i < countof(patterns); i++)
        assert_int_equal(add(t, HTTP_GET, patterns[i], NULL), 0);
    assert_string_equal(find(t, HTTP_GET, "/"), "/");
    assert_string_equal(find(t, HTTP_GET, "/cases"), "/cases");
    assert_string_equal(find(t, HTTP_GET, "/other"), "/{any}");
    assert_string_equal(find(t, HTTP_GET, "/cases/7"), "/cases/{id}");
    assert_string_equal(find(t, HTTP_GET, "/cases/new"), "/cases/new");
    assert_string_equal(find(t, HTTP_GET, "/cases/new/x"), "/cases/new/x");
    assert_string_equal(find(t, HTTP_GET, "/cases/new/files/f"), "/cases/{id}/files/{file}");
    assert_string_equal(find(t, HTTP_GET, "/cases/7/files/all"), "/cases/{id}/files/all");
    assert_string_equal(find(t, HTTP_GET, "/中/文"), "/中/文");
    assert_string_equal(find(t, HTTP_GET, "/cases/7/files"), "");
    assert_string_equal(find(t, HTTP_GET, "/a/b/c/d"), "");
    assert_int_equal(router_count(t), countof(patterns));
    assert_string_equal(router_at(t, 2)->name, "/cases/{id}");
    router_free(t);
}

static void test_parameters(void **state)
{
    struct router *t = router_new(NULL, NULL, NULL);
    struct route_match m;
    (void)state;
    assert_int_equal(add(t, HTTP_GET, "/{a}/x/{b}", NULL), 0);
    router_find(t, HTTP_GET, STR("/1/x/2 3"), &m);
    assert_non_null(m.route);
    assert_true(str_eq(m.params[0], STR("1")));
    assert_true(str_eq(m.params[1], STR("2 3")));
    assert_int_equal(route_param_index(m.route, STR("b")), 1);
    assert_int_equal(route_param_index(m.route, STR("c")), -1);
    router_free(t);
}

static void test_methods(void **state)
{
    struct router *t = router_new(NULL, NULL, NULL);
    struct route_match m;
    (void)state;
    assert_int_equal(add(t, HTTP_GET, "/a", NULL), 0);
    assert_int_equal(add(t, HTTP_POST, "/a", NULL), 0);
    assert_int_equal(add(t, HTTP_PUT, "/{x}", NULL), 0);
    assert_string_equal(find(t, HTTP_HEAD, "/a"), "/a");
    assert_string_equal(find(t, HTTP_PUT, "/a"), "/{x}");
    router_find(t, HTTP_DELETE, STR("/a"), &m);
    assert_null(m.route);
    assert_int_equal(
        m.allowed, 1u << HTTP_GET | 1u << HTTP_HEAD | 1u << HTTP_POST | 1u << HTTP_PUT);
    router_find(t, HTTP_GET, STR("/b/c"), &m);
    assert_int_equal(m.allowed, 0);
    router_free(t);
}

static void test_conflicts_name_both(void **state)
{
    struct router *t = router_new(NULL, NULL, NULL);
    struct err err = {0};
    (void)state;
    assert_int_equal(add(t, HTTP_GET, "/a/{id}/b", NULL), 0);
    assert_int_equal(add(t, HTTP_GET, "/a/{other}/b", &err), E_EXISTS);
    assert_non_null(strstr(err.message, "/a/{id}/b"));
    assert_non_null(strstr(err.message, "/a/{other}/b"));
    assert_int_equal(add(t, HTTP_POST, "/a/{other}/b", &err), 0);
    assert_int_equal(add(t, HTTP_GET, "/a/{other}/c", &err), 0);
    router_free(t);
}

static void test_bad_patterns(void **state)
{
    static const char *const bad[] = {"", "a", "/a/", "//", "/a//b", "/{}", "/{A}", "/{a}{b}",
        "/a{b}", "/{a}/{a}", "/..", "/a?b", "/a#b", "/a%20", "/a b", "/a\\b", "/\xff",
        "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}",
        "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/22/23/24/25"};
    struct router *t = router_new(NULL, NULL, NULL);
    (void)state;
    for (size_t i = 0; i < countof(bad); i++)
        if (add(t, HTTP_GET, bad[i], NULL) != E_INVALID)
            fail_msg("%s", bad[i]);
    assert_int_equal(router_count(t), 0);
    router_free(t);
}

static void count_up(void *owner)
{
    ++*(int *)owner;
}

static void count_down(void *owner)
{
    --*(int *)owner;
}

static void test_owner_is_held(void **state)
{
    int held = 0;
    struct router *t = router_new(count_up, count_down, &held);
    (void)state;
    router_hold(t);
    router_hold(t);
    router_drop(t);
    assert_int_equal(held, 1);
    router_drop(t);
    router_free(t);
    assert_int_equal(held, 0);
}

/* Every node is visited once at most: paths that fit many parameters cost no more than the tree. */
static void test_many_branches(void **state)
{
    struct router *t = router_new(NULL, NULL, NULL);
    char pattern[200];
    (void)state;
    for (int bits = 0; bits < 256; bits++) {
        size_t n = 0;
        for (int i = 0; i < 8; i++)
            n += (size_t)(bits >> i & 1 ? snprintf(pattern + n, sizeof(pattern) - n, "/a")
                                        : snprintf(pattern + n, sizeof(pattern) - n, "/{p%d}", i));
        assert_int_equal(add(t, HTTP_GET, pattern, NULL), 0);
    }
    assert_string_equal(find(t, HTTP_POST, "/a/a/a/a/a/a/a/a"), "");
    struct route_match m;
    router_find(t, HTTP_GET, STR("/a/a/b/a/a/a/a/a"), &m);
    assert_true(str_eq(m.route->pattern, STR("/a/a/{p2}/a/a/a/a/a")));
    router_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_literals_before_parameters),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_conflicts_name_both),
        cmocka_unit_test(test_bad_patterns),
        cmocka_unit_test(test_owner_is_held),
        cmocka_unit_test(test_many_branches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
