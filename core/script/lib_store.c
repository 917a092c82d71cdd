// SPDX-License-Identifier: Apache-2.0
// lib_store: reading outside transactions, lists, and running transaction bodies.
#include <stdlib.h>
#include <string.h>

#include "core/loop/work.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/rows.h"
#include "core/script/state.h"
#include "core/script/txlib.h"
#include "core/script/value.h"

/* A transaction in flight. */
struct tx_op {
    struct op op;
    struct store_tx *tx;
    bool enqueued;
    int status;
};

enum { SCAN_STEP = 200 };

struct scan {
    struct op op;
    struct work_op work;
    struct loop_deferred next; /* the list becomes Lua values in steps, with turns between */
    struct arena arena;
    struct rows rows;
    struct store *store;
    struct err err;
    int status;
};

static struct store *store_of(lua_State *L)
{
    struct task *t = task_current(L);
    if (t->in_tx)
        error_raise(L, E_UNSUPPORTED, "inside a transaction body use its tx");
    if (!t->gen->script->opts.store)
        error_raise(L, E_UNSUPPORTED, "there is no store");
    return t->gen->script->opts.store;
}

/* [-0, +1] */
static int push_row(lua_State *L, struct store *s, str table, str key)
{
    struct store_tx *tx = store_tx_begin(s, STORE_TX_READ);
    struct buf *out = &host_of(L)->out;
    buf_clear(out);
    int rc = store_get(tx, table, key, out);
    store_tx_end(tx);
    return txlib_push_row(L, rc, table);
}

/* store.get(table, key) -> row|nil */
static int get(lua_State *L)
{
    struct store *s = store_of(L);
    return push_row(L, s, lib_check_str(L, 1), lib_check_str(L, 2));
}

/* store.lasting(table, key) -> row|nil; also inside a transaction, as such rows never change */
static int lasting(lua_State *L)
{
    static const char *const tables[] = {"bundle", "source"};
    str table = lib_check_str(L, 1), key = lib_check_str(L, 2);
    struct store *s = task_current(L)->gen->script->opts.store;
    bool is_lasting = false;
    for (size_t i = 0; i < countof(tables); i++)
        is_lasting = is_lasting || str_eq(table, str_from(tables[i]));
    if (!s || !is_lasting)
        return error_raise(L, E_UNSUPPORTED, "rows of the table %.*s may change", STR_ARG(table));
    return push_row(L, s, table, key);
}

/* store.list(table, options) -> {rows = {{key, row}, …}, more, after}; at most 200 rows */
static int list(lua_State *L)
{
    struct store *s = store_of(L);
    struct arena *scratch = &host_of(L)->scratch;
    struct rows rows;
    struct err err = {0};
    arena_clear(scratch);
    rows_read_options(L, 1, ROWS_MAX, scratch, &rows);
    struct store_tx *tx = store_tx_begin(s, STORE_TX_READ);
    int rc = rows_collect(&rows, tx, scratch, &err);
    store_tx_end(tx);
    if (rc)
        return error_raise_err(L, &err);
    rows_push(L, &rows, scratch);
    return 1;
}

/* On a pool thread. */
static void run_scan(void *arg)
{
    struct scan *s = arg;
    struct store_tx *tx = store_tx_begin(s->store, STORE_TX_READ);
    store_tx_extend(tx, 30000);
    s->status = rows_collect(&s->rows, tx, &s->arena, &s->err);
    store_tx_end(tx);
}

static void scan_done(void *arg, int status)
{
    struct scan *s = arg;
    if (status)
        s->status = err_set(&s->err, status, "%s", err_text(status));
    task_wake(&s->op);
}

static void next_step(void *arg)
{
    struct scan *s = arg;
    task_wake(&s->op);
}

static void cancel_step(struct op *op)
{
    struct scan *s = container_of(op, struct scan, op);
    loop_undefer(&s->next);
    task_wake(op);
}

/* The list so far stands on top. */
static int push_step(lua_State *L, struct op *op)
{
    struct scan *s = container_of(op, struct scan, op);
    struct arena *scratch = &host_of(L)->scratch;
    arena_clear(scratch);
    if (rows_push_some(L, &s->rows, SCAN_STEP, scratch)) {
        rows_push_end(L, &s->rows);
        return 1;
    }
    struct scan *next = mem_alloc(sizeof(*next));
    *next = *s;
    s->arena = (struct arena){0};
    next->op = (struct op){.push = push_step, .cancel = cancel_step, .free = op->free};
    next->next = (struct loop_deferred){0};
    loop_defer(op->script->opts.loop, &next->next, next_step, next);
    return task_await(L, &next->op);
}

static int push_scan(lua_State *L, struct op *op)
{
    struct scan *s = container_of(op, struct scan, op);
    if (s->status)
        return error_raise_err(L, &s->err);
    rows_push_begin(L, &s->rows);
    return push_step(L, op);
}

static void free_scan(struct op *op)
{
    struct scan *s = container_of(op, struct scan, op);
    arena_release(&s->arena);
    free(s);
}

static void cancel_scan(struct op *op)
{
    struct scan *s = container_of(op, struct scan, op);
    work_cancel(op->script->opts.work, &s->work);
}

/* store.scan(table, options) -> as store.list, but up to 20000 rows, on a pool thread */
static int scan(lua_State *L)
{
    struct task *t = task_waiting(L);
    struct store *store = store_of(L);
    struct arena *scratch = &host_of(L)->scratch;
    struct rows rows;
    arena_clear(scratch);
    rows_read_options(L, 1, ROWS_SCAN_MAX, scratch, &rows);
    struct scan *s = mem_zalloc(1, sizeof(*s));
    s->op = (struct op){.push = push_scan, .cancel = cancel_scan, .free = free_scan};
    s->store = store;
    s->rows = rows;
    s->arena = *scratch; /* the range's texts live there */
    *scratch = (struct arena){0};
    int rc = work_start(t->gen->script->opts.work, &s->work, WORK_LIST, run_scan, scan_done, s);
    if (rc) {
        free_scan(&s->op);
        return error_raise(L, rc, "too many lists are being read");
    }
    return task_await(L, &s->op);
}

/* store.count(counter, values) -> number */
static int count(lua_State *L)
{
    struct store *s = store_of(L);
    str counter = lib_check_str(L, 1), value = txlib_values(L, 2);
    int64_t n = 0;
    struct store_tx *tx = store_tx_begin(s, STORE_TX_READ);
    int rc = store_count(tx, counter, value, &n);
    store_tx_end(tx);
    if (rc < 0)
        return error_raise(L, rc, "counter %s: %s", counter.p, err_text(rc));
    lua_pushinteger(L, n);
    return 1;
}

/* store.is_key(text) -> whether it has the form of a primary key, as a visitor's address should */
static int is_key(lua_State *L)
{
    lua_pushboolean(L, store_key_time(lib_check_str(L, 1)) >= 0);
    return 1;
}

/* store.data_key() -> 64 hexadecimal digits: a new key for blobs and crypto-shredding */
static int data_key(lua_State *L)
{
    struct buf *out = &host_of(L)->out;
    buf_clear(out);
    store_data_key(out);
    lib_push_str(L, buf_str(out));
    return 1;
}

static int run_body(lua_State *L, struct tx_op *op);

/* Stack of a transaction: 1 the body, 2 its tx, then the results. */
static int push_committed(lua_State *L, struct op *base)
{
    struct tx_op *op = container_of(base, struct tx_op, op);
    if (op->status == 0) {
        if (op->enqueued)
            script_wake_jobs(base->script);
        return lua_gettop(L) - 2;
    }
    if (op->status != E_CONFLICT)
        return error_raise(
            L, op->status, "the transaction was not committed: %s", err_text(op->status));
    int rc = store_tx_rerun(op->tx);
    if (rc)
        return error_raise(L, rc, "too many others write the same rows");
    struct tx_op *next = mem_zalloc(1, sizeof(*next));
    next->op = (struct op){.push = base->push, .cancel = base->cancel, .free = base->free};
    next->tx = op->tx;
    op->tx = NULL;
    return run_body(L, next);
}

static void cancel_tx(struct op *base)
{
    struct tx_op *op = container_of(base, struct tx_op, op);
    store_abandon(op->tx);
    op->tx = NULL;
    task_wake(base);
}

static void free_tx(struct op *base)
{
    struct tx_op *op = container_of(base, struct tx_op, op);
    store_tx_end(op->tx);
    free(op);
}

static void committed(void *arg, struct store_tx *tx, int status)
{
    (void)tx;
    struct tx_op *op = arg;
    op->status = status;
    task_wake(&op->op);
}

/* Runs the body once; results stand behind index 2. Raises after having freed the op. */
static void call_body(lua_State *L, struct tx_op *op)
{
    struct task *t = task_current(L);
    struct txlib *handle = lua_touserdata(L, 2);
    lua_settop(L, 2);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    *handle = (struct txlib){.tx = op->tx};
    t->in_tx = true;
    int status = lua_pcall(L, 1, LUA_MULTRET, 0);
    t->in_tx = false;
    op->enqueued = handle->enqueued;
    handle->tx = NULL;
    if (status) {
        free_tx(&op->op);
        lua_error(L);
    }
}

/* Debug builds: the same snapshot, the same body, and it must write the same. */
static void check_body(lua_State *L, struct tx_op *op)
{
    uint8_t first[32], second[32];
    store_tx_digest(op->tx, first);
    store_tx_repeat(op->tx);
    call_body(L, op);
    store_tx_digest(op->tx, second);
    if (!memcmp(first, second, sizeof(first)))
        return;
    free_tx(&op->op);
    error_raise(L, E_SCRIPT, "the transaction body is not pure: two runs wrote different things");
}

static int run_body(lua_State *L, struct tx_op *op)
{
    struct script *s = task_current(L)->gen->script;
    call_body(L, op);
    if (s->opts.check_bodies)
        check_body(L, op);
    if (!store_tx_is_dirty(op->tx)) {
        free_tx(&op->op);
        return lua_gettop(L) - 2;
    }
    int rc = store_submit(op->tx, committed, op);
    if (rc) {
        free_tx(&op->op);
        return error_raise(L, rc, "%s", err_text(rc));
    }
    return task_await(L, &op->op);
}

/* store.tx(function(tx) … end) -> its results, when they are on disk; the body may run again and
 * cannot wait */
static int tx(lua_State *L)
{
    task_waiting(L);
    struct store *s = store_of(L);
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    txlib_new(L);
    struct tx_op *op = mem_zalloc(1, sizeof(*op));
    op->op = (struct op){.push = push_committed, .cancel = cancel_tx, .free = free_tx};
    op->tx = store_tx_begin(s, STORE_TX_WRITE);
    return run_body(L, op);
}

static const luaL_Reg functions[] = {
    {"count", count},
    {"data_key", data_key},
    {"get", get},
    {"is_key", is_key},
    {"lasting", lasting},
    {"list", list},
    {"scan", scan},
    {"tx", tx},
    {NULL, NULL},
};

int lib_store_open(lua_State *L)
{
    txlib_open(L);
    luaL_newlib(L, functions);
    return 1;
}
