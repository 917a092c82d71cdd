// SPDX-License-Identifier: Apache-2.0
// lib_part: a small file of a form, whole in memory: what is read at once and kept nowhere.
#include <stdlib.h>

#include "core/http/body.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/state.h"
#include "core/script/web.h"

enum { LIMIT_MAX = 64 << 10 };

/* The request value stands at index 1 of the waiting thread, so that `web` lives while a task
 * waits. */
struct read_op {
    struct op op;
    struct web_request *web;
    struct buf bytes;
    size_t limit;
    int status;
};

static int push_bytes(lua_State *L, struct op *op)
{
    const struct read_op *p = container_of(op, struct read_op, op);
    if (p->status == E_TOO_BIG)
        return error_raise_reason(L, E_TOO_BIG, "too_large", "more bytes than the limit");
    if (p->status)
        return error_raise(L, p->status, "request body: %s", err_text(p->status));
    lib_push_str(L, buf_str(&p->bytes));
    return 1;
}

static void free_read(struct op *op)
{
    struct read_op *p = container_of(op, struct read_op, op);
    if (p->bytes.p)
        mem_wipe(p->bytes.p, p->bytes.cap);
    buf_release(&p->bytes);
    free(p);
}

static void cancel_read(struct op *op)
{
    struct read_op *p = container_of(op, struct read_op, op);
    if (p->web->request)
        body_cancel(p->web->request);
    p->status = E_CANCELLED;
    task_wake(op);
}

static void pull(struct read_op *p);

static void pulled(void *arg, int status, str bytes)
{
    struct read_op *p = arg;
    if (!status && p->bytes.n + bytes.n > p->limit)
        status = E_TOO_BIG;
    if (!status) {
        buf_append(&p->bytes, bytes);
        pull(p);
        return;
    }
    p->status = status < 0 ? status : 0;
    task_wake(&p->op);
}

static void pull(struct read_op *p)
{
    p->status = body_read(p->web->request, pulled, p);
    if (p->status)
        task_wake(&p->op);
}

/* request:part_bytes(limit) -> bytes: the current part whole; E_TOO_BIG beyond limit */
static int part_bytes(lua_State *L)
{
    (void)task_waiting(L);
    struct request *r = web_check(L);
    lua_Integer limit = luaL_checkinteger(L, 2);
    luaL_argcheck(L, limit > 0 && limit <= LIMIT_MAX, 2, "1 to 65536 bytes");
    struct read_op *p = mem_zalloc(1, sizeof(*p));
    p->op = (struct op){.push = push_bytes, .cancel = cancel_read, .free = free_read};
    p->web = lua_touserdata(L, 1);
    p->limit = (size_t)limit;
    int rc = body_read(r, pulled, p);
    if (rc) {
        free_read(&p->op);
        return error_raise(L, rc, "request:part_bytes: %s", err_text(rc));
    }
    return task_await(L, &p->op);
}

static const luaL_Reg methods[] = {
    {"part_bytes", part_bytes},
    {NULL, NULL},
};

void web_add_parts(lua_State *L)
{
    luaL_setfuncs(L, methods, 0);
}
