// SPDX-License-Identifier: Apache-2.0
// bare: Lua as a notation: schema.lua and configuration texts become JSON. No state outlives the
// call.
#include <string.h>

#include <lauxlib.h>

#include "core/script/error.h"
#include "core/script/host.h"
#include "core/script/sandbox.h"
#include "core/script/script.h"
#include "core/script/source.h"
#include "core/script/value.h"

enum { BARE_MEMORY = 32 << 20, BARE_MS = 2000, BARE_INSTRUCTIONS = 20000000 };

struct job {
    str text;
    const char *chunk;
    bool want_globals; /* the result is what was assigned, not what was returned */
    struct buf *json;
    int code;
    const char *why;
};

/* tostring(value) */
static int to_string(lua_State *L)
{
    luaL_tolstring(L, 1, NULL);
    return 1;
}

/* Fresh globals: empty, with tostring behind them. [-0, +1] */
static void push_globals(lua_State *L)
{
    lua_createtable(L, 0, 16);
    lua_createtable(L, 0, 1);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, to_string);
    lua_setfield(L, -2, "tostring");
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
}

static int run(lua_State *L)
{
    struct job *j = lua_touserdata(L, 1);
    if (j->want_globals) {
        value_open(L);
        push_globals(L);
        lua_pushvalue(L, -1);
        lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    } else {
        sandbox_open(L, NULL);
    }
    if (luaL_loadbufferx(L, j->text.p, j->text.n, j->chunk, "t"))
        return lua_error(L);
    lua_call(L, 0, j->want_globals ? 0 : 1);
    j->code = value_to_json(L, -1, true, NULL, j->json, &j->why);
    return 0;
}

static int run_job(struct job *j, const char *name, struct err *err)
{
    struct host h = {.kind = HOST_BARE, .limit = BARE_MEMORY};
    size_t before = j->json->n;
    host_grant(&h, BARE_INSTRUCTIONS, BARE_MS);
    lua_State *L = host_new_state(&h);
    if (!L)
        return err_set(err, E_BUDGET, "memory limit reached");
    host_arm(L);
    lua_pushcfunction(L, run);
    lua_pushlightuserdata(L, j);
    int rc = 0;
    if (lua_pcall(L, 1, 0, 0)) {
        size_t n = 0;
        const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &n) : NULL;
        rc = error_split(err, h.killed ? E_BUDGET : E_SCRIPT,
            text ? str_of(text, n) : STR("error value is no text"));
    } else if (j->code) {
        rc = err_set(err, j->code, "%s", j->why);
        err_at(err, "%s", name);
    }
    if (rc)
        j->json->n = before;
    host_close(&h, L);
    return rc;
}

int script_config_run(str text, const char *name, struct buf *json, struct err *err)
{
    struct arena a = {0};
    struct job j = {
        .text = text, .want_globals = true, .json = json, .chunk = arena_printf(&a, "=%s", name).p};
    int rc = run_job(&j, name, err);
    arena_release(&a);
    return rc;
}

int script_schema(const char *dir, struct buf *json, struct err *err)
{
    struct arena a = {0};
    struct source_set set;
    int rc = source_read(dir, NULL, &a, &set, err);
    const struct source *s = rc ? NULL : source_find(&set, STR("schema.lua"));
    struct job j = {.json = json, .chunk = "=schema.lua"};
    if (!rc && !s)
        rc = err_set(err, E_NOT_FOUND, "there is no schema.lua in %s", dir);
    if (!rc) {
        j.text = s->text;
        rc = run_job(&j, "schema.lua", err);
    }
    arena_release(&a);
    return rc;
}
