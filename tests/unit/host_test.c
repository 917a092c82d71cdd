// SPDX-License-Identifier: Apache-2.0
// host: what counts against the time of a call of business rules.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "core/base/clock.h"
#include "core/script/host.h"

enum { CALL_MS = 4, TRIES = 20 };
static const int64_t INSTRUCTIONS = 1000000000;

/* Stands for a processor that others have while its clock goes on. */
static int jump(lua_State *L)
{
    uint64_t end = clock_thread_ns() + (uint64_t)luaL_checkinteger(L, 1) * 1000000u;
    while (clock_thread_ns() < end)
        ;
    return 0;
}

static bool is_killed(const char *text, uint64_t *took_ns)
{
    struct host h = {.kind = HOST_BUNDLE, .tracked = true};
    host_grant(&h, INSTRUCTIONS, 1000);
    lua_State *L = host_new_state(&h);
    lua_register(L, "jump", jump);
    assert_int_equal(luaL_loadstring(L, text), LUA_OK);
    host_arm(L);
    host_grant(&h, INSTRUCTIONS, CALL_MS);
    uint64_t begun = clock_thread_ns();
    (void)lua_pcall(L, 0, 0, 0);
    *took_ns = clock_thread_ns() - begun;
    bool killed = h.killed;
    host_drop(&h);
    return killed;
}

/* Whether one of many tries ends so: the machine may be shared. */
static bool happens(bool killed, const char *text, uint64_t most_ms)
{
    for (int i = 0; i < TRIES; i++) {
        uint64_t took;
        if (is_killed(text, &took) == killed && took < most_ms * 1000000u)
            return true;
    }
    return false;
}

#define SHORT "for i = 1, 1000 do end "

static void one_jump_is_forgiven(void **state)
{
    (void)state;
    assert_true(happens(false, SHORT "jump(5) " SHORT, 10));
    assert_true(happens(false, SHORT "jump(50) " SHORT, 100));
}

static void a_second_one_is_not(void **state)
{
    (void)state;
    uint64_t took;
    for (int i = 0; i < TRIES; i++)
        assert_true(is_killed(SHORT "jump(5) " SHORT "jump(5) " SHORT, &took));
}

static void small_steps_are_not(void **state)
{
    (void)state;
    assert_true(happens(true, "for i = 1, 12 do jump(1) " SHORT "end", 6));
    assert_false(happens(false, "while true do jump(1) " SHORT "end", 1000));
}

static void what_never_ends_is_stopped_in_time(void **state)
{
    (void)state;
    assert_true(happens(true, "while true do end", CALL_MS + 1));
    assert_true(happens(true, "jump(5) while true do end", 5 + CALL_MS + 1));
    assert_false(happens(false, "while true do end", 1000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_jump_is_forgiven),
        cmocka_unit_test(a_second_one_is_not),
        cmocka_unit_test(small_steps_are_not),
        cmocka_unit_test(what_never_ends_is_stopped_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
