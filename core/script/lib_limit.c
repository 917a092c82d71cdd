// SPDX-License-Identifier: Apache-2.0
// lib_limit: token buckets for requests; they outlive reloads, not the process.
#include "core/base/clock.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/limit.h"
#include "core/script/state.h"

enum { BURST_MAX = 100000, EVERY_MAX_MS = 86400000 };

/* limit.take(name, key, burst, every_ms) -> 0, or the milliseconds to wait: takes one of `burst`
 * tokens, of which one comes back each every_ms */
static int take(lua_State *L)
{
    str name = lib_check_str(L, 1), key = lib_check_str(L, 2);
    lua_Integer burst = luaL_checkinteger(L, 3), every = luaL_checkinteger(L, 4);
    luaL_argcheck(L, burst >= 1 && burst <= BURST_MAX, 3, "1 to 100000");
    luaL_argcheck(L, every >= 1 && every <= EVERY_MAX_MS, 4, "1 ms to a day");
    struct limit_table *t = task_current(L)->gen->script->limits;
    lua_pushinteger(L, limit_take(t, name, key, burst, every, clock_mono_ms()));
    return 1;
}

/* The first four groups of an IPv6 address; false for anything else. */
static bool read_prefix(str address, unsigned group[4])
{
    int n = 0;
    for (bool gap = false; address.n && n < 4 && !gap;) {
        str word = str_cut(&address, ':');
        gap = !word.n;
        unsigned v = 0;
        for (size_t i = 0; i < word.n; i++) {
            char c = word.p[i];
            bool hex = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
            if (!hex || i == 4)
                return false;
            v = v * 16 + (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
        }
        if (!gap)
            group[n++] = v;
    }
    return true;
}

/* limit.network(address) -> the address, or the first 64 bits of an IPv6 one: whom to count as one
 */
static int network(lua_State *L)
{
    unsigned group[4] = {0};
    str address = lib_check_str(L, 1);
    if (str_index(address, ':') < 0 || !read_prefix(address, group)) {
        lua_settop(L, 1);
        return 1;
    }
    struct buf *out = &host_of(L)->out;
    buf_clear(out);
    buf_printf(out, "%x:%x:%x:%x::/64", group[0], group[1], group[2], group[3]);
    lib_push_str(L, buf_str(out));
    return 1;
}

static const luaL_Reg functions[] = {
    {"network", network},
    {"take", take},
    {NULL, NULL},
};

int lib_limit_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
