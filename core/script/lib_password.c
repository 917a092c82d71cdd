// SPDX-License-Identifier: Apache-2.0
// lib_password: crypto.password_hash and crypto.password_verify, on the pool.
#include <stdlib.h>

#include "core/crypto/password.h"
#include "core/loop/work.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/state.h"

enum { PASSWORD_MAX = 256 };

struct password_op {
    struct op op;
    struct work_op work;
    struct buf password;
    struct buf stored; /* of verify: the text to compare with; of hash: the result */
    bool is_hash;
    int status;
};

/* On a pool thread. */
static void run(void *arg)
{
    struct password_op *p = arg;
    p->status = p->is_hash ? password_hash(buf_str(&p->password), &p->stored)
                           : password_verify(buf_str(&p->password), buf_str(&p->stored));
}

static void done(void *arg, int status)
{
    struct password_op *p = arg;
    if (status)
        p->status = status;
    task_wake(&p->op);
}

static int push(lua_State *L, struct op *op)
{
    struct password_op *p = container_of(op, struct password_op, op);
    if (p->status && (p->is_hash || p->status != E_DENIED))
        return error_raise(L, p->status, "password: %s", err_text(p->status));
    if (p->is_hash)
        lib_push_str(L, buf_str(&p->stored));
    else
        lua_pushboolean(L, p->status == 0);
    return 1;
}

static void cancel(struct op *op)
{
    work_cancel(op->script->opts.work, &container_of(op, struct password_op, op)->work);
}

static void free_op(struct op *op)
{
    struct password_op *p = container_of(op, struct password_op, op);
    if (p->password.n)
        mem_wipe(p->password.p, p->password.n);
    buf_release(&p->password);
    buf_release(&p->stored);
    free(p);
}

static int start(lua_State *L, bool is_hash, str password, str stored)
{
    struct task *t = task_waiting(L);
    struct password_op *p = mem_zalloc(1, sizeof(*p));
    p->op = (struct op){.push = push, .cancel = cancel, .free = free_op};
    p->is_hash = is_hash;
    buf_append(&p->password, password);
    buf_append(&p->stored, stored);
    int rc = work_start(t->gen->script->opts.work, &p->work, WORK_PASSWORD, run, done, p);
    if (rc) {
        free_op(&p->op);
        return error_raise(L, rc, "登录的人太多，请稍后再试");
    }
    return task_await(L, &p->op);
}

static str check_password(lua_State *L)
{
    str password = lib_check_str(L, 1);
    luaL_argcheck(L, password.n <= PASSWORD_MAX, 1, "at most 256 bytes");
    return password;
}

/* crypto.password_hash(password) -> text to store; waits about 60 ms */
static int hash(lua_State *L)
{
    return start(L, true, check_password(L), STR(""));
}

/* crypto.password_verify(password, stored) -> boolean; "" for an unknown user takes the same time
 */
static int verify(lua_State *L)
{
    str password = check_password(L);
    return start(L, false, password, lib_check_str(L, 2));
}

/* crypto.password_is_outdated(stored) -> boolean: made at a lower cost than now */
static int is_outdated(lua_State *L)
{
    lua_pushboolean(L, password_is_outdated(lib_check_str(L, 1)));
    return 1;
}

static const luaL_Reg functions[] = {
    {"password_hash", hash},
    {"password_is_outdated", is_outdated},
    {"password_verify", verify},
    {NULL, NULL},
};

void lib_password_add(lua_State *L)
{
    luaL_setfuncs(L, functions, 0);
}
