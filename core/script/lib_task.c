// SPDX-License-Identifier: Apache-2.0
// lib_task: waiting, children that run side by side, tasks of their own.
#include <stdio.h>
#include <stdlib.h>

#include "core/base/log.h"
#include "core/loop/timer.h"
#include "core/script/error.h"
#include "core/script/generation.h"
#include "core/script/lib.h"
#include "core/script/state.h"

enum { CHILDREN_MAX = 64, SLEEP_MAX_MS = 60000 };

struct sleeper {
    struct op op;
    struct timer timer;
};

static void on_sleep_end(void *arg)
{
    struct sleeper *s = arg;
    task_wake(&s->op);
}

static int push_nothing(lua_State *L, struct op *op)
{
    (void)L;
    (void)op;
    return 0;
}

static void free_sleeper(struct op *op)
{
    free(container_of(op, struct sleeper, op));
}

static void cancel_sleep(struct op *op)
{
    struct sleeper *s = container_of(op, struct sleeper, op);
    timer_start(op->script->opts.loop, &s->timer, 0, on_sleep_end, s);
}

/* task.sleep(ms) */
static int sleep_ms(lua_State *L)
{
    struct task *t = task_waiting(L);
    lua_Integer ms = luaL_checkinteger(L, 1);
    luaL_argcheck(L, ms >= 0 && ms <= SLEEP_MAX_MS, 1, "0 to 60000");
    struct sleeper *s = mem_zalloc(1, sizeof(*s));
    s->op = (struct op){.push = push_nothing, .free = free_sleeper, .cancel = cancel_sleep};
    timer_start(t->gen->script->opts.loop, &s->timer, (uint64_t)ms, on_sleep_end, s);
    return task_await(L, &s->op);
}

/* The children of one task.all. Lives until the last has ended. */
struct group {
    struct op op;
    struct list children;
    struct generation *gen; /* kept alive by the children */
    int left;      /* children that have not ended, and one while the group is being walked */
    int functions; /* registry references */
    int results;
    int code; /* of the first failure */
    char message[300];
};

static int push_child(lua_State *L, struct task *t)
{
    struct group *g = t->owner;
    lua_rawgeti(L, LUA_REGISTRYINDEX, g->functions);
    lua_rawgeti(L, -1, (lua_Integer)t->data);
    lua_remove(L, -2);
    return 0;
}

static void keep_result(lua_State *L, struct task *t, int count)
{
    struct group *g = t->owner;
    if (count == 0)
        lua_pushboolean(L, 0);
    lua_rawgeti(L, LUA_REGISTRYINDEX, g->results);
    lua_pushvalue(L, 1);
    lua_rawseti(L, -2, (lua_Integer)t->data);
}

static void release_child(struct group *g)
{
    if (--g->left)
        return;
    luaL_unref(g->gen->L, LUA_REGISTRYINDEX, g->functions);
    task_wake(&g->op);
}

/* Cancelling one child may end others: each is taken from a list that the ended ones leave. */
static void cancel_children(struct group *g)
{
    struct list rest;
    struct list *it;
    g->left++;
    list_init(&rest);
    while ((it = list_shift(&g->children)))
        list_push(&rest, it);
    while ((it = list_shift(&rest))) {
        list_push(&g->children, it);
        task_cancel(container_of(it, struct task, child), E_CANCELLED);
    }
    release_child(g);
}

static void child_ended(struct task *t, const struct failure *f)
{
    struct group *g = t->owner;
    if (f && !g->code) {
        g->code = f->code;
        snprintf(g->message, sizeof(g->message), "%.*s", STR_ARG(f->message));
        cancel_children(g);
    }
    release_child(g);
}

static const struct task_kind child_kind = {push_child, keep_result, child_ended};

static int push_results(lua_State *L, struct op *op)
{
    struct group *g = container_of(op, struct group, op);
    lua_rawgeti(L, LUA_REGISTRYINDEX, g->results);
    if (g->code)
        return error_raise(L, g->code, "%s", g->message);
    return 1;
}

static void cancel_group(struct op *op)
{
    cancel_children(container_of(op, struct group, op));
}

static void free_group(struct op *op)
{
    struct group *g = container_of(op, struct group, op);
    luaL_unref(g->gen->L, LUA_REGISTRYINDEX, g->results);
    generation_unref(g->gen);
    free(g);
}

static struct group *make_group(lua_State *L, struct generation *gen)
{
    lua_createtable(L, CHILDREN_MAX, 0);
    int results = luaL_ref(L, LUA_REGISTRYINDEX);
    int functions = luaL_ref(L, LUA_REGISTRYINDEX);
    struct group *g = mem_zalloc(1, sizeof(*g));
    *g = (struct group){.op = {.push = push_results, .cancel = cancel_group, .free = free_group},
        .gen = generation_ref(gen),
        .left = 1,
        .functions = functions,
        .results = results};
    list_init(&g->children);
    return g;
}

/* task.all{f, g, …} -> list of their first results; runs them side by side, the first error cancels
 * the others */
static int all(lua_State *L)
{
    struct task *parent = task_waiting(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer n = luaL_len(L, 1);
    luaL_argcheck(L, n >= 1 && n <= CHILDREN_MAX, 1, "1 to 64 functions");
    for (lua_Integer i = 1; i <= n; i++) {
        luaL_argcheck(L, lua_rawgeti(L, 1, i) == LUA_TFUNCTION, 1, "functions only");
        lua_pop(L, 1);
    }
    lua_settop(L, 1);
    struct group *g = make_group(L, parent->gen);
    for (lua_Integer i = 1; i <= n; i++) {
        struct task *t = task_new(parent->gen, &child_kind, g);
        if (!t) {
            g->code = E_BUSY;
            break;
        }
        t->data = (intptr_t)i;
        g->left++;
        list_push(&g->children, &t->child);
        task_start(t);
    }
    if (list_is_empty(&g->children)) {
        free_group(&g->op);
        return error_raise(L, E_BUSY, "too many tasks");
    }
    if (g->code)
        cancel_children(g);
    g->left--; /* the walk is over; children end after this slice at the earliest */
    return task_await(L, &g->op);
}

static int push_spawned(lua_State *L, struct task *t)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, (lua_Integer)t->data);
    luaL_unref(L, LUA_REGISTRYINDEX, (int)t->data);
    return 0;
}

static void spawned_ended(struct task *t, const struct failure *f)
{
    (void)t;
    if (f)
        log_error("spawned task failed", LOG_STR("error", str_from(err_name(f->code))),
            LOG_TEXT("message", f->message), LOG_TEXT("trace", f->trace));
}

static const struct task_kind spawned_kind = {push_spawned, NULL, spawned_ended};

/* task.spawn(f): runs f as a task of its own after this one waits or ends; nobody sees its result
 */
static int spawn(lua_State *L)
{
    struct task *parent = task_current(L);
    luaL_checktype(L, 1, LUA_TFUNCTION);
    if (parent->in_tx)
        return error_raise(
            L, E_UNSUPPORTED, "a transaction body may run again: no task.spawn inside");
    lua_settop(L, 1);
    int ref = luaL_ref(L, LUA_REGISTRYINDEX);
    struct task *t = task_new(parent->gen, &spawned_kind, NULL);
    if (!t) {
        luaL_unref(L, LUA_REGISTRYINDEX, ref);
        return error_raise(L, E_BUSY, "too many tasks");
    }
    t->data = ref;
    task_start(t);
    return 0;
}

static const luaL_Reg functions[] = {
    {"all", all},
    {"sleep", sleep_ms},
    {"spawn", spawn},
    {NULL, NULL},
};

int lib_task_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
