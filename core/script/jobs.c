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
    jobs_answered *answered; /* instead of ended */
    str answer;
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

static void take_answer(lua_State *L, struct task *t, int count)
{
    struct run *r = t->owner;
    if (r->answered && count)
        r->answer = arena_str(&t->arena, lib_check_str(L, 1));
}

static void handler_ended(struct task *t, const struct failure *f)
{
    const struct run *r = t->owner;
    if (r->answered)
        r->answered(r->arg, f ? STR("") : r->answer, f);
    else
        r->ended(r->arg, f);
}

static const struct task_kind job_kind = {push_handler, take_answer, handler_ended};

static const struct job_def *find(const struct generation *g, str name)
{
    for (size_t i = 0; i < g->job_count; i++)
        if (str_eq(g->jobs[i].name, name))
            return &g->jobs[i];
    return NULL;
}

static int start(
    struct script *s, str name, str args_json, const struct jobs_info *info, const struct run *how)
{
    const struct job_def *def = find(s->live, name);
    if (!def)
        return E_NOT_FOUND;
    struct task *t = task_new(s->live, &job_kind, NULL);
    if (!t)
        return E_BUSY;
    struct run *r = arena_alloc(&t->arena, sizeof(*r));
    *r = *how;
    r->handler = def->handler;
    r->args = arena_str(&t->arena, args_json);
    if (info)
        r->info = (struct jobs_info){
            arena_str(&t->arena, info->id), arena_str(&t->arena, info->last_error), info->attempts};
    t->owner = r;
    task_start(t);
    return 0;
}

int jobs_start(struct script *s, str name, str args_json, const struct jobs_info *info,
    jobs_ended *ended, void *arg)
{
    const struct run how = {.ended = ended, .arg = arg};
    return start(s, name, args_json, info, &how);
}

int jobs_ask(struct script *s, str name, str args_json, jobs_answered *answered, void *arg)
{
    const struct run how = {.answered = answered, .arg = arg};
    return start(s, name, args_json, NULL, &how);
}

const str *jobs_name(const struct script *s, size_t index)
{
    return index < s->live->job_count ? &s->live->jobs[index].name : NULL;
}
