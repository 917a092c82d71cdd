// SPDX-License-Identifier: Apache-2.0
// lib_blob: sealed files: kept, read and removed on the pool, and sent as an answer.
#include <stdlib.h>
#include <string.h>

#include "core/base/codec.h"
#include "core/script/blob_send.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/state.h"
#include "core/script/web.h"
#include "store/blob.h"

enum { BYTES_MAX = 4 << 20, FILENAME_MAX_BYTES = 200 };

/* One call of put, get or remove. */
struct blob_op {
    struct op op;
    struct work_op work;
    struct store *store;
    struct buf name, data_key, bytes;
    struct store_blob blob;
    size_t limit;
    int status;
};

/* Opening a blob before it is sent; the request value stands at index 1 of the waiting thread. */
struct send_op {
    struct op op;
    struct blob_send *send;
    int status;
};

static int write_all(struct blob_op *b)
{
    struct store_blob_writer *w;
    int rc = store_blob_start(b->store, buf_str(&b->data_key), &w, NULL);
    if (rc)
        return rc;
    rc = store_blob_write(w, buf_str(&b->bytes));
    if (!rc)
        return store_blob_finish(w, &b->blob);
    store_blob_abort(w);
    return rc;
}

static int read_all(struct blob_op *b)
{
    struct store_blob_reader *r;
    int rc = store_blob_open(b->store, buf_str(&b->name), buf_str(&b->data_key), &r);
    if (rc)
        return rc;
    uint64_t size = store_blob_size(r);
    rc = size > b->limit ? E_TOO_BIG : 0;
    while (!rc && b->bytes.n < size)
        rc = store_blob_read(r, b->bytes.n, STORE_BLOB_CHUNK, &b->bytes);
    store_blob_close(r);
    return rc;
}

/* On a pool thread. */
static void run_put(void *arg)
{
    struct blob_op *b = arg;
    b->status = write_all(b);
}

static void run_get(void *arg)
{
    struct blob_op *b = arg;
    b->status = read_all(b);
}

static void run_remove(void *arg)
{
    struct blob_op *b = arg;
    b->status = store_blob_remove(b->store, buf_str(&b->name));
}

static void done(void *arg, int status)
{
    struct blob_op *b = arg;
    if (status)
        b->status = status;
    task_wake(&b->op);
}

static void cancel(struct op *op)
{
    work_cancel(op->script->opts.work, &container_of(op, struct blob_op, op)->work);
}

static void free_op(struct op *op)
{
    struct blob_op *b = container_of(op, struct blob_op, op);
    buf_release(&b->name);
    buf_release(&b->data_key);
    buf_release(&b->bytes);
    free(b);
}

static int fail(lua_State *L, int status)
{
    return error_raise(L, status, "blob: %s", err_text(status));
}

static int push_put(lua_State *L, struct op *op)
{
    const struct blob_op *b = container_of(op, struct blob_op, op);
    if (b->status)
        return fail(L, b->status);
    lua_createtable(L, 0, 3);
    lua_pushstring(L, b->blob.name);
    lua_setfield(L, -2, "blob");
    lua_pushstring(L, b->blob.sha256);
    lua_setfield(L, -2, "sha256");
    lua_pushinteger(L, (lua_Integer)b->blob.size);
    lua_setfield(L, -2, "size");
    return 1;
}

static int push_get(lua_State *L, struct op *op)
{
    const struct blob_op *b = container_of(op, struct blob_op, op);
    if (b->status && b->status != E_NOT_FOUND)
        return fail(L, b->status);
    if (b->status)
        lua_pushnil(L);
    else
        lib_push_str(L, buf_str(&b->bytes));
    return 1;
}

static int push_remove(lua_State *L, struct op *op)
{
    const struct blob_op *b = container_of(op, struct blob_op, op);
    if (b->status && b->status != E_NOT_FOUND)
        return fail(L, b->status);
    lua_pushboolean(L, b->status == 0);
    return 1;
}

static struct store *store_of(lua_State *L)
{
    struct store *s = task_waiting(L)->gen->script->opts.store;
    if (!s)
        error_raise(L, E_UNSUPPORTED, "there is no store");
    return s;
}

/* An operation with the options' data key, the table of options at idx. */
static struct blob_op *make(lua_State *L, int idx, int (*push)(lua_State *L, struct op *op))
{
    struct store *s = store_of(L);
    str data_key = lua_isnoneornil(L, idx) ? STR("") : lib_field_str(L, idx, "data_key");
    struct blob_op *b = mem_zalloc(1, sizeof(*b));
    b->op = (struct op){.push = push, .cancel = cancel, .free = free_op};
    b->store = s;
    buf_append(&b->data_key, data_key);
    return b;
}

static int start(lua_State *L, struct blob_op *b, void (*run)(void *arg))
{
    struct work *w = task_current(L)->gen->script->opts.work;
    int rc = work_start(w, &b->work, WORK_FILE, run, done, b);
    if (!rc)
        return task_await(L, &b->op);
    free_op(&b->op);
    return error_raise(L, rc, "too many files are being read and written");
}

static void check_options(lua_State *L, int idx)
{
    if (!lua_isnoneornil(L, idx))
        luaL_checktype(L, idx, LUA_TTABLE);
}

/* blob.put(bytes, {data_key}) -> {blob, sha256, size}; at most 4 MiB */
static int put(lua_State *L)
{
    str bytes = lib_check_str(L, 1);
    luaL_argcheck(L, bytes.n <= BYTES_MAX, 1, "at most 4 MiB");
    check_options(L, 2);
    struct blob_op *b = make(L, 2, push_put);
    buf_append(&b->bytes, bytes);
    return start(L, b, run_put);
}

/* blob.get(name, {data_key, limit}) -> bytes|nil; E_TOO_BIG over the limit (at most 4 MiB) */
static int get(lua_State *L)
{
    str name = lib_check_str(L, 1);
    check_options(L, 2);
    lua_Integer limit =
        lua_isnoneornil(L, 2) ? BYTES_MAX : lib_field_int(L, 2, "limit", BYTES_MAX, BYTES_MAX);
    struct blob_op *b = make(L, 2, push_get);
    b->limit = (size_t)limit;
    buf_append(&b->name, name);
    return start(L, b, run_get);
}

/* blob.remove(name) -> whether it was there */
static int remove_blob(lua_State *L)
{
    str name = lib_check_str(L, 1);
    lua_settop(L, 1);
    struct blob_op *b = make(L, 2, push_remove);
    buf_append(&b->name, name);
    return start(L, b, run_remove);
}

static const luaL_Reg functions[] = {
    {"get", get},
    {"put", put},
    {"remove", remove_blob},
    {NULL, NULL},
};

int lib_blob_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}

/* Kinds of upload.h, and the only types that a stored file is ever sent with. */
static const char *const kinds[] = {"jpeg", "png", "bmp", "pdf", "other", NULL};
static const char *const types[] = {
    "image/jpeg", "image/png", "image/bmp", "application/pdf", "application/octet-stream"};

/* Other characters than letters, digits and -_. become _ in the plain form. */
static void put_disposition(struct buf *out, bool is_inline, str filename)
{
    buf_append(out, is_inline ? STR("inline") : STR("attachment"));
    if (!filename.n)
        return;
    buf_append(out, STR("; filename=\""));
    for (size_t i = 0; i < filename.n; i++) {
        char c = filename.p[i];
        bool plain =
            (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-' || c == '.';
        buf_append_byte(out, plain ? c : '_');
    }
    buf_append(out, STR("\"; filename*=UTF-8''"));
    codec_percent(out, filename);
}

/* Whatever the bytes are, a browser shows them as the kind says, runs nothing and saves the rest.
 */
static int set_headers(lua_State *L, struct request *r)
{
    int kind = -1;
    struct buf *out = &host_of(L)->out;
    lua_getfield(L, 2, "kind");
    kind = luaL_checkoption(L, -1, NULL, kinds);
    lua_getfield(L, 2, "inline");
    bool is_inline = lua_toboolean(L, -1) && kind < 3;
    str filename = lib_field_str(L, 2, "filename");
    if (filename.n > FILENAME_MAX_BYTES || !codec_is_utf8(filename))
        return E_INVALID;
    buf_clear(out);
    put_disposition(out, is_inline, filename);
    response_type(r, str_from(types[kind]));
    int rc = response_header(r, STR("Content-Disposition"), buf_str(out));
    if (!rc)
        rc = response_header(r, STR("Content-Security-Policy"), STR("default-src 'none'; sandbox"));
    return rc ? rc : response_header(r, STR("X-Content-Type-Options"), STR("nosniff"));
}

static int push_sent(lua_State *L, struct op *op)
{
    struct send_op *s = container_of(op, struct send_op, op);
    if (s->status)
        return fail(L, s->status);
    struct request *r = web_answer(L);
    int rc = set_headers(L, r);
    if (rc)
        return error_raise(L, rc, "request:blob: the file name cannot be sent");
    struct blob_send *b = s->send;
    s->send = NULL;
    web_answered(L);
    blob_send_start(b, r);
    return 0;
}

static void opened(void *arg, int status)
{
    struct send_op *s = arg;
    s->status = status;
    task_wake(&s->op);
}

static void free_send(struct op *op)
{
    struct send_op *s = container_of(op, struct send_op, op);
    blob_send_free(s->send);
    free(s);
}

/* request:blob{blob, kind, data_key, filename, inline}: answers with a stored file; E_NOT_FOUND */
static int answer_blob(lua_State *L)
{
    (void)store_of(L);
    (void)web_answer(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    str name = lib_field_str(L, 2, "blob"), data_key = lib_field_str(L, 2, "data_key");
    struct send_op *s = mem_zalloc(1, sizeof(*s));
    s->op = (struct op){.push = push_sent, .free = free_send};
    int rc = blob_send_open(&s->send, task_current(L)->gen->script, name, data_key, opened, s);
    if (rc) {
        free(s);
        return error_raise(L, rc, "too many files are being read and written");
    }
    return task_await(L, &s->op);
}

static const luaL_Reg methods[] = {
    {"blob", answer_blob},
    {NULL, NULL},
};

void web_add_blobs(lua_State *L)
{
    luaL_setfuncs(L, methods, 0);
}
