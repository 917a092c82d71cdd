// SPDX-License-Identifier: Apache-2.0
// scenario: one Lua state for all users, one coroutine for each of them.
#include "bench/load/scenario.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/load/scenario_private.h"

enum { PLAN_MAX = 10000 };

void plan_release(struct plan *p)
{
    for (size_t i = 0; i < p->count; i++)
        free((char *)(uintptr_t)p->requests[i].bytes.p);
    free(p->requests);
    *p = (struct plan){0};
}

static const char scenario_key, script_key;

struct scenario *scenario_of(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &scenario_key);
    struct scenario *s = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return s;
}

struct script *script_of(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &script_key);
    lua_pushthread(L);
    lua_rawget(L, -2);
    struct script *s = lua_touserdata(L, -1);
    lua_pop(L, 2);
    return s;
}

static void add_planned(struct plan *p, const struct planned *one, struct buf *bytes)
{
    struct planned copy = *one;
    copy.bytes.p = buf_take(bytes, &copy.bytes.n);
    p->requests = mem_realloc(p->requests, (p->count + 1) * sizeof(*p->requests));
    p->requests[p->count++] = copy;
}

struct building {
    struct plan *plan;
    struct buf bytes;
};

/* (list, cookies|nil, building): called protected, so that what was built can be released. */
static int build_plan(lua_State *L)
{
    struct building *b = lua_touserdata(L, 3);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Unsigned n = lua_rawlen(L, 1);
    if (n < 1 || n > PLAN_MAX)
        return luaL_error(L, "the list of requests must hold 1 to %d requests", PLAN_MAX);
    for (lua_Unsigned i = 1; i <= n; i++) {
        struct planned one = {0};
        lua_rawgeti(L, 1, (lua_Integer)i);
        http_build(L, lua_gettop(L), lua_istable(L, 2) ? 2 : 0, &b->bytes, &one);
        add_planned(b->plan, &one, &b->bytes);
        lua_pop(L, 1);
    }
    return 0;
}

/* The list at idx into a plan: 0, or E_SCRIPT with the message on the stack. [-0, +0|1] */
static int take_plan(lua_State *L, int idx, int cookies, struct plan *plan)
{
    struct building b = {.plan = plan};
    idx = lua_absindex(L, idx);
    plan_release(plan);
    lua_pushcfunction(L, build_plan);
    lua_pushvalue(L, idx);
    if (cookies)
        lua_pushvalue(L, cookies);
    else
        lua_pushnil(L);
    lua_pushlightuserdata(L, &b);
    int rc = lua_pcall(L, 3, 0, 0);
    buf_release(&b.bytes);
    return rc ? E_SCRIPT : 0;
}

static void open_libraries(lua_State *L)
{
    static const luaL_Reg libraries[] = {{LUA_GNAME, luaopen_base}, {LUA_TABLIBNAME, luaopen_table},
        {LUA_STRLIBNAME, luaopen_string}, {LUA_MATHLIBNAME, luaopen_math},
        {LUA_UTF8LIBNAME, luaopen_utf8}};
    for (size_t i = 0; i < countof(libraries); i++) {
        luaL_requiref(L, libraries[i].name, libraries[i].func, 1);
        lua_pop(L, 1);
    }
    http_open(L);
}

static void push_args(lua_State *L, const char *const *words)
{
    lua_newtable(L);
    for (size_t i = 0; words && words[i]; i++) {
        str value = str_from(words[i]), name = str_cut(&value, '=');
        lua_pushlstring(L, name.p, name.n);
        lua_pushlstring(L, value.p, value.n);
        lua_rawset(L, -3);
    }
    lua_setglobal(L, "args");
}

static int failed(lua_State *L, const char *file, struct err *err)
{
    const char *message = lua_tostring(L, -1);
    int rc = err_set(err, E_SCRIPT, "%s", message ? message : "an error without a message");
    err_at(err, "%s", file);
    return rc;
}

/* The table that the file returned is on the stack. */
static int read_result(struct scenario *s, struct err *err)
{
    static const struct {
        const char *name;
        enum scenario_kind kind;
    } functions[] = {{"setup", SCENARIO_SETUP}, {"journey", SCENARIO_JOURNEY}};
    lua_State *L = s->lua;
    for (size_t i = 0; i < countof(functions); i++) {
        if (lua_getfield(L, -1, functions[i].name) == LUA_TFUNCTION) {
            s->kind = functions[i].kind;
            s->function = luaL_ref(L, LUA_REGISTRYINDEX);
            return 0;
        }
        lua_pop(L, 1);
    }
    if (lua_getfield(L, -1, "requests") != LUA_TTABLE)
        return err_set(
            err, E_SCRIPT, "%s must return a table with requests, setup or journey", s->copy.file);
    s->kind = SCENARIO_REQUESTS;
    return take_plan(L, -1, 0, &s->plan) ? failed(L, s->copy.file, err) : 0;
}

static int load_file(struct scenario *s, struct err *err)
{
    lua_State *L = s->lua;
    if (access(s->copy.file, R_OK) != 0)
        return err_set(err, E_NOT_FOUND, "the scenario %s cannot be read", s->copy.file);
    if (luaL_loadfilex(L, s->copy.file, "t") || lua_pcall(L, 0, 1, 0))
        return failed(L, s->copy.file, err);
    if (!lua_istable(L, -1))
        return err_set(err, E_SCRIPT, "%s must return a table", s->copy.file);
    int rc = read_result(s, err);
    lua_settop(L, 0);
    return rc;
}

int scenario_open(struct scenario **out, const struct scenario_opts *opts, struct err *err)
{
    struct scenario *s = mem_zalloc(1, sizeof(*s));
    s->copy = *opts;
    s->opts = &s->copy;
    s->host = mem_dup(opts->host, strlen(opts->host));
    size_t size = strlen(opts->host) + 9;
    s->origin = mem_alloc(size);
    snprintf(s->origin, size, "%s://%s", opts->tls ? "https" : "http", opts->host);
    s->lua = luaL_newstate();
    open_libraries(s->lua);
    lua_pushlightuserdata(s->lua, s);
    lua_rawsetp(s->lua, LUA_REGISTRYINDEX, &scenario_key);
    lua_newtable(s->lua);
    lua_rawsetp(s->lua, LUA_REGISTRYINDEX, &script_key);
    push_args(s->lua, opts->words);
    int rc = load_file(s, err);
    if (rc) {
        scenario_close(s);
        s = NULL;
    }
    *out = s;
    return rc;
}

void scenario_close(struct scenario *s)
{
    if (!s)
        return;
    lua_close(s->lua);
    plan_release(&s->plan);
    buf_release(&s->body);
    free(s->host);
    free(s->origin);
    free(s);
}

enum scenario_kind scenario_kind(const struct scenario *s)
{
    return s->kind;
}

const struct plan *scenario_plan(const struct scenario *s)
{
    return &s->plan;
}

struct script *script_new(struct scenario *scenario, unsigned id)
{
    lua_State *L = scenario->lua;
    struct script *s = mem_zalloc(1, sizeof(*s));
    s->scenario = scenario;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &script_key);
    s->thread = lua_newthread(L);
    lua_pushvalue(L, -1);
    lua_pushlightuserdata(L, s);
    lua_rawset(L, -4);
    s->thread_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_newtable(L);
    lua_pushinteger(L, id);
    lua_setfield(L, -2, "id");
    lua_newtable(L);
    lua_pushvalue(L, -1);
    s->cookies_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_setfield(L, -2, "cookies");
    s->user_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_settop(L, 0);
    return s;
}

void script_free(struct script *s)
{
    if (!s)
        return;
    lua_State *L = s->scenario->lua;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &script_key);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->thread_ref);
    lua_pushnil(L);
    lua_rawset(L, -3);
    lua_settop(L, 0);
    luaL_unref(L, LUA_REGISTRYINDEX, s->thread_ref);
    luaL_unref(L, LUA_REGISTRYINDEX, s->user_ref);
    luaL_unref(L, LUA_REGISTRYINDEX, s->cookies_ref);
    buf_release(&s->bytes);
    plan_release(&s->plan);
    free(s);
}

static void fail(struct script *s, struct script_step *step)
{
    const char *message = lua_tostring(s->thread, -1);
    snprintf(
        s->message, sizeof(s->message), "%s", message ? message : "an error without a message");
    lua_closethread(s->thread, NULL);
    lua_settop(s->thread, 0);
    *step = (struct script_step){.want = SCRIPT_FAILED, .message = s->message};
}

static void finish(struct script *s, struct script_step *step)
{
    lua_State *T = s->thread;
    *step = (struct script_step){.want = SCRIPT_DONE};
    if (s->scenario->kind == SCENARIO_SETUP) {
        lua_rawgeti(T, LUA_REGISTRYINDEX, s->cookies_ref);
        if (take_plan(T, 1, lua_gettop(T), &s->plan))
            return fail(s, step);
    }
    lua_settop(T, 0);
}

static void resume(struct script *s, int count, struct script_step *step)
{
    int results = 0;
    int rc = lua_resume(s->thread, NULL, count, &results);
    if (rc == LUA_YIELD) {
        lua_pop(s->thread, results);
        *step = s->step;
    } else if (rc != LUA_OK)
        fail(s, step);
    else {
        lua_settop(s->thread, 1);
        finish(s, step);
    }
}

void script_start(struct script *s, struct script_step *step)
{
    lua_closethread(s->thread, NULL);
    lua_settop(s->thread, 0);
    lua_rawgeti(s->thread, LUA_REGISTRYINDEX, s->scenario->function);
    lua_rawgeti(s->thread, LUA_REGISTRYINDEX, s->user_ref);
    resume(s, 1, step);
}

void script_go_on(struct script *s, const struct answer *answer, struct script_step *step)
{
    if (!answer)
        return resume(s, 0, step);
    lua_rawgeti(s->thread, LUA_REGISTRYINDEX, s->cookies_ref);
    http_push_answer(s->thread, answer, lua_gettop(s->thread));
    lua_remove(s->thread, -2);
    resume(s, 1, step);
}

const struct plan *script_plan(const struct script *s)
{
    return &s->plan;
}
