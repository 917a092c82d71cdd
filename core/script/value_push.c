// SPDX-License-Identifier: Apache-2.0
// value_push: parsed JSON becomes Lua tables.
#include "core/script/value.h"

#include <lauxlib.h>

static void push_str(lua_State *L, str s)
{
    lua_pushlstring(L, s.p ? s.p : "", s.n);
}

static void push_container(lua_State *L, const struct json *v)
{
    bool is_array = json_type(v) == JSON_ARRAY;
    int n = (int)json_count(v);
    luaL_checkstack(L, 4, "tables nested too deeply");
    lua_createtable(L, is_array ? n : 0, is_array ? 0 : n);
    if (is_array)
        value_mark_array(L, -1);
    struct json_iter it;
    json_iter_init(&it, v);
    for (lua_Integer i = 1; json_iter_next(&it); i++) {
        if (is_array) {
            value_push_json(L, it.value);
            lua_rawseti(L, -2, i);
        } else {
            push_str(L, it.name);
            value_push_json(L, it.value);
            lua_rawset(L, -3);
        }
    }
}

void value_push_json(lua_State *L, const struct json *v)
{
    switch (json_type(v)) {
    case JSON_NULL:
        lua_pushlightuserdata(L, NULL);
        return;
    case JSON_BOOL:
        lua_pushboolean(L, json_bool(v));
        return;
    case JSON_INT:
        lua_pushinteger(L, json_int(v));
        return;
    case JSON_UINT:
        if (json_uint(v) <= INT64_MAX)
            lua_pushinteger(L, (lua_Integer)json_uint(v));
        else
            lua_pushnumber(L, json_real(v));
        return;
    case JSON_REAL:
        lua_pushnumber(L, json_real(v));
        return;
    case JSON_STRING:
        push_str(L, json_str(v));
        return;
    case JSON_ARRAY:
    case JSON_OBJECT:
        push_container(L, v);
        return;
    }
}
