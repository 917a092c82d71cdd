// SPDX-License-Identifier: Apache-2.0
// txlib: reading and writing inside a transaction body.
#include "core/script/txlib.h"

#include <lauxlib.h>

#include "core/domain/domain.h"
#include "core/script/error.h"
#include "core/script/host.h"
#include "core/script/lib.h"
#include "core/script/rows.h"
#include "core/script/value.h"
#include "store/tx.h"

static const char type_name[] = "tx";

struct txlib *txlib_check(lua_State *L)
{
    struct txlib *h = luaL_checkudata(L, 1, type_name);
    if (!h->tx)
        error_raise(L, E_CLOSED, "the transaction body has ended");
    return h;
}

static int fail(lua_State *L, int rc, str what)
{
    return error_raise(L, rc, "%.*s: %s", STR_ARG(what), err_text(rc));
}

int txlib_push_row(lua_State *L, int rc, str table)
{
    struct host *h = host_of(L);
    const struct json *root;
    if (rc < 0)
        return fail(L, rc, table);
    if (rc) {
        lua_pushnil(L);
        return 1;
    }
    arena_clear(&h->scratch);
    if (json_parse(buf_str(&h->out), VALUE_DEPTH, &h->scratch, &root, NULL))
        return fail(L, E_CORRUPT, table);
    value_push_json(L, root);
    return 1;
}

str txlib_json(lua_State *L, int idx)
{
    struct buf *out = &host_of(L)->out;
    const char *why;
    buf_clear(out);
    int rc = value_to_json(L, idx, true, NULL, out, &why);
    if (rc)
        error_raise(L, rc, "%s", why);
    return buf_str(out);
}

str txlib_values(lua_State *L, int idx)
{
    struct arena *scratch = &host_of(L)->scratch;
    if (lua_isnoneornil(L, idx))
        return STR("");
    luaL_checktype(L, idx, LUA_TTABLE);
    str text = txlib_json(L, idx);
    arena_clear(scratch);
    return arena_str(scratch, text);
}

/* tx:get(table, key) -> row|nil */
static int get(lua_State *L)
{
    struct txlib *h = txlib_check(L);
    str table = lib_check_str(L, 2), key = lib_check_str(L, 3);
    struct buf *out = &host_of(L)->out;
    buf_clear(out);
    return txlib_push_row(L, store_get(h->tx, table, key, out), table);
}

/* What is written by core/domain alone. */
static void check_free(lua_State *L, str table)
{
    if (domain_owns_table(table))
        error_raise(
            L, E_DENIED, "%.*s: only the functions of trust and money write it", STR_ARG(table));
}

/* tx:put(table, key, row): writes a row, new or old */
static int put(lua_State *L)
{
    struct txlib *h = txlib_check(L);
    str table = lib_check_str(L, 2), key = lib_check_str(L, 3);
    luaL_checktype(L, 4, LUA_TTABLE);
    check_free(L, table);
    int rc = store_put(h->tx, table, key, txlib_json(L, 4));
    return rc ? fail(L, rc, table) : 0;
}

/* tx:insert(table, key, row): writes a new row; E_EXISTS when it is there */
static int insert(lua_State *L)
{
    struct txlib *h = txlib_check(L);
    str table = lib_check_str(L, 2), key = lib_check_str(L, 3);
    luaL_checktype(L, 4, LUA_TTABLE);
    check_free(L, table);
    int rc = store_insert(h->tx, table, key, txlib_json(L, 4));
    return rc ? fail(L, rc, table) : 0;
}

/* tx:delete(table, key) -> whether it was there */
static int delete_row(lua_State *L)
{
    struct txlib *h = txlib_check(L);
    str table = lib_check_str(L, 2);
    check_free(L, table);
    int rc = store_delete(h->tx, table, lib_check_str(L, 3));
    if (rc < 0)
        return fail(L, rc, table);
    lua_pushboolean(L, rc == 0);
    return 1;
}

/* tx:list(table, options) -> as store.list; joins the read set */
static int list(lua_State *L)
{
    struct txlib *h = txlib_check(L);
    struct arena *scratch = &host_of(L)->scratch;
    struct rows rows;
    struct err err = {0};
    arena_clear(scratch);
    rows_read_options(L, 2, ROWS_MAX, scratch, &rows);
    if (rows_collect(&rows, h->tx, scratch, &err))
        return error_raise_err(L, &err);
    rows_push(L, &rows, scratch);
    return 1;
}

/* tx:key() -> a new primary key */
static int key(lua_State *L)
{
    char out[STORE_KEY_TEXT + 1];
    store_key_new(txlib_check(L)->tx, out);
    lua_pushstring(L, out);
    return 1;
}

/* tx:now() -> milliseconds, the same in every run */
static int now(lua_State *L)
{
    lua_pushinteger(L, store_tx_now(txlib_check(L)->tx));
    return 1;
}

/* tx:count(counter, values) -> number */
static int count(lua_State *L)
{
    struct txlib *h = txlib_check(L);
    str counter = lib_check_str(L, 2);
    int64_t n = 0;
    int rc = store_count(h->tx, counter, txlib_values(L, 3), &n);
    if (rc < 0)
        return fail(L, rc, counter);
    lua_pushinteger(L, n);
    return 1;
}

/* tx:add(counter, n, values): applied by the writer */
static int add(lua_State *L)
{
    struct txlib *h = txlib_check(L);
    str counter = lib_check_str(L, 2);
    lua_Integer n = luaL_checkinteger(L, 3);
    int rc = store_add(h->tx, counter, txlib_values(L, 4), n);
    return rc ? fail(L, rc, counter) : 0;
}

/* tx:append(log, subject, record): applied by the writer */
static int append(lua_State *L)
{
    struct txlib *h = txlib_check(L);
    str name = lib_check_str(L, 2), subject = lib_check_str(L, 3);
    luaL_checktype(L, 4, LUA_TTABLE);
    int rc = store_append(h->tx, name, subject, txlib_json(L, 4));
    return rc ? fail(L, rc, name) : 0;
}

/* tx:next(sequence) -> number, never repeated */
static int next_number(lua_State *L)
{
    struct txlib *h = txlib_check(L);
    str sequence = lib_check_str(L, 2);
    int64_t n = 0;
    int rc = store_next(h->tx, sequence, &n);
    if (rc)
        return fail(L, rc, sequence);
    lua_pushinteger(L, n);
    return 1;
}

/* tx:enqueue(job, args, due_ms) -> id: runs after the commit, at least once */
static int enqueue(lua_State *L)
{
    struct txlib *h = txlib_check(L);
    char id[STORE_KEY_TEXT + 1];
    str job = lib_check_str(L, 2);
    luaL_checktype(L, 3, LUA_TTABLE);
    lua_Integer due = luaL_optinteger(L, 4, 0);
    int rc = store_enqueue(h->tx, job, txlib_json(L, 3), due, id);
    if (rc)
        return fail(L, rc, job);
    h->enqueued = true;
    lua_pushstring(L, id);
    return 1;
}

/* tx:finish(job_id): the job is done when this commits; for a handler that records its result in
 * the same step */
static int finish(lua_State *L)
{
    struct txlib *h = txlib_check(L);
    str id = lib_check_str(L, 2);
    int rc = store_job_finish(h->tx, id);
    return rc < 0 ? fail(L, rc, id) : 0;
}

static const luaL_Reg methods[] = {
    {"add", add},
    {"append", append},
    {"count", count},
    {"delete", delete_row},
    {"enqueue", enqueue},
    {"finish", finish},
    {"get", get},
    {"insert", insert},
    {"key", key},
    {"list", list},
    {"next", next_number},
    {"now", now},
    {"put", put},
    {NULL, NULL},
};

void txlib_open(lua_State *L)
{
    luaL_newmetatable(L, type_name);
    luaL_newlib(L, methods);
    lib_domain_add(L);
    lib_money_add(L);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}

void txlib_new(lua_State *L)
{
    struct txlib *h = lua_newuserdatauv(L, sizeof(*h), 0);
    *h = (struct txlib){0};
    luaL_setmetatable(L, type_name);
}
