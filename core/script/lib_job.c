// SPDX-License-Identifier: Apache-2.0
// lib_job: handlers of work that leaves by the outbox.
#include "core/script/error.h"
#include "core/script/jobs.h"
#include "core/script/lib.h"
#include "core/script/state.h"
#include "core/script/value.h"

enum { JOBS_MAX = 500 };

/* job.on(name, handler): handler(args, info) runs for each enqueued row, again after a failure */
static int on(lua_State *L)
{
    struct generation *g = generation_of(L);
    str name = lib_check_str(L, 1);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    if (!g->loading)
        return error_raise(L, E_UNSUPPORTED, "job.on: only while scripts are being loaded");
    for (size_t i = 0; i < g->job_count; i++)
        if (str_eq(g->jobs[i].name, name))
            return luaL_error(L, "job.on: '%s' has a handler already", name.p);
    if (!g->jobs)
        g->jobs = arena_zalloc(&g->arena, JOBS_MAX, sizeof(*g->jobs));
    luaL_argcheck(L, g->job_count < JOBS_MAX, 1, "too many handlers");
    lua_settop(L, 2);
    g->jobs[g->job_count].handler = luaL_ref(L, LUA_REGISTRYINDEX);
    g->jobs[g->job_count++].name = arena_str(&g->arena, name);
    return 0;
}

static const luaL_Reg functions[] = {
    {"on", on},
    {NULL, NULL},
};

int lib_job_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
