// SPDX-License-Identifier: Apache-2.0
// lib_bundle: business rules for system code.
#include "core/script/bundle.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/shipped.h"
#include "core/script/state.h"
#include "core/script/value.h"

static struct bundle_set *set_of(lua_State *L)
{
    struct generation *g = generation_of(L);
    if (!g->script || g->loading)
        error_raise(L, E_UNSUPPORTED, "bundle: not while scripts are being loaded");
    return g->script->bundles;
}

/* bundle.add(hash, files): files = {["prices.lua"] = text, …} */
static int add(lua_State *L)
{
    struct bundle_set *set = set_of(L);
    struct buf *out = &host_of(L)->out;
    struct err err = {0};
    str hash = lib_check_str(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    const char *why;
    buf_clear(out);
    int rc = value_to_json(L, 2, true, NULL, out, &why);
    if (rc)
        return error_raise(L, rc, "bundle.add: %s", why);
    if (bundle_add(set, hash, buf_str(out), &err))
        return error_raise_err(L, &err);
    return 0;
}

/* bundle.call(hash, "file:name", facts) -> plain data */
static int call(lua_State *L)
{
    struct err err = {0};
    lua_settop(L, 3);
    str hash = lib_check_str(L, 1), path = lib_check_str(L, 2);
    if (bundle_call(set_of(L), hash, path, L, 3, &err))
        return error_raise_err(L, &err);
    return 1;
}

/* bundle.read(hash, "file:name") -> plain data, functions as true */
static int read_value(lua_State *L)
{
    struct err err = {0};
    str hash = lib_check_str(L, 1), path = lib_check_str(L, 2);
    if (bundle_read(set_of(L), hash, path, L, &err))
        return error_raise_err(L, &err);
    return 1;
}

/* bundle.files(hash) -> names in order; empty for an unknown bundle */
static int files(lua_State *L)
{
    struct bundle_set *set = set_of(L);
    str hash = lib_check_str(L, 1), name, text;
    lua_createtable(L, 64, 0);
    value_mark_array(L, -1);
    for (size_t i = 0; bundle_file(set, hash, i, &name, &text); i++) {
        lib_push_str(L, name);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* bundle.source(hash, "prices.lua") -> text|nil */
static int source(lua_State *L)
{
    struct bundle_set *set = set_of(L);
    str hash = lib_check_str(L, 1), wanted = lib_check_str(L, 2), name, text;
    for (size_t i = 0; bundle_file(set, hash, i, &name, &text); i++)
        if (str_eq(name, wanted)) {
            lib_push_str(L, text);
            return 1;
        }
    return 0;
}

/* bundle.known(hash) -> boolean */
static int known(lua_State *L)
{
    lua_pushboolean(L, bundle_is_known(set_of(L), lib_check_str(L, 1)));
    return 1;
}

/* bundle.live() -> hash, over | nothing: the published bundle and the shipped one it goes before */
static int live(lua_State *L)
{
    str over, hash = bundle_live(set_of(L), &over);
    if (!hash.n)
        return 0;
    lib_push_str(L, hash);
    lib_push_str(L, over);
    return 2;
}

/* bundle.go_live(hash, over) */
static int go_live(lua_State *L)
{
    if (bundle_set_live(set_of(L), lib_check_str(L, 1), lib_check_str(L, 2)))
        return error_raise(L, E_NOT_FOUND, "bundle.go_live: the bundle is not loaded");
    return 0;
}

/* bundle.resume(hash): lifts a suspension */
static int resume(lua_State *L)
{
    bundle_resume(set_of(L), lib_check_str(L, 1));
    return 0;
}

static const luaL_Reg functions[] = {
    {"add", add},
    {"call", call},
    {"files", files},
    {"go_live", go_live},
    {"known", known},
    {"live", live},
    {"read", read_value},
    {"resume", resume},
    {"shipped", shipped_push},
    {"source", source},
    {NULL, NULL},
};

int lib_bundle_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
