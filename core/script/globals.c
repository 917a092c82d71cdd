// SPDX-License-Identifier: Apache-2.0
// globals: allow-listed standard library and frozen globals.
#include "core/script/globals.h"

#include <lualib.h>

#include "core/base/base.h"
#include "core/script/error.h"
#include "core/script/sandbox.h"

static const char *const base_names[] = {"assert", "error", "getmetatable", "ipairs", "next",
    "pairs", "pcall", "rawequal", "rawget", "rawlen", "select", "tonumber", "tostring", "type",
    "xpcall"};

static int no_read(lua_State *L)
{
    return luaL_error(L, "global '%s' is not declared", luaL_tolstring(L, 2, NULL));
}

static int no_write(lua_State *L)
{
    return luaL_error(L, "assignment to undeclared global '%s'", luaL_tolstring(L, 2, NULL));
}

/* setmetatable without __gc (it runs with the budget's hook off) and __mode. */
static int set_metatable(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, lua_isnoneornil(L, 2) || lua_istable(L, 2), 2, "nil or table");
    lua_settop(L, 2);
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
        return luaL_error(L, "cannot change a protected metatable");
    if (lua_istable(L, 2)) {
        if (lua_getfield(L, 2, "__gc") != LUA_TNIL || lua_getfield(L, 2, "__mode") != LUA_TNIL)
            return luaL_error(L, "__gc and __mode are not allowed");
        lua_settop(L, 2);
    }
    lua_setmetatable(L, 1);
    return 1;
}

/* Frozen as our own modules are: scripts hold no state, and one request cannot change what another
 * calls. */
static void open_library(lua_State *L, const char *name, lua_CFunction open, int env)
{
    luaL_requiref(L, name, open, 0);
    if (open == luaopen_string) {
        lua_pushnil(L);
        lua_setfield(L, -2, "dump");
    }
    sandbox_freeze(L);
    lua_setfield(L, env, name);
}

/* The metatable of strings leads to the open table of the library; nobody gets hold of it. */
static void protect_strings(lua_State *L)
{
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
}

void globals_open(lua_State *L)
{
    lua_createtable(L, 0, 64);
    int env = lua_gettop(L);
    luaL_requiref(L, "_G", luaopen_base, 0);
    for (size_t i = 0; i < countof(base_names); i++) {
        lua_getfield(L, -1, base_names[i]);
        lua_setfield(L, env, base_names[i]);
    }
    lua_pop(L, 1);
    lua_pushcfunction(L, set_metatable);
    lua_setfield(L, env, "setmetatable");
    lua_pushcfunction(L, error_fail);
    lua_setfield(L, env, "fail");
    open_library(L, "string", luaopen_string, env);
    open_library(L, "table", luaopen_table, env);
    open_library(L, "math", luaopen_math, env);
    open_library(L, "utf8", luaopen_utf8, env);
    protect_strings(L);
}

void globals_freeze(lua_State *L)
{
    /* names: the real table; reading a missing one raises */
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, no_read);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    /* what scripts see: an empty table before it, so that no name can be replaced */
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 3);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, no_write);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pop(L, 1);
}
