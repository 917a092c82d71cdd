// SPDX-License-Identifier: Apache-2.0
// lib_json: JSON text to Lua values and back.
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/state.h"
#include "core/script/value.h"

/* json.encode(value) -> string; members in bytewise order */
static int encode(lua_State *L)
{
    struct buf *out = &host_of(L)->out;
    const char *why;
    luaL_checkany(L, 1);
    buf_clear(out);
    int rc = value_to_json(L, 1, true, NULL, out, &why);
    if (rc)
        return error_raise(L, rc, "json.encode: %s", why);
    lib_push_str(L, buf_str(out));
    return 1;
}

/* json.decode(text) -> value; json.null for null, arrays marked */
static int decode(lua_State *L)
{
    struct arena *scratch = &host_of(L)->scratch;
    const struct json *root;
    struct err err = {0};
    str text = lib_check_str(L, 1);
    arena_clear(scratch);
    int rc = json_parse(text, VALUE_DEPTH, scratch, &root, &err);
    if (rc)
        return error_raise(L, rc, "json.decode: %s", err.message);
    value_push_json(L, root);
    arena_clear(scratch);
    return 1;
}

/* json.array(table) -> table, written as [] even when empty */
static int array(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    value_mark_array(L, 1);
    return 1;
}

static const luaL_Reg functions[] = {
    {"array", array},
    {"decode", decode},
    {"encode", encode},
    {NULL, NULL},
};

int lib_json_open(lua_State *L)
{
    luaL_newlib(L, functions);
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    return 1;
}
