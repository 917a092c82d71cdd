// SPDX-License-Identifier: Apache-2.0
// sandbox: base functions and the assembly of the allow-list.
#include "core/script/sandbox.h"

#include <string.h>

#include <lauxlib.h>
#include <lualib.h>

#include "core/base/log.h"
#include "core/script/lib.h"
#include "core/script/value.h"

enum { LOG_BYTES = 500 };

static const char *const base_names[] = {
    "assert", "ipairs", "next", "pairs", "select", "tonumber", "type"};
static const char *const math_names[] = {"abs", "ceil", "floor", "fmod", "huge", "max",
    "maxinteger", "min", "mininteger", "modf", "pi", "sqrt", "tointeger", "type", "ult"};

/* error(message): only texts travel */
static int raise_text(lua_State *L)
{
    if (lua_type(L, 1) != LUA_TSTRING)
        return luaL_error(L, "error value is no text");
    luaL_where(L, 1);
    lua_pushvalue(L, 1);
    lua_concat(L, 2);
    return lua_error(L);
}

/* assert(value, message): as in Lua, but only texts travel */
static int assert_text(lua_State *L)
{
    luaL_checkany(L, 1);
    if (lua_toboolean(L, 1))
        return lua_gettop(L);
    if (lua_type(L, 2) != LUA_TSTRING)
        return luaL_error(L, "assertion failed!");
    lua_settop(L, 2);
    return lua_error(L);
}

/* tostring(value): tables and functions give the name of their type only */
static int to_string(lua_State *L)
{
    luaL_checkany(L, 1);
    switch (lua_type(L, 1)) {
    case LUA_TSTRING:
    case LUA_TNUMBER:
        lua_tostring(L, 1);
        lua_settop(L, 1);
        return 1;
    case LUA_TBOOLEAN:
        lua_pushstring(L, lua_toboolean(L, 1) ? "true" : "false");
        return 1;
    default:
        lua_pushstring(L, luaL_typename(L, 1));
        return 1;
    }
}

/* tonumber(text, base): long texts are refused, the conversion is linear in them */
static int to_number(lua_State *L)
{
    if (lua_type(L, 1) == LUA_TSTRING && lua_rawlen(L, 1) > 200)
        return luaL_argerror(L, 1, "text too long");
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

static enum log_level level_of(const char *name)
{
    if (!strcmp(name, "error"))
        return LOG_ERROR;
    if (!strcmp(name, "warn"))
        return LOG_WARN;
    return strcmp(name, "debug") ? LOG_INFO : LOG_DEBUG;
}

/* log(level, text); upvalue: lines left in the life of the state */
static int write_log(lua_State *L)
{
    const char *level = luaL_checkstring(L, 1);
    str text = lib_check_str(L, 2);
    lua_Integer left = lua_tointeger(L, lua_upvalueindex(1));
    if (left <= 0)
        return 0;
    lua_pushinteger(L, left - 1);
    lua_replace(L, lua_upvalueindex(1));
    log_at(level_of(level), "business rule", LOG_TEXT("text", str_slice(text, 0, LOG_BYTES)));
    return 0;
}

/* utf8.len(text) -> characters, or nil and the place of the first broken byte */
static int utf8_len(lua_State *L)
{
    luaL_argcheck(L, lib_check_str(L, 1).n <= SANDBOX_STRING_MAX, 1, "text too long");
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* utf8.codepoint(text, at) -> number */
static int utf8_codepoint(lua_State *L)
{
    luaL_argcheck(L, lib_check_str(L, 1).n <= SANDBOX_STRING_MAX, 1, "text too long");
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 2, 1);
    return 1;
}

/* flow "name" {…} and form "name" {…}: the table with its name. upvalue of the inner function: the
 * name */
static int named_table(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_pushliteral(L, "name");
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_rawset(L, 1);
    return 1;
}

static int constructor(lua_State *L)
{
    luaL_checkstring(L, 1);
    lua_settop(L, 1);
    lua_pushcclosure(L, named_table, 1);
    return 1;
}

static int no_read(lua_State *L)
{
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
    return luaL_error(L, "name '%s' is not declared", name);
}

static int no_write(lua_State *L)
{
    return luaL_error(L, "assignment to a name or table that is read-only");
}

void sandbox_freeze(lua_State *L)
{
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 3);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, no_write);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_remove(L, -2);
}

static void copy_names(lua_State *L, int from, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        lua_getfield(L, from, names[i]);
        lua_setfield(L, -2, names[i]);
    }
}

/* Wraps the original function `name` of the table at `from` into the table on top. */
static void wrap(lua_State *L, int from, const char *name, lua_CFunction f)
{
    lua_getfield(L, from, name);
    lua_pushcclosure(L, f, 1);
    lua_setfield(L, -2, name);
}

static void add_base(lua_State *L)
{
    luaL_requiref(L, "_G", luaopen_base, 0);
    int base = lua_gettop(L);
    lua_pushvalue(L, base - 1);
    copy_names(L, base, base_names, countof(base_names));
    wrap(L, base, "tonumber", to_number);
    lua_pushcfunction(L, raise_text);
    lua_setfield(L, -2, "error");
    lua_pushcfunction(L, assert_text);
    lua_setfield(L, -2, "assert");
    lua_pushcfunction(L, to_string);
    lua_setfield(L, -2, "tostring");
    lua_pushinteger(L, SANDBOX_LOG_LINES);
    lua_pushcclosure(L, write_log, 1);
    lua_setfield(L, -2, "log");
    lua_pushcfunction(L, constructor);
    lua_setfield(L, -2, "flow");
    lua_pushcfunction(L, constructor);
    lua_setfield(L, -2, "form");
    lua_pop(L, 2);
}

static void add_math(lua_State *L)
{
    luaL_requiref(L, "math", luaopen_math, 0);
    lua_createtable(L, 0, countof(math_names));
    copy_names(L, lua_gettop(L) - 1, math_names, countof(math_names));
    sandbox_freeze(L);
    lua_setfield(L, -3, "math");
    lua_pop(L, 1);
}

static void add_utf8(lua_State *L)
{
    luaL_requiref(L, "utf8", luaopen_utf8, 0);
    lua_createtable(L, 0, 2);
    wrap(L, lua_gettop(L) - 1, "len", utf8_len);
    wrap(L, lua_gettop(L) - 1, "codepoint", utf8_codepoint);
    sandbox_freeze(L);
    lua_setfield(L, -3, "utf8");
    lua_pop(L, 1);
}

/* Strings get a metatable that leads to the frozen functions and knows no arithmetic. */
static void set_string_metatable(lua_State *L)
{
    lua_pushliteral(L, "");
    lua_createtable(L, 0, 2);
    lua_getfield(L, -3, "string");
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}

void sandbox_open(lua_State *L, lua_CFunction use)
{
    value_open(L);
    lua_createtable(L, 0, 32);
    add_base(L);
    add_math(L);
    add_utf8(L);
    sandbox_push_string(L);
    sandbox_freeze(L);
    lua_setfield(L, -2, "string");
    set_string_metatable(L);
    sandbox_push_table(L);
    sandbox_freeze(L);
    lua_setfield(L, -2, "table");
    lib_text_open(L);
    sandbox_freeze(L);
    lua_setfield(L, -2, "text");
    if (use) {
        lua_pushcfunction(L, use);
        lua_setfield(L, -2, "use");
    }
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, no_read);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    sandbox_freeze(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}
