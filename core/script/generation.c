// SPDX-License-Identifier: Apache-2.0
// generation: builds a lua_State from the scripts folder.
#include "core/script/generation.h"

#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "core/script/globals.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/route.h"
#include "core/script/sandbox.h"
#include "core/script/state.h"
#include "core/script/template.h"
#include "core/script/value.h"
#include "core/script/web.h"

enum { LOAD_INSTRUCTIONS = 500000000, LOAD_MS = 10000 };

static const size_t default_memory = (size_t)256 << 20;

static const char used_key;    /* registry: name -> value of the file */
static const char loading_key; /* registry: names being loaded, in order */

static const luaL_Reg modules[] = {
    {"crypto", lib_crypto_open},
    {"html", lib_html_open},
    {"blob", lib_blob_open},
    {"bundle", lib_bundle_open},
    {"captcha", lib_captcha_open},
    {"client", lib_client_open},
    {"config", lib_config_open},
    {"domain", lib_domain_open},
    {"http", lib_http_open},
    {"issuer", lib_issuer_open},
    {"job", lib_job_open},
    {"json", lib_json_open},
    {"limit", lib_limit_open},
    {"log", lib_log_open},
    {"checker", lib_checker_open},
    {"mail", lib_mail_open},
    {"pdf", lib_pdf_open},
    {"qr", lib_qr_open},
    {"store", lib_store_open},
    {"task", lib_task_open},
    {"text", lib_text_open},
    {"time", lib_time_open},
    {"topics", lib_topics_open},
    {"workday", lib_workday_open},
    {NULL, NULL},
};

/* Raises when name stands on the list of files being loaded; adds it otherwise. The list is at idx.
 */
static void enter_file(lua_State *L, const char *name, int idx)
{
    luaL_Buffer b;
    lua_Integer n = luaL_len(L, idx);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, idx, i);
        bool same = !strcmp(lua_tostring(L, -1), name);
        lua_pop(L, 1);
        if (!same)
            continue;
        luaL_buffinit(L, &b);
        for (; i <= n; i++) {
            lua_rawgeti(L, idx, i);
            luaL_addvalue(&b);
            luaL_addstring(&b, " -> ");
        }
        luaL_addstring(&b, name);
        luaL_pushresult(&b);
        luaL_error(L, "use: files use each other in a circle: %s", lua_tostring(L, -1));
    }
    lua_pushstring(L, name);
    lua_rawseti(L, idx, n + 1);
}

/* Compiles and runs a file; [-0, +1]. */
static void run_file(lua_State *L, const char *name)
{
    int n = lua_gettop(L);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &loading_key);
    enter_file(L, name, n + 1);
    lua_pushfstring(L, "%s.lua", name);
    const struct source *s = source_find(&generation_of(L)->sources, str_from(lua_tostring(L, -1)));
    if (!s)
        luaL_error(L, "use: there is no file %s.lua", name);
    lua_pushfstring(L, "=%s.lua", name);
    if (luaL_loadbufferx(L, s->text.p, s->text.n, lua_tostring(L, -1), "t"))
        lua_error(L);
    lua_call(L, 0, 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, 1);
    }
    lua_pushnil(L);
    lua_rawseti(L, n + 1, luaL_len(L, n + 1));
    lua_replace(L, n + 1);
    lua_settop(L, n + 1);
}

/* use(name) -> the value the file returned */
static int use(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    lua_settop(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &used_key);
    if (lua_getfield(L, 2, name) != LUA_TNIL)
        return 1;
    if (!generation_of(L)->loading)
        return error_raise(L, E_UNSUPPORTED, "use: only while scripts are being loaded");
    lua_pop(L, 1);
    run_file(L, name);
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, name);
    return 1;
}

static void open_modules(lua_State *L)
{
    value_open(L);
    error_open(L);
    web_open(L);
    globals_open(L);
    for (const luaL_Reg *m = modules; m->name; m++) {
        m->func(L);
        sandbox_freeze(L);
        lua_setfield(L, -2, m->name);
    }
    lua_pushcfunction(L, use);
    lua_setfield(L, -2, "use");
    globals_freeze(L);
    lua_createtable(L, 0, 32);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &used_key);
    lua_createtable(L, 8, 0);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &loading_key);
}

static int load_all(lua_State *L)
{
    struct generation *g = generation_of(L);
    open_modules(L);
    template_load(L, g);
    lua_pushcfunction(L, use);
    lua_pushstring(L, g->opts->main ? g->opts->main : "main");
    lua_call(L, 1, 0);
    if (source_find(&g->sources, STR("tests/main.lua"))) {
        lua_pushcfunction(L, use);
        lua_pushliteral(L, "tests/main");
        lua_call(L, 1, 0);
    }
    return 0;
}

static int add_trace(lua_State *L)
{
    if (lua_type(L, 1) != LUA_TSTRING) {
        struct error_view v = error_read(L, 1);
        lua_pushfstring(L, "%s: %s", v.where.n ? v.where.p : "scripts", v.message.p);
    }
    return 1;
}

static int load_protected(struct generation *g, struct err *err)
{
    lua_State *L = g->L;
    lua_pushcfunction(L, add_trace);
    lua_pushcfunction(L, load_all);
    host_grant(&g->host, LOAD_INSTRUCTIONS, LOAD_MS);
    host_arm(L);
    int status = lua_pcall(L, 0, 0, 1);
    if (status == LUA_OK) {
        lua_settop(L, 0);
        lua_sethook(L, NULL, 0, 0);
        return 0;
    }
    if (g->host.killed || status == LUA_ERRMEM)
        return err_set(err, E_BUDGET, "loading scripts: %s",
            g->host.killed ? host_kill_reason(&g->host) : "memory limit reached");
    size_t n = 0;
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &n) : NULL;
    return error_split(err, E_SCRIPT, text ? str_of(text, n) : STR("loading scripts failed"));
}

static void destroy(struct generation *g)
{
    task_release_idle(g);
    route_release(g);
    host_close(&g->host, g->L);
    arena_release(&g->arena);
    free(g);
}

static int fill(struct generation *g, const struct script_opts *opts, struct err *err)
{
    int rc = source_read(opts->dir, opts->tests_dir, &g->arena, &g->sources, err);
    if (rc)
        return rc;
    g->host.limit = opts->memory_limit ? opts->memory_limit : default_memory;
    g->L = host_new_state(&g->host);
    if (!g->L)
        return err_set(err, E_BUDGET, "loading scripts: memory limit reached");
    g->loading = true;
    g->opts = opts;
    rc = load_protected(g, err);
    g->loading = false;
    g->opts = NULL;
    return rc ? rc : route_build(g, err);
}

int generation_build(
    const struct script_opts *opts, struct script *script, struct generation **out, struct err *err)
{
    struct generation *g = mem_zalloc(1, sizeof(*g));
    g->refs = 1;
    g->script = script;
    list_init(&g->idle);
    int rc = fill(g, opts, err);
    if (rc)
        destroy(g);
    else
        *out = g;
    return rc;
}

struct generation *generation_ref(struct generation *g)
{
    g->refs++;
    return g;
}

void generation_unref(struct generation *g)
{
    if (!g || --g->refs)
        return;
    if (g->script)
        g->script->stats.generations--;
    destroy(g);
}
