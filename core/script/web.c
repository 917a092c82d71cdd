// SPDX-License-Identifier: Apache-2.0
// web: a request as a task: its userdata, its handler, and the answer when the handler fails.
#include "core/script/web.h"

#include <lauxlib.h>

#include "core/base/log.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/route.h"
#include "core/script/state.h"

static const char type_name[] = "request";

/* A new one each time: scripts may keep the value, and it must stay dead for ever. [-0, +1] */
static void push_request(lua_State *L, struct task *t)
{
    struct web_request *w = lua_newuserdatauv(L, sizeof(*w), 0);
    *w = (struct web_request){0};
    luaL_setmetatable(L, type_name);
    lua_pushvalue(L, -1);
    t->request_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    t->request = w;
    w->request = t->owner;
    w->task = t;
}

static int push_handler(lua_State *L, struct task *t)
{
    const struct route_def *d = (const struct route_def *)t->data;
    lua_rawgeti(L, LUA_REGISTRYINDEX, d->handler);
    push_request(L, t);
    return 1;
}

static void check_answered(lua_State *L, struct task *t, int count)
{
    (void)count;
    if (t->owner)
        luaL_error(L, "the handler gave no answer");
}

static void log_fault(struct request *r, const struct failure *f)
{
    log_error("handler failed", LOG_STR("request", request_id(r)),
        LOG_TEXT("path", request_path(r)), LOG_STR("error", str_from(err_name(f->code))),
        LOG_TEXT("message", f->message), LOG_TEXT("trace", f->trace));
}

/* The members of a details object, without its braces. */
static str members_of(str json)
{
    return json.n > 2 && json.p[0] == '{' ? str_slice(json, 1, json.n - 1) : STR("");
}

/* What the client can mend or wait for is told; the rest is ours: a number for the user, the cause
 * for the log. */
static bool is_clients_matter(const struct failure *f)
{
    if (!f->meant)
        return false;
    if (f->code == E_UNSUPPORTED) /* with a reason: of the body; without: a call in a wrong place */
        return f->details_json.n > 0;
    return f->code == E_BUSY || http_status_of(f->code) < 500;
}

static int status_of(const struct failure *f)
{
    bool is_wait = f->code == E_TIMEOUT || f->code == E_CANCELLED;
    bool is_outside = f->meant && f->code != E_UNSUPPORTED;
    return is_wait || is_outside ? http_status_of(f->code) : 500;
}

static void answer_failure(struct task *t, const struct failure *f)
{
    struct request *r = t->owner;
    if (is_clients_matter(f)) {
        response_error(r, f->code, f->message, members_of(f->details_json));
        return;
    }
    t->gen->script->stats.errors++;
    log_fault(r, f);
    int status = status_of(f);
    str detail = arena_printf(&t->arena, "%s，请稍后再试。如需帮助，请告知编号 %.*s。",
        f->code == E_TIMEOUT ? "处理超时" : "系统出错", STR_ARG(request_id(r)));
    response_error_status(r, status, detail, STR(""), status == 503 ? 5 : 0);
}

static void ended(struct task *t, const struct failure *f)
{
    struct web_request *w = t->request;
    if (w)
        w->request = NULL;
    if (!t->owner)
        return;
    request_on_gone(t->owner, NULL, NULL);
    answer_failure(t, f);
}

static const struct task_kind web_kind = {push_handler, check_answered, ended};

static void gone(void *arg)
{
    struct task *t = arg;
    struct web_request *w = t->request;
    if (w)
        w->request = NULL;
    t->owner = NULL;
    task_cancel(t, E_CANCELLED);
}

void web_handle(struct request *r, void *data)
{
    struct route_def *d = data;
    struct script *s = d->gen->script;
    s->stats.requests++;
    struct task *t = s->closing ? NULL : task_new(d->gen, &web_kind, r);
    if (!t) {
        response_error_status(r, 503, STR("系统繁忙，请稍后再试。"), STR(""), 2);
        return;
    }
    t->data = (intptr_t)d;
    request_on_gone(r, gone, t);
    task_start(t);
}

struct request *web_check(lua_State *L)
{
    struct web_request *w = luaL_checkudata(L, 1, type_name);
    if (!w->request)
        error_raise(L, E_CLOSED, "the request has been answered already, or its client has gone");
    return w->request;
}

struct request *web_answer(lua_State *L)
{
    struct request *r = web_check(L);
    if (task_current(L)->in_tx)
        error_raise(L, E_UNSUPPORTED, "a transaction body may run again: answer after store.tx");
    return r;
}

void web_answered(lua_State *L)
{
    struct web_request *w = lua_touserdata(L, 1);
    request_on_gone(w->request, NULL, NULL);
    w->request = NULL;
    w->task->owner = NULL;
}

void web_open(lua_State *L)
{
    luaL_newmetatable(L, type_name);
    web_push_methods(L);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}
