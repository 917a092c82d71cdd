// SPDX-License-Identifier: Apache-2.0
// state: the private structs of core/script: script (one per server) and generation (one per loaded
// scripts folder).
#ifndef CORE_SCRIPT_STATE_H
#define CORE_SCRIPT_STATE_H

#include "core/loop/loop.h"
#include "core/http/router.h"
#include "core/script/host.h"
#include "core/script/script.h"
#include "core/script/source.h"
#include "core/script/task.h"

struct bundle_set;
struct limit_table;
struct overruns;
struct outbox;
struct reload;
struct route_def;
struct template_set;

struct job_def {
    str name;
    int handler; /* registry reference */
};

struct generation {
    struct host host;
    lua_State *L;
    struct script *script;          /* NULL when built alone (tests, check) */
    const struct script_opts *opts; /* of the build; NULL afterwards */
    unsigned refs;
    bool loading;       /* main.lua runs: declarations are allowed, tasks are not */
    struct arena arena; /* sources, declarations */
    struct source_set sources;
    struct template_set *templates;
    struct router *router;
    struct route_def *routes;
    size_t route_count;
    struct job_def *jobs;
    size_t job_count;
    struct list idle; /* tasks to be used again */
    size_t idle_count;
};

struct script {
    struct script_opts opts;
    struct arena arena; /* copies of the options' texts */
    struct buf assets;
    struct script_stats stats;
    struct generation *live;
    struct router_slot routes;
    struct list active; /* tasks that run or wait, oldest first */
    struct list ready;  /* tasks to be run after the present slice */
    struct list paused; /* tasks that were interrupted, to go on */
    struct loop_deferred paused_call;
    struct task *current; /* whose slice runs, or NULL */
    size_t ops;           /* operations in flight, their tasks alive or not */
    bool closing;
    struct reload *reload;
    struct outbox *outbox; /* NULL: jobs are not run here */
    struct bundle_set *bundles;
    struct overruns *overruns; /* of bundles, to be written down by a job */
    bool overruns_told;        /* the job is under way */
    struct limit_table *limits;
    uint64_t error_serial;
    struct loop_deferred close_call;
    void (*closed)(void *arg);
    void *closed_arg;
};

/* Calls back when closing and nothing is left. */
void script_check_closed(struct script *s);

static inline struct generation *generation_of(lua_State *L)
{
    return container_of(host_of(L), struct generation, host);
}

#endif
