// SPDX-License-Identifier: Apache-2.0
// lib_checker: business rules that nobody has looked at yet are run in a process of their own.
#include <stdlib.h>

#include <lauxlib.h>

#include "core/loop/child.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/state.h"

enum { OUTPUT_MAX = 16 << 20, TIMEOUT_MS = 10000 };

struct checking {
    struct op op;
    struct child *child;
    struct buf output;
    int status;
    int64_t code;
    int signal;
};

static int push_answer(lua_State *L, struct op *op)
{
    const struct checking *c = container_of(op, struct checking, op);
    if (c->status == E_TIMEOUT)
        return error_raise(L, E_TIMEOUT, "the check took too long and was stopped");
    if (c->status || c->signal || c->code)
        return error_raise(L, c->status ? c->status : E_SCRIPT,
            "the check ended without an answer (signal %d, exit %d)", c->signal, (int)c->code);
    lib_push_str(L, buf_str(&c->output));
    return 1;
}

static void done(void *arg, const struct child_result *r)
{
    struct checking *c = arg;
    c->child = NULL;
    c->status = r->status;
    c->code = r->code;
    c->signal = r->signal;
    buf_append(&c->output, r->output);
    task_wake(&c->op);
}

static void cancel(struct op *op)
{
    struct checking *c = container_of(op, struct checking, op);
    if (c->child)
        child_cancel(c->child);
}

static void free_checking(struct op *op)
{
    struct checking *c = container_of(op, struct checking, op);
    buf_release(&c->output);
    free(c);
}

/* checker.run(input, timeout_ms) -> what the job bundle.check answered in a process without rights.
 * Waits. E_TIMEOUT, E_SCRIPT when it died, E_UNSUPPORTED outside a hall. */
static int run(lua_State *L)
{
    struct script *s = task_waiting(L)->gen->script;
    if (!s->opts.checker)
        return error_raise(L, E_UNSUPPORTED, "there is no program that checks");
    struct err err = {0};
    const struct child_opts opts = {.file = s->opts.checker[0],
        .argv = s->opts.checker,
        .input = lib_check_str(L, 1),
        .output_limit = OUTPUT_MAX,
        .timeout_ms = (unsigned)luaL_optinteger(L, 2, TIMEOUT_MS)};
    struct checking *c = mem_zalloc(1, sizeof(*c));
    c->op = (struct op){.push = push_answer, .cancel = cancel, .free = free_checking};
    if (!child_start(&c->child, s->opts.loop, &opts, done, c, &err))
        return task_await(L, &c->op);
    free_checking(&c->op);
    return error_raise_err(L, &err);
}

/* checker.answer(text): the answer of the job bundle.check, in the process without rights */
static int answer(lua_State *L)
{
    struct script *s = task_current(L)->gen->script;
    if (!s->opts.answer)
        return error_raise(L, E_UNSUPPORTED, "nobody waits for this answer");
    buf_append(s->opts.answer, lib_check_str(L, 1));
    return 0;
}

static const luaL_Reg functions[] = {
    {"answer", answer},
    {"run", run},
    {NULL, NULL},
};

int lib_checker_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
