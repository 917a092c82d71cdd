// SPDX-License-Identifier: Apache-2.0
// lib_config: what the configuration says, read-only. config.name -> value
#include "core/script/lib.h"
#include "core/script/state.h"
#include "core/script/value.h"

int lib_config_open(lua_State *L)
{
    struct generation *g = generation_of(L);
    const struct json *root = NULL;
    str text = g->opts->config_json;
    if (text.n && !json_parse(text, VALUE_DEPTH, &g->arena, &root, NULL))
        value_push_json(L, root);
    else
        lua_createtable(L, 0, 0);
    return 1;
}
