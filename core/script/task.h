// SPDX-License-Identifier: Apache-2.0
// task: one run of a Lua function on a coroutine of its own: a request, a job, a child of task.all.
//
// Only task.c resumes and yields. A function that waits has one shape: task_waiting, read
// arguments, start the operation, `return task_await(L, &op->op)`. An operation belongs to itself
// until it completes (rule 6); when its task ended before, it completes into nothing. <close>
// variables run when a task ends by an error or is cancelled, but not when it is killed by its
// budget.
//
// A task that computes for long is interrupted every few milliseconds and goes on after a turn of
// the loop, so that others are served meanwhile; not inside callbacks and transaction bodies. What
// it may use up between two waits, and what memory it may hold, is limited.
#ifndef CORE_SCRIPT_TASK_H
#define CORE_SCRIPT_TASK_H

#include <lua.h>

#include "core/base/arena.h"
#include "core/base/list.h"
#include "core/loop/timer.h"

struct generation;
struct script;
struct task;

/* Why a task ended without success. Valid during the call it is given to. */
struct failure {
    int code;
    bool meant; /* raised on purpose with a code of the list: no fault of the program */
    str message;
    str where;        /* "file:line" */
    str trace;        /* call stack, for the log only */
    str details_json; /* of fail(code, message, details); or empty */
};

struct task_kind {
    /* Protected, on the task's thread: pushes the function and its arguments, returns the number of
     * arguments. */
    int (*push)(lua_State *L, struct task *t);
    /* Protected: the function returned `count` values, the first at index 1. May be NULL. */
    void (*finish)(lua_State *L, struct task *t, int count);
    /* After everything, exactly once, in no protected call; failure is NULL on success. t is gone
     * afterwards. */
    void (*ended)(struct task *t, const struct failure *failure);
};

/* Owner and data may be used by the kind's functions, the rest is private. */
struct task {
    void *owner;        /* the kind's: request, job, group */
    intptr_t data;      /* the kind's: a registry reference, an index */
    struct arena arena; /* lives as long as the task; its owner may use it */
    struct list link;   /* among the idle, the ready or the active */
    struct list child;  /* in the group of task.all; or alone */
    struct generation *gen;
    const struct task_kind *kind;
    lua_State *co;
    struct op *op; /* waiting on */
    struct timer deadline;
    int64_t budget;    /* instructions left until the next wait */
    uint64_t spent_ns; /* since the last wait; after an interruption processor time only */
    int64_t grown;     /* bytes added to the state in its slices */
    int co_ref;        /* keeps co alive */
    void *request;     /* userdata of an http request, or NULL */
    int request_ref;   /* keeps it alive */
    bool cancelled;    /* while running: ends as soon as it returns */
    bool broken;       /* killed inside its hook: the thread is not used again */
    bool in_tx;        /* inside a transaction body: may not wait */
};

/* An operation in flight; stands first in the struct of each waiting function. */
struct op {
    struct task *task;     /* NULL: nobody waits any more */
    struct script *script; /* private */
    /* Protected, on the waiting thread after task_wake: pushes results and returns their number, or
     * raises. May return task_await(…) of a further operation. */
    int (*push)(lua_State *L, struct op *op);
    void (*cancel)(
        struct op *op); /* nobody waits any more: stop early if that can be done; may be NULL */
    void (*free)(struct op *op); /* after completion, once */
};

/* The task that L belongs to; raises when L is no task (scripts being loaded). */
struct task *task_current(lua_State *L);
/* As task_current, and raises when it may not wait here. Call before starting an operation. */
struct task *task_waiting(lua_State *L);
/* Yields until task_wake(op). Always `return task_await(L, op)`. Takes op. */
int task_await(lua_State *L, struct op *op);
/* The completion of op: resumes its task, frees op. On the loop, never inside the start call. */
void task_wake(struct op *op);

/* Takes an idle task of the generation, or makes one; NULL when memory or the number of tasks is at
 * its limit. */
struct task *task_new(struct generation *g, const struct task_kind *kind, void *owner);
/* Runs it: at once, or after the running task's slice. */
void task_start(struct task *t);
/* Ends it with `code`; the thread is closed, so that <close> variables run. */
void task_cancel(struct task *t, int code);
/* Frees the idle tasks' arenas; for the end of the generation. */
void task_release_idle(struct generation *g);

#endif
