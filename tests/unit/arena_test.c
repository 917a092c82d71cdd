// SPDX-License-Identifier: Apache-2.0
// Tests of arena, buf and list: growth, deferred destructors, clearing, moving out.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/list.h"

struct trail {
    char marks[8];
    size_t n;
};

struct mark {
    struct trail *trail;
    char letter;
};

static void leave(void *arg)
{
    struct mark *m = arg;
    m->trail->marks[m->trail->n++] = m->letter;
}

static void deferred_run_newest_first(void **state)
{
    (void)state;
    struct trail trail = {{0}, 0};
    struct mark a = {&trail, 'a'};
    struct mark b = {&trail, 'b'};
    struct arena arena = {0};
    arena_defer(&arena, leave, &a);
    arena_defer(&arena, leave, &b);
    arena_clear(&arena);
    assert_string_equal(trail.marks, "ba");
    arena_release(&arena);
    assert_string_equal(trail.marks, "ba");
}

static void arena_serves_all_sizes(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (int round = 0; round < 3; round++) {
        for (size_t size = 1; size < 20000; size = size * 3 + 1) {
            unsigned char *p = arena_alloc(&arena, size);
            assert_int_equal((uintptr_t)p % 16, 0);
            memset(p, (int)size & 255, size);
        }
        str s = arena_printf(&arena, "%d-%s", 42, "x");
        assert_true(str_eq(s, STR("42-x")));
        assert_int_equal(s.p[s.n], 0);
        assert_true(arena_size(&arena) > 14000);
        arena_clear(&arena);
        assert_int_equal(arena_size(&arena), 0);
    }
    arena_release(&arena);
}

static void buf_grows_and_gives(void **state)
{
    (void)state;
    struct buf b = {0};
    for (int i = 0; i < 1000; i++)
        buf_append_i64(&b, i - 500);
    assert_true(str_starts(buf_str(&b), STR("-500-499")));
    buf_consume(&b, 4);
    assert_true(str_starts(buf_str(&b), STR("-499")));
    size_t n = 0;
    char *taken = buf_take(&b, &n);
    assert_int_equal(taken[n], 0);
    assert_int_equal(b.n, 0);
    free(taken);
    buf_printf(&b, "%s|%d", "a", 1);
    assert_true(str_eq(buf_str(&b), STR("a|1")));
    buf_consume(&b, 99);
    assert_int_equal(b.n, 0);
    buf_release(&b);
}

struct item {
    int value;
    struct list node;
};

static void list_removes_while_walking(void **state)
{
    (void)state;
    struct list head;
    struct item items[4];
    list_init(&head);
    for (int i = 0; i < 4; i++) {
        items[i].value = i;
        list_push(&head, &items[i].node);
    }
    list_each(it, &head)
    {
        if (container_of(it, struct item, node)->value % 2)
            list_remove(it);
    }
    assert_int_equal(container_of(list_shift(&head), struct item, node)->value, 0);
    assert_int_equal(container_of(list_shift(&head), struct item, node)->value, 2);
    assert_null(list_shift(&head));
    list_remove(&items[0].node);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deferred_run_newest_first),
        cmocka_unit_test(arena_serves_all_sizes),
        cmocka_unit_test(buf_grows_and_gives),
        cmocka_unit_test(list_removes_while_walking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
