// SPDX-License-Identifier: Apache-2.0
// lib_bundle: business rules for system code.
#include "core/base/log.h"
#include "core/script/bundle.h"
#include "core/script/error.h"
#include "core/script/jobs.h"
#include "core/script/lib.h"
#include "core/script/overrun.h"
#include "core/script/shipped.h"
#include "core/script/state.h"
#include "core/script/value.h"
#include "core/script/web.h"

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

static void told(void *arg, const struct failure *failure)
{
    struct script *s = arg;
    s->overruns_told = false;
    if (failure)
        log_error(
            "overruns of business rules were not written down", LOG_TEXT("why", failure->message));
}

/* Has the scripts write them down, once the running slice is over; the job ends when none is left.
 */
static void tell(struct script *s)
{
    if (s->overruns_told || s->closing || !s->opts.store)
        return;
    int rc = jobs_start(s, STR("rules.overran"), STR("{}"), NULL, told, s);
    s->overruns_told = !rc;
    if (rc && rc != E_NOT_FOUND)
        log_error("overruns of business rules are not written down now",
            LOG_STR("why", str_from(err_name(rc))));
}

/* "POST /case/…", of a job "job". Valid as long as the task. */
static str cause_of(lua_State *L)
{
    struct task *t = task_current(L);
    const struct web_request *w = t->request;
    if (!w || !w->request)
        return STR("job");
    return arena_printf(&t->arena, "%.*s %.*s",
        STR_ARG(http_method_name(request_method(w->request))), STR_ARG(request_path(w->request)));
}

static void note(lua_State *L, const struct overrun *one)
{
    struct script *s = generation_of(L)->script;
    const struct web_request *w = task_current(L)->request;
    log_error("a call of business rules was stopped", LOG_STR("bundle", one->hash),
        LOG_STR("kind", one->kind), LOG_STR("function", one->path), LOG_STR("where", one->where),
        LOG_STR("why", one->why), LOG_STR("case", one->subject), LOG_TEXT("cause", one->cause),
        LOG_STR("request", w && w->request ? request_id(w->request) : STR("")));
    overruns_note(s->overruns, one);
    tell(s);
}

/* bundle.call(hash, "file:name", facts, kind|nil, case|nil) -> plain data */
static int call(lua_State *L)
{
    struct err err = {0};
    lua_settop(L, 5);
    struct overrun one = {.hash = lib_check_str(L, 1), .path = lib_check_str(L, 2)};
    one.kind = lua_isnil(L, 4) ? STR("") : lib_check_str(L, 4);
    one.subject = lua_isnil(L, 5) ? STR("") : lib_check_str(L, 5);
    struct bundle_set *set = set_of(L);
    int rc = bundle_call(set, one.hash, one.path, one.kind, L, 3, &err);
    if (!rc)
        return 1;
    if (rc == E_BUDGET) {
        one.where = str_from(err.where);
        one.why = str_from(err.message);
        one.cause = cause_of(L);
        one.suspended = bundle_is_suspended(set, one.hash, one.kind);
        note(L, &one);
    }
    return error_raise_err(L, &err);
}

static void set_field(lua_State *L, const char *name, str value)
{
    lib_push_str(L, value);
    lua_setfield(L, -2, name);
}

static void push_overrun(lua_State *L, const struct overrun *one)
{
    lua_createtable(L, 0, 10);
    set_field(L, "bundle", one->hash);
    set_field(L, "kind", one->kind);
    set_field(L, "case", one->subject);
    set_field(L, "path", one->path);
    set_field(L, "where", one->where);
    set_field(L, "why", one->why);
    set_field(L, "cause", one->cause);
    lua_pushinteger(L, one->at_ms);
    lua_setfield(L, -2, "at");
    lua_pushinteger(L, one->count);
    lua_setfield(L, -2, "count");
    lua_pushboolean(L, one->suspended);
    lua_setfield(L, -2, "suspended");
}

/* bundle.overruns() -> list, and forgets them */
static int take_overruns(lua_State *L)
{
    (void)set_of(L);
    struct overruns *o = generation_of(L)->script->overruns;
    const struct overrun *one;
    lua_createtable(L, 4, 0);
    value_mark_array(L, -1);
    for (size_t i = 0; (one = overruns_at(o, i)); i++) {
        push_overrun(L, one);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    overruns_clear(o);
    return 1;
}

/* bundle.suspended() -> list of { bundle, kind, where, since } */
static int suspended(lua_State *L)
{
    struct bundle_set *set = set_of(L);
    struct bundle_suspension one;
    lua_createtable(L, 4, 0);
    value_mark_array(L, -1);
    for (size_t i = 0; bundle_suspended(set, i, &one); i++) {
        lua_createtable(L, 0, 4);
        set_field(L, "bundle", one.hash);
        set_field(L, "kind", one.kind);
        set_field(L, "where", one.where);
        lua_pushinteger(L, one.since_ms);
        lua_setfield(L, -2, "since");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
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

/* bundle.resume(hash, kind): lifts a suspension */
static int resume(lua_State *L)
{
    bundle_resume(set_of(L), lib_check_str(L, 1), lib_check_str(L, 2));
    return 0;
}

static const luaL_Reg functions[] = {
    {"add", add},
    {"call", call},
    {"files", files},
    {"go_live", go_live},
    {"known", known},
    {"live", live},
    {"overruns", take_overruns},
    {"read", read_value},
    {"resume", resume},
    {"shipped", shipped_push},
    {"source", source},
    {"suspended", suspended},
    {NULL, NULL},
};

int lib_bundle_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
