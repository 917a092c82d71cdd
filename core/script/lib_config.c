// SPDX-License-Identifier: Apache-2.0
// lib_config: what the configuration says, read-only. config.name -> value
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/state.h"
#include "core/script/value.h"

static int no_write(lua_State *L)
{
    return error_raise(L, E_UNSUPPORTED, "config is read-only");
}

int lib_config_open(lua_State *L)
{
    struct generation *g = generation_of(L);
    const struct json *root = NULL;
    str text = g->script ? g->script->opts.config_json : STR("");
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 3);
    if (text.n && !json_parse(text, VALUE_DEPTH, &g->arena, &root, NULL))
        value_push_json(L, root);
    else
        lua_createtable(L, 0, 0);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, no_write);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    return 1;
}
