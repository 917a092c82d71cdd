// SPDX-License-Identifier: Apache-2.0
// jobs: runs declared handlers as tasks.
#include "core/script/jobs.h"

#include <lauxlib.h>

#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/state.h"
#include "core/script/value.h"

/* In the task's arena. */
struct run {
    int handler;
    str args;
    struct jobs_info info;
    jobs_ended *ended;
    void *arg;
};

static int push_handler(lua_State *L, struct task *t)
{
    const struct run *r = t->owner;
    const struct json *root;
    struct err err = {0};
    lua_rawgeti(L, LUA_REGISTRYINDEX, r->handler);
    int rc = json_parse(r->args, VALUE_DEPTH, &t->arena, &root, &err);
    if (rc)
        return error_raise(L, rc, "arguments of the job: %s", err.message);
    value_push_json(L, root);
    lua_createtable(L, 0, 3);
    lib_push_str(L, r->info.id);
    lua_setfield(L, -2, "id");
    lib_push_str(L, r->info.last_error);
    lua_setfield(L, -2, "last_error");
    lua_pushinteger(L, r->info.attempts);
    lua_setfield(L, -2, "attempts");
    return 2;
}

static void handler_ended(struct task *t, const struct failure *f)
{
    const struct run *r = t->owner;
    r->ended(r->arg, f);
}

static const struct task_kind job_kind = {push_handler, NULL, handler_ended};

static const struct job_def *find(const struct generation *g, str name)
{
    for (size_t i = 0; i < g->job_count; i++)
        if (str_eq(g->jobs[i].name, name))
            return &g->jobs[i];
    return NULL;
}

int jobs_start(struct script *s, str name, str args_json, const struct jobs_info *info,
    jobs_ended *ended, void *arg)
{
    const struct job_def *def = find(s->live, name);
    if (!def)
        return E_NOT_FOUND;
    struct task *t = task_new(s->live, &job_kind, NULL);
    if (!t)
        return E_BUSY;
    struct run *r = arena_alloc(&t->arena, sizeof(*r));
    *r = (struct run){.handler = def->handler,
        .args = arena_str(&t->arena, args_json),
        .ended = ended,
        .arg = arg};
    if (info)
        r->info = (struct jobs_info){
            arena_str(&t->arena, info->id), arena_str(&t->arena, info->last_error), info->attempts};
    t->owner = r;
    task_start(t);
    return 0;
}

const str *jobs_name(const struct script *s, size_t index)
{
    return index < s->live->job_count ? &s->live->jobs[index].name : NULL;
}
