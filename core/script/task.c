// SPDX-License-Identifier: Apache-2.0
// task: the one door into Lua: starts, resumes, yields and closes coroutines.
#include "core/script/task.h"

#include <stdlib.h>

#include <lauxlib.h>

#include "core/base/clock.h"
#include "core/script/error.h"
#include "core/script/generation.h"
#include "core/script/state.h"
#include "core/script/value.h"

enum {
    INSTRUCTIONS = 200000000, /* between two waits */
    COMPUTE_MS = 1000,        /* between two waits */
    SLICE_NS = 3000000,       /* the loop stands still meanwhile */
    MEMORY_SHARE = 4,         /* one task may hold this part of its generation's memory */
    CLOSE_INSTRUCTIONS = 2000000,
    CLOSE_MS = 10,
    IDLE_MAX = 256,
    TRACE_MAX = 4000
};

static struct task **owner_of(lua_State *L)
{
    return (struct task **)lua_getextraspace(L);
}

struct task *task_current(lua_State *L)
{
    struct task *t = *owner_of(L);
    if (!t)
        error_raise(L, E_UNSUPPORTED, "not while scripts are being loaded");
    return t;
}

struct task *task_waiting(lua_State *L)
{
    struct task *t = task_current(L);
    if (t->in_tx)
        error_raise(L, E_UNSUPPORTED, "a transaction body cannot wait");
    if (!lua_isyieldable(L))
        error_raise(L, E_UNSUPPORTED, "cannot wait inside a callback");
    return t;
}

static int awaited(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    struct op *op = (struct op *)ctx;
    return op->push(L, op);
}

int task_await(lua_State *L, struct op *op)
{
    struct task *t = *owner_of(L);
    op->task = t;
    op->script = t->gen->script;
    op->script->ops++;
    t->op = op;
    return lua_yieldk(L, 0, (lua_KContext)op, awaited);
}

static int entry_done(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    struct task *t = (struct task *)ctx;
    if (t->kind->finish)
        t->kind->finish(L, t, lua_gettop(L));
    return 0;
}

static int entry(lua_State *L)
{
    struct task *t = lua_touserdata(L, 1);
    lua_settop(L, 0);
    int n = t->kind->push(L, t);
    lua_callk(L, n, LUA_MULTRET, (lua_KContext)t, entry_done);
    return entry_done(L, LUA_OK, (lua_KContext)t);
}

/* Makes the coroutine of a new task; protected. */
static int make_thread(lua_State *L)
{
    struct task *t = lua_touserdata(L, 1);
    t->co = lua_newthread(L);
    *owner_of(t->co) = t;
    t->co_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    host_arm(t->co);
    return 0;
}

static struct task *make_task(struct generation *g)
{
    struct task *t = mem_zalloc(1, sizeof(*t));
    lua_pushcfunction(g->L, make_thread);
    lua_pushlightuserdata(g->L, t);
    if (lua_pcall(g->L, 1, 0, 0) == LUA_OK)
        return t;
    lua_settop(g->L, 0);
    free(t);
    return NULL;
}

struct task *task_new(struct generation *g, const struct task_kind *kind, void *owner)
{
    struct script *s = g->script;
    if (s->stats.tasks >= (uint32_t)s->opts.task_limit)
        return NULL;
    struct list *l = list_shift(&g->idle);
    struct task *t = l ? container_of(l, struct task, link) : make_task(g);
    if (!t)
        return NULL;
    if (l)
        g->idle_count--;
    t->kind = kind;
    t->owner = owner;
    t->data = 0;
    t->grown = 0;
    t->op = NULL;
    t->cancelled = t->in_tx = t->broken = false;
    t->gen = generation_ref(g);
    list_init(&t->link);
    list_init(&t->child);
    s->stats.tasks++;
    return t;
}

static void discard(struct task *t)
{
    luaL_unref(t->gen->L, LUA_REGISTRYINDEX, t->co_ref);
    arena_release(&t->arena);
    free(t);
}

void task_release_idle(struct generation *g)
{
    for (struct list *l; (l = list_shift(&g->idle));) {
        struct task *t = container_of(l, struct task, link);
        arena_release(&t->arena);
        free(t);
    }
    g->idle_count = 0;
}

/* The end of every task. Its coroutine is closed or finished. */
static void retire(struct task *t, const struct failure *f)
{
    struct generation *g = t->gen;
    g->script->stats.tasks--;
    list_remove(&t->link);
    list_remove(&t->child);
    timer_cancel(&t->deadline);
    t->kind->ended(t, f);
    arena_clear(&t->arena);
    if (t->request) { /* never used again: a script may have kept it */
        luaL_unref(g->L, LUA_REGISTRYINDEX, t->request_ref);
        t->request = NULL;
    }
    if (t->broken || g->idle_count >= IDLE_MAX || g != g->script->live) {
        discard(t);
    } else {
        lua_settop(t->co, 0);
        list_push_front(&g->idle, &t->link);
        g->idle_count++;
    }
    struct script *s = g->script;
    generation_unref(g);
    script_check_closed(s);
}

/* Fills a struct failure from the thread that stopped: protected. (task, failure) */
static int describe(lua_State *L)
{
    struct task *t = lua_touserdata(L, 1);
    struct failure *f = lua_touserdata(L, 2);
    luaL_traceback(L, t->co, NULL, 0);
    str trace = str_from(lua_tostring(L, -1));
    f->trace = arena_str(&t->arena, str_slice(trace, 0, TRACE_MAX));
    luaL_checkstack(t->co, 8, NULL);
    int top = lua_gettop(t->co);
    struct error_view v = error_read(t->co, top);
    f->message = arena_str(&t->arena, v.message);
    f->where = arena_str(&t->arena, v.where);
    f->code = v.code;
    f->meant = v.meant;
    lua_settop(t->co, top);
    if (v.meant && lua_getfield(t->co, top, "details") == LUA_TTABLE) {
        struct host *h = host_of(L);
        buf_clear(&h->out);
        if (!value_to_json(t->co, -1, false, NULL, &h->out, NULL))
            f->details_json = arena_str(&t->arena, buf_str(&h->out));
    }
    return 0;
}

static void read_failure(struct task *t, int status, struct failure *f)
{
    struct host *h = &t->gen->host;
    lua_State *L = t->gen->L;
    bool killed = h->killed;
    *f = (struct failure){.code = E_SCRIPT, .message = STR("script failed")};
    lua_pushcfunction(L, describe);
    lua_pushlightuserdata(L, t);
    lua_pushlightuserdata(L, f);
    if (lua_pcall(L, 2, 0, 0))
        lua_settop(L, 0);
    if (killed || status == LUA_ERRMEM) {
        f->code = E_BUDGET;
        f->meant = false;
        f->message = str_from(killed ? host_kill_reason(h) : "memory limit reached");
        t->gen->script->stats.killed++;
    }
}

/* Runs the <close> variables with a small budget of their own. A thread that was killed inside its
 * hook cannot be used any more: Lua leaves its hooks off, so that nothing on it would be bounded.
 */
static void close_thread(struct task *t)
{
    struct host *h = &t->gen->host;
    struct script *s = t->gen->script;
    if (t->broken)
        return;
    host_grant(h, CLOSE_INSTRUCTIONS, CLOSE_MS);
    s->current = t; /* what these variables start or cancel waits until they are through */
    lua_closethread(t->co, t->gen->L);
    s->current = NULL;
    lua_settop(t->co, 0);
    t->broken = h->killed;
}

static void fail(struct task *t, int status)
{
    struct failure f;
    read_failure(t, status, &f);
    close_thread(t);
    retire(t, &f);
}

static void end_cancelled(struct task *t, int code)
{
    struct failure f = {.code = code, .message = str_from(err_text(code))};
    close_thread(t);
    retire(t, &f);
}

/* What the slices before this one have used up. */
static void spend(struct host *h, uint64_t spent)
{
    uint64_t used = spent < h->left_ns ? spent : h->left_ns;
    h->slice_ns = h->deadline_ns - h->left_ns + SLICE_NS;
    h->deadline_ns -= used;
    h->left_ns -= used;
}

/* Not more than there is: what others set free meanwhile was not this task's. */
static int64_t grown_of(const struct host *h)
{
    int64_t grown = (int64_t)h->used - h->growth_from;
    return grown < 0 ? 0 : grown < (int64_t)h->used ? grown : (int64_t)h->used;
}

/* A task that was interrupted shares the machine with the others: only its own time counts, of its
 * first slice at most what a slice may last. */
static int resume(struct task *t, int argc)
{
    struct generation *g = t->gen;
    struct host *h = &g->host;
    int n;
    uint64_t begun = t->spent_ns ? clock_thread_ns() : 0;
    host_grant(h, t->budget, COMPUTE_MS);
    spend(h, t->spent_ns);
    h->growth_from = (int64_t)h->used - t->grown;
    h->growth_max = h->limit / MEMORY_SHARE;
    g->script->current = t;
    int status = lua_resume(t->co, g->L, argc, &n);
    g->script->current = NULL;
    t->grown = grown_of(h);
    t->budget = h->budget;
    t->spent_ns = t->spent_ns ? t->spent_ns + clock_thread_ns() - begun : SLICE_NS;
    h->slice_ns = 0;
    h->growth_max = 0;
    return status;
}

static void go_on(void *arg);

/* Interrupted by its hook: goes on after everybody else had a turn. */
static void pause(struct task *t)
{
    struct script *s = t->gen->script;
    list_remove(&t->link);
    list_push(&s->paused, &t->link);
    s->stats.interrupted++;
    loop_defer(s->opts.loop, &s->paused_call, go_on, s);
}

/* One slice: until the next wait, an interruption or the end. */
static void run(struct task *t, int argc)
{
    int status = resume(t, argc);
    if (status == LUA_YIELD && !t->cancelled) {
        if (!t->op)
            pause(t);
        return;
    }
    t->broken = t->gen->host.killed; /* its end may have been faster than its hook */
    if (status == LUA_YIELD || t->cancelled)
        task_cancel(t, E_CANCELLED);
    else if (status == LUA_OK)
        retire(t, NULL);
    else
        fail(t, status);
}

/* From a wait: with fresh allowances. */
static void wake(struct task *t, int argc)
{
    t->budget = INSTRUCTIONS;
    t->spent_ns = 0;
    run(t, argc);
}

static void on_deadline(void *arg)
{
    task_cancel(arg, E_TIMEOUT);
}

static void begin(struct task *t)
{
    struct script *s = t->gen->script;
    list_remove(&t->link);
    if (t->cancelled) {
        task_cancel(t, E_CANCELLED);
        return;
    }
    list_push(&s->active, &t->link);
    timer_start(s->opts.loop, &t->deadline, (uint64_t)s->opts.deadline_ms, on_deadline, t);
    lua_pushcfunction(t->co, entry);
    lua_pushlightuserdata(t->co, t);
    wake(t, 1);
}

static void run_ready(struct script *s)
{
    for (struct list *l; !s->current && (l = list_shift(&s->ready));)
        begin(container_of(l, struct task, link));
}

/* One slice of one interrupted task a turn, however many there are. */
static void go_on(void *arg)
{
    struct script *s = arg;
    struct list *l = list_shift(&s->paused);
    if (!l)
        return;
    list_push(&s->active, l);
    if (!list_is_empty(&s->paused))
        loop_defer(s->opts.loop, &s->paused_call, go_on, s);
    run(container_of(l, struct task, link), 0);
    run_ready(s);
}

void task_start(struct task *t)
{
    struct script *s = t->gen->script;
    list_push(&s->ready, &t->link);
    run_ready(s);
}

void task_wake(struct op *op)
{
    struct task *t = op->task;
    struct script *s = op->script;
    if (t) {
        t->op = NULL;
        wake(t, 0);
        run_ready(s);
    }
    op->free(op);
    s->ops--;
    script_check_closed(s);
}

void task_cancel(struct task *t, int code)
{
    struct script *s = t->gen->script;
    if (s->current) {
        t->cancelled = true;
        if (t != s->current) { /* its turn comes when the running slice is over */
            list_remove(&t->link);
            list_push(&s->ready, &t->link);
        }
        return;
    }
    if (t->op) {
        struct op *op = t->op;
        t->op = NULL;
        op->task = NULL;
        if (op->cancel)
            op->cancel(op);
    }
    end_cancelled(t, code);
    run_ready(s);
}
