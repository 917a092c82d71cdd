// SPDX-License-Identifier: Apache-2.0
// error: raising and reading error objects.
#include "core/script/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

static const char error_mark; /* its address is the registry key of the metatable */

static const struct {
    const char *name;
    int code;
} codes[] = {
#define X(name, value, text) {#name, value},
    ERR_LIST(X)
#undef X
};

static int code_of(str name)
{
    for (size_t i = 0; i < countof(codes); i++)
        if (str_eq(name, str_from(codes[i].name)))
            return codes[i].code;
    return 0;
}

/* The `where` and message of an error object as one line, for messages of tools. */
static int to_text(lua_State *L)
{
    lua_getfield(L, 1, "where");
    lua_getfield(L, 1, "code");
    lua_getfield(L, 1, "message");
    const char *where = lua_tostring(L, -3), *code = lua_tostring(L, -2),
               *message = lua_tostring(L, -1);
    lua_pushfstring(
        L, "%s: %s: %s", where ? where : "?", code ? code : "?", message ? message : "");
    return 1;
}

void error_open(lua_State *L)
{
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, to_text);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, "error");
    lua_setfield(L, -2, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &error_mark);
}

/* The line of the nearest Lua function on the stack. [-0, +1] */
static void push_where(lua_State *L)
{
    lua_Debug ar;
    for (int level = 1; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.currentline > 0) {
            lua_pushfstring(L, "%s:%d", ar.short_src, ar.currentline);
            return;
        }
    }
    lua_pushliteral(L, "");
}

/* [-1 message, throws]; reason may be NULL */
static int raise_message(lua_State *L, const char *code, const char *reason)
{
    luaL_checkstack(L, 6, NULL);
    lua_createtable(L, 0, 4);
    lua_insert(L, -2);
    lua_setfield(L, -2, "message");
    if (reason) {
        lua_createtable(L, 0, 1);
        lua_pushstring(L, reason);
        lua_setfield(L, -2, "reason");
        lua_setfield(L, -2, "details");
    }
    lua_pushstring(L, code);
    lua_setfield(L, -2, "code");
    push_where(L);
    lua_setfield(L, -2, "where");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &error_mark);
    lua_setmetatable(L, -2);
    return lua_error(L);
}

int error_raise(lua_State *L, int code, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    lua_pushstring(L, text);
    return raise_message(L, err_name(code), NULL);
}

int error_raise_reason(lua_State *L, int code, const char *reason, const char *message)
{
    lua_pushstring(L, message);
    return raise_message(L, err_name(code), reason);
}

int error_raise_err(lua_State *L, const struct err *err)
{
    const char *text = err->message[0] ? err->message : err_text(err->code);
    if (err->where[0])
        return error_raise(L, err->code, "%s: %s", err->where, text);
    return error_raise(L, err->code, "%s", text);
}

int error_fail(lua_State *L)
{
    const char *code = luaL_checkstring(L, 1);
    luaL_checkstring(L, 2);
    if (!code_of(str_from(code)))
        return luaL_argerror(L, 1, "no such error code");
    lua_settop(L, 3);
    lua_createtable(L, 0, 4);
    lua_pushvalue(L, 1);
    lua_setfield(L, 4, "code");
    lua_pushvalue(L, 2);
    lua_setfield(L, 4, "message");
    lua_pushvalue(L, 3);
    lua_setfield(L, 4, "details");
    push_where(L);
    lua_setfield(L, 4, "where");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &error_mark);
    lua_setmetatable(L, 4);
    return lua_error(L);
}

/* A raw string field. [-0, +1] */
static str field(lua_State *L, int idx, const char *name)
{
    lua_pushstring(L, name);
    lua_rawget(L, idx);
    size_t n = 0;
    const char *p = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &n) : "";
    return str_of(p, n);
}

static bool is_error_object(lua_State *L, int idx)
{
    if (lua_type(L, idx) != LUA_TTABLE || !lua_getmetatable(L, idx))
        return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &error_mark);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

struct error_view error_read(lua_State *L, int idx)
{
    struct error_view v = {.code = E_SCRIPT, .message = STR("error value is no text")};
    idx = lua_absindex(L, idx);
    luaL_checkstack(L, 5, NULL);
    if (is_error_object(L, idx)) {
        v.code = code_of(field(L, idx, "code"));
        v.message = field(L, idx, "message");
        v.where = field(L, idx, "where");
        v.meant = v.code != 0 && v.code != E_SCRIPT;
        if (!v.code)
            v.code = E_SCRIPT;
        return v;
    }
    if (lua_type(L, idx) == LUA_TSTRING)
        v.message.p = lua_tolstring(L, idx, &v.message.n);
    for (int i = 0; i < 3; i++)
        lua_pushnil(L);
    return v;
}

int error_split(struct err *err, int code, str message)
{
    err_set(err, code, "%.*s", STR_ARG(message));
    ptrdiff_t colon = str_index(message, ':');
    if (!err || colon <= 0)
        return code;
    size_t end = (size_t)colon + 1;
    while (end < message.n && message.p[end] >= '0' && message.p[end] <= '9')
        end++;
    if (end == (size_t)colon + 1 || end >= message.n || message.p[end] != ':')
        return code;
    str rest = str_trim(str_slice(message, end + 1, message.n));
    err_set(err, code, "%.*s", STR_ARG(rest));
    err_at(err, "%.*s", (int)end, message.p);
    return code;
}
