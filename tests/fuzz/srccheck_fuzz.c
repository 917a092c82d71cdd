// SPDX-License-Identifier: Apache-2.0
// srccheck_fuzz: any text is accepted or refused with its place; what is accepted runs in a bundle
// without harm.
#include <stdlib.h>

#include <lauxlib.h>

#include "core/base/json.h"
#include "core/script/bundle.h"
#include "core/script/srccheck.h"
#include "core/script/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(str text)
{
    struct bundle_set *set = bundle_set_new(&(struct bundle_limits){.call_ms = 20, .load_ms = 50});
    lua_State *L = luaL_newstate();
    struct buf json = {0};
    struct json_writer w = {.out = &json};
    struct err err = {0};
    value_open(L);
    lua_createtable(L, 0, 0);
    json_begin_object(&w);
    json_key(&w, STR("f.lua"));
    json_put_str(&w, text);
    json_end_object(&w);
    if (bundle_add(set, STR("h"), buf_str(&json), &err) == 0)
        (void)!bundle_call(set, STR("h"), STR("f:run"), STR(""), L, 1, &err);
    buf_release(&json);
    lua_close(L);
    bundle_set_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    str text = str_of(data, size);
    if (srccheck(STR("f.lua"), text, &err) == 0)
        run(text);
    else if (!err.where[0])
        abort();
    return 0;
}
