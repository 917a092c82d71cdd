// SPDX-License-Identifier: Apache-2.0
// Tests of store/store.c and open.c: opening, refusing, reopening, damage, figures.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "store_world.h"

#include "core/base/codec.h"

static void what_was_committed_is_there_after_reopening(void **state)
{
    struct world *w = *state;
    world_open(w);
    world_put(w, "unit", "alpha", "{\"code\":1,\"mail\":\"a@example.org\"}");
    assert_string_equal(world_get(w, "unit", "alpha"), "{\"code\":1,\"mail\":\"a@example.org\"}");
    world_reopen(w);
    assert_string_equal(world_get(w, "unit", "alpha"), "{\"code\":1,\"mail\":\"a@example.org\"}");
    assert_null(world_get(w, "unit", "beta"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_world(what_was_committed_is_there_after_reopening),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
