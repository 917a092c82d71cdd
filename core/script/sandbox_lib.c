// SPDX-License-Identifier: Apache-2.0
// sandbox_lib: string and table functions of business rules, each with a bound.
#define _GNU_SOURCE /* memmem */
#include <string.h>

#include <lauxlib.h>
#include <lualib.h>

#include "core/script/host.h"
#include "core/script/lib.h"
#include "core/script/sandbox.h"

enum {
    BYTE_RESULTS = 256,
    FORMAT_SPECS = 64,
    UNPACK_RESULTS = 200,
    SORT_TEXT_MAX = 256,
    NEEDLE_MAX = 1024,
    CHARGED_FROM = 1024
};

/* A text that a C function may go through; a long one costs. */
static str bounded(lua_State *L, int arg)
{
    str s = lib_check_str(L, arg);
    luaL_argcheck(L, s.n <= SANDBOX_STRING_MAX, arg, "text too long");
    if (s.n >= CHARGED_FROM)
        host_charge(L, (int64_t)(s.n / HOST_BYTES_PER_INSTRUCTION));
    return s;
}

/* Calls the original function (upvalue 1) with the arguments that stand on the stack. */
static int call_original(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static int bounded_text(lua_State *L)
{
    bounded(L, 1);
    return call_original(L);
}

/* string.byte(s, i, j): at most 256 results */
static int string_byte(lua_State *L)
{
    lua_Integer n = (lua_Integer)bounded(L, 1).n;
    lua_Integer i = luaL_optinteger(L, 2, 1), j = luaL_optinteger(L, 3, i);
    i = i < 0 ? (i < -n ? 1 : n + i + 1) : i;
    j = j < 0 ? (j < -n ? 0 : n + j + 1) : j > n ? n : j;
    luaL_argcheck(L, j < i || j - i < BYTE_RESULTS, 3, "too many results");
    return call_original(L);
}

/* string.rep(s, n, sep): n and the result at most 65536 */
static int string_rep(lua_State *L)
{
    size_t n = bounded(L, 1).n, sep = lua_isnoneornil(L, 3) ? 0 : bounded(L, 3).n;
    lua_Integer times = luaL_checkinteger(L, 2);
    bool fits = times <= SANDBOX_STRING_MAX &&
                (times <= 0 || (n + sep) * (size_t)times <= SANDBOX_STRING_MAX);
    luaL_argcheck(L, fits, 2, "result too long");
    return call_original(L);
}

/* string.find(s, needle, init) -> from, to; plain: patterns are text.matches' business */
static int string_find(lua_State *L)
{
    str s = bounded(L, 1), needle = lib_check_str(L, 2);
    luaL_argcheck(L, needle.n <= NEEDLE_MAX, 2, "text too long");
    lua_Integer init = luaL_optinteger(L, 3, 1);
    if (init < 0)
        init = (lua_Integer)s.n + init + 1;
    if (init < 1)
        init = 1;
    if ((size_t)init > s.n + 1)
        return 0;
    const char *from = s.p + init - 1;
    const char *hit = needle.n ? memmem(from, s.n - (size_t)(init - 1), needle.p, needle.n) : from;
    if (!hit)
        return 0;
    lua_pushinteger(L, hit - s.p + 1);
    lua_pushinteger(L, hit - s.p + (lua_Integer)needle.n);
    return 2;
}

static bool is_plain_text(lua_State *L, int arg)
{
    int type = lua_type(L, arg);
    return type == LUA_TSTRING || type == LUA_TNUMBER;
}

/* string.format: no %q %p %a, at most 64 conversions, %s of texts and numbers, 64 KiB of arguments
 */
static int string_format(lua_State *L)
{
    str f = bounded(L, 1);
    size_t total = f.n;
    int arg = 1;
    for (size_t i = 0; i + 1 < f.n; i++) {
        if (f.p[i] != '%')
            continue;
        if (f.p[++i] == '%')
            continue;
        i += strspn(f.p + i, "-+ #0123456789.");
        luaL_argcheck(L, i < f.n && f.p[i] && strchr("dciuxXoeEfgGs", f.p[i]), 1,
            "conversion is not allowed");
        luaL_argcheck(L, ++arg <= FORMAT_SPECS, 1, "too many conversions");
        luaL_argcheck(L, is_plain_text(L, arg), arg, "text or number expected");
        total += lua_type(L, arg) == LUA_TSTRING ? lua_rawlen(L, arg) : 420;
        luaL_argcheck(L, total <= SANDBOX_STRING_MAX, 1, "result too long");
    }
    return call_original(L);
}

static lua_Integer bounded_length(lua_State *L, int arg)
{
    luaL_checktype(L, arg, LUA_TTABLE);
    lua_Unsigned n = lua_rawlen(L, arg);
    luaL_argcheck(L, n <= SANDBOX_RANGE_MAX, arg, "table too long");
    return (lua_Integer)n;
}

static int bounded_table(lua_State *L)
{
    bounded_length(L, 1);
    return call_original(L);
}

/* table.concat(list, sep, from, to): elements and result bounded */
static int table_concat(lua_State *L)
{
    lua_Integer n = bounded_length(L, 1);
    size_t sep = lua_isnoneornil(L, 2) ? 0 : bounded(L, 2).n, total = 0;
    lua_Integer from = luaL_optinteger(L, 3, 1), to = luaL_optinteger(L, 4, n);
    luaL_argcheck(L, from >= 1 && to <= n, 3, "range outside the table");
    for (lua_Integer i = from; i <= to; i++) {
        int type = lua_rawgeti(L, 1, i);
        total += sep + (type == LUA_TSTRING ? lua_rawlen(L, -1) : 32);
        lua_pop(L, 1);
        luaL_argcheck(L, total <= SANDBOX_STRING_MAX * 2, 1, "result too long");
    }
    return call_original(L);
}

/* table.unpack(list, from, to): at most 200 results */
static int table_unpack(lua_State *L)
{
    lua_Integer n = bounded_length(L, 1);
    lua_Integer from = luaL_optinteger(L, 2, 1), to = luaL_optinteger(L, 3, n);
    luaL_argcheck(L,
        from >= 1 && from <= SANDBOX_RANGE_MAX && to <= SANDBOX_RANGE_MAX &&
            to - from < UNPACK_RESULTS,
        2, "too many results");
    return call_original(L);
}

/* table.move(a, from, to, at, b): at most 10000 elements */
static int table_move(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer from = luaL_checkinteger(L, 2), to = luaL_checkinteger(L, 3),
                at = luaL_checkinteger(L, 4);
    bool fits = from >= 1 && to <= SANDBOX_RANGE_MAX && at >= 1 && at <= SANDBOX_RANGE_MAX;
    luaL_argcheck(L, fits, 2, "range too long");
    return call_original(L);
}

/* table.sort(list, less): at most 1000 elements; without `less` all numbers or all short texts */
static int table_sort(lua_State *L)
{
    lua_Integer n = bounded_length(L, 1);
    luaL_argcheck(L, n <= SANDBOX_SORT_MAX, 1, "table too long to sort");
    for (lua_Integer i = 1; i <= n && lua_isnoneornil(L, 2); i++) {
        int type = lua_rawgeti(L, 1, i);
        bool fits =
            type == LUA_TNUMBER || (type == LUA_TSTRING && lua_rawlen(L, -1) <= SORT_TEXT_MAX);
        lua_pop(L, 1);
        luaL_argcheck(L, fits, 1, "only numbers and short texts can be sorted");
    }
    return call_original(L);
}

struct wrapped {
    const char *name;
    lua_CFunction function;
};

static const struct wrapped strings[] = {{"byte", string_byte}, {"find", string_find},
    {"format", string_format}, {"len", bounded_text}, {"lower", bounded_text}, {"rep", string_rep},
    {"reverse", bounded_text}, {"sub", bounded_text}, {"upper", bounded_text}};

static const struct wrapped tables[] = {{"concat", table_concat}, {"insert", bounded_table},
    {"move", table_move}, {"remove", bounded_table}, {"sort", table_sort},
    {"unpack", table_unpack}};

/* [-0, +1]: a table of the wrapped functions of a standard library */
static void push_wrapped(
    lua_State *L, const char *name, lua_CFunction open, const struct wrapped *list, size_t n)
{
    luaL_requiref(L, name, open, 0);
    lua_createtable(L, 0, (int)n);
    for (size_t i = 0; i < n; i++) {
        lua_getfield(L, -2, list[i].name);
        lua_pushcclosure(L, list[i].function, 1);
        lua_setfield(L, -2, list[i].name);
    }
    lua_remove(L, -2);
}

void sandbox_push_string(lua_State *L)
{
    push_wrapped(L, "string", luaopen_string, strings, countof(strings));
}

void sandbox_push_table(lua_State *L)
{
    push_wrapped(L, "table", luaopen_table, tables, countof(tables));
}
