// SPDX-License-Identifier: Apache-2.0
// Names with members, and what is remembered of changes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/http/topics_private.h"

static void test_names_live_with_their_members(void **state)
{
    static struct names all;
    struct name_link a, b, c;
    (void)state;
    names_join(&all, STR("x"), &a, &a, 1);
    names_join(&all, STR("x"), &b, &b, 2);
    names_join(&all, STR("y"), &c, &c, 3);
    struct name *x = names_find(&all, STR("x"));
    assert_int_equal(x->count, 2);
    assert_int_equal(container_of(list_first(&x->members), struct name_link, node)->index, 1);
    names_leave(&all, &a);
    assert_ptr_equal(names_find(&all, STR("x")), x);
    names_leave(&all, &b);
    assert_null(names_find(&all, STR("x")));
    assert_non_null(names_find(&all, STR("y")));
    names_leave(&all, &c);
    assert_null(names_find(&all, STR("y")));
}

static void test_changes_are_remembered_for_a_while(void **state)
{
    static struct changes c;
    char name[16];
    (void)state;
    assert_false(changes_since(&c, 0, STR("a")));
    changes_add(&c, STR("a"));
    assert_true(changes_since(&c, 0, STR("a")));
    assert_false(changes_since(&c, 0, STR("b")));
    assert_false(changes_since(&c, 1, STR("a")));
    assert_true(changes_since(&c, 2, STR("b"))); /* a number never given out */
    for (int i = 0; i < CHANGES - 1; i++) {
        (void)snprintf(name, sizeof(name), "n%d", i);
        changes_add(&c, str_from(name));
    }
    assert_true(changes_since(&c, 0, STR("b"))); /* too long ago to say no */
    assert_false(changes_since(&c, 1, STR("b")));
    assert_true(changes_since(&c, 1, STR("n0")));
    assert_false(changes_since(&c, 2, STR("n0")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_live_with_their_members),
        cmocka_unit_test(test_changes_are_remembered_for_a_while),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
