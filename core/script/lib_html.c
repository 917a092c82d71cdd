// SPDX-License-Identifier: Apache-2.0
// lib_html: rendering templates to text, safe values, hashed names of assets, functions for
// templates.
#include "core/base/codec.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/sandbox.h"
#include "core/script/state.h"
#include "core/script/template.h"
#include "core/script/value.h"

/* html.render(view, data) -> string */
static int render(lua_State *L)
{
    struct buf *out = &host_of(L)->out;
    str name = lib_check_str(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    buf_clear(out);
    template_render(L, name, 2, out);
    lib_push_str(L, buf_str(out));
    return 1;
}

/* html.escape(text) -> string */
static int escape(lua_State *L)
{
    struct buf *out = &host_of(L)->out;
    buf_clear(out);
    codec_html(out, lib_check_str(L, 1));
    lib_push_str(L, buf_str(out));
    return 1;
}

/* html.safe(markup) -> value that templates write as it is */
static int safe(lua_State *L)
{
    template_push_safe(L, lib_check_str(L, 1));
    return 1;
}

/* html.asset(name) -> path; upvalue: table of hashed names */
static int asset(lua_State *L)
{
    luaL_checkstring(L, 1);
    lua_pushvalue(L, 1);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL)
        lua_pushvalue(L, 1);
    lua_pushliteral(L, "/assets/");
    lua_insert(L, -2);
    lua_concat(L, 2);
    return 1;
}

/* html.helper(name, function): templates call it as h.name(…) */
static int helper(lua_State *L)
{
    if (!generation_of(L)->loading)
        return error_raise(L, E_UNSUPPORTED, "html.helper: only while scripts are being loaded");
    luaL_checkstring(L, 1);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_setfield(L, lua_upvalueindex(1), lua_tostring(L, 1));
    return 0;
}

static void push_asset_names(lua_State *L)
{
    struct generation *g = generation_of(L);
    const struct json *root;
    struct err err = {0};
    str text = g->opts->assets_json.n ? g->opts->assets_json : STR("{}");
    if (json_parse(text, 4, &g->arena, &root, &err))
        luaL_error(L, "names of static files: %s", err.message);
    value_push_json(L, root);
}

static const luaL_Reg functions[] = {
    {"escape", escape},
    {"render", render},
    {"safe", safe},
    {NULL, NULL},
};

int lib_html_open(lua_State *L)
{
    luaL_newlib(L, functions);
    push_asset_names(L);
    lua_pushcclosure(L, asset, 1);
    lua_setfield(L, -2, "asset");
    lua_createtable(L, 0, 8);
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, helper, 1);
    lua_setfield(L, -3, "helper");
    sandbox_freeze(L);
    lua_setfield(L, -2, "helpers");
    return 1;
}
