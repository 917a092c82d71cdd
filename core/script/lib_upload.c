// SPDX-License-Identifier: Apache-2.0
// lib_upload: the methods of a request that take files: next_part, parts, upload.
#include <stdlib.h>

#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/state.h"
#include "core/script/upload.h"
#include "core/script/web.h"

enum { LIMIT_DEFAULT = 8 << 20, LIMIT_MAX = 1 << 30, PIXELS_MAX = 200000000 };

/* The request value stands at index 1 of the waiting thread, so that `web` lives while a task
 * waits. */
struct part_op {
    struct op op;
    struct web_request *web;
    struct arena arena;
    struct part part; /* copies in the arena */
    int status;
};

struct upload_op {
    struct op op;
    struct web_request *web;
    struct upload *upload;
    int status;
};

static void set_text(lua_State *L, const char *name, str value)
{
    lib_push_str(L, value);
    lua_setfield(L, -2, name);
}

static void set_int(lua_State *L, const char *name, uint64_t value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, name);
}

static int push_part(lua_State *L, struct op *op)
{
    const struct part_op *p = container_of(op, struct part_op, op);
    if (p->status < 0)
        return error_raise(L, p->status, "request body: %s", err_text(p->status));
    if (p->status) {
        lua_pushnil(L);
        return 1;
    }
    lua_createtable(L, 0, 3);
    set_text(L, "name", p->part.name);
    set_text(L, "filename", p->part.filename);
    set_text(L, "content_type", p->part.content_type);
    return 1;
}

static void free_part(struct op *op)
{
    struct part_op *p = container_of(op, struct part_op, op);
    arena_release(&p->arena);
    free(p);
}

static void cancel_part(struct op *op)
{
    struct part_op *p = container_of(op, struct part_op, op);
    if (p->web->request)
        body_cancel(p->web->request);
    task_wake(op);
}

static void got_part(void *arg, int status, const struct part *part)
{
    struct part_op *p = arg;
    p->status = status;
    if (!status)
        p->part = (struct part){arena_str(&p->arena, part->name),
            arena_str(&p->arena, part->filename), arena_str(&p->arena, part->content_type)};
    task_wake(&p->op);
}

/* request:next_part() -> {name, filename, content_type}|nil: the next file of a multipart body */
static int next_part(lua_State *L)
{
    (void)task_waiting(L);
    struct request *r = web_check(L);
    struct part_op *p = mem_zalloc(1, sizeof(*p));
    p->op = (struct op){.push = push_part, .cancel = cancel_part, .free = free_part};
    p->web = lua_touserdata(L, 1);
    int rc = body_next_part(r, got_part, p);
    if (rc) {
        free_part(&p->op);
        return error_raise(L, rc, "request:next_part: %s", err_text(rc));
    }
    return task_await(L, &p->op);
}

/* request:parts() -> iterator over next_part */
static int parts(lua_State *L)
{
    (void)web_check(L);
    lua_pushcfunction(L, next_part);
    lua_pushvalue(L, 1);
    return 2;
}

static void push_file(lua_State *L, const struct upload_file *f)
{
    lua_createtable(L, 0, 8);
    set_text(L, "blob", str_from(f->blob.name));
    set_text(L, "sha256", str_from(f->blob.sha256));
    set_text(L, "kind", str_from(upload_kind_name(f->kind)));
    set_int(L, "size", f->blob.size);
    if (!f->info.width)
        return;
    set_int(L, "width", f->info.width);
    set_int(L, "height", f->info.height);
    set_int(L, "dpi", f->info.dpi);
    set_int(L, "orientation", f->info.orientation);
}

static int push_upload(lua_State *L, struct op *op)
{
    struct upload_op *u = container_of(op, struct upload_op, op);
    if (u->status == E_INVALID)
        return error_raise_reason(
            L, E_INVALID, upload_reason(u->upload), upload_reason_text(u->upload));
    if (u->status == E_TOO_BIG)
        return error_raise_reason(L, E_TOO_BIG, "too_large", "more bytes than the limit");
    if (u->status)
        return error_raise(L, u->status, "upload: %s", err_text(u->status));
    push_file(L, upload_file(u->upload));
    return 1;
}

static void cancel_upload(struct op *op)
{
    struct upload_op *u = container_of(op, struct upload_op, op);
    upload_cancel(u->upload, u->web->request == NULL);
}

static void free_upload(struct op *op)
{
    struct upload_op *u = container_of(op, struct upload_op, op);
    upload_free(u->upload);
    free(u);
}

static void uploaded(void *arg, int status)
{
    struct upload_op *u = arg;
    u->status = status;
    task_wake(&u->op);
}

static unsigned read_kinds(lua_State *L)
{
    unsigned all = 0;
    if (lua_getfield(L, 2, "kinds") == LUA_TNIL)
        return UPLOAD_JPEG | UPLOAD_PNG | UPLOAD_BMP;
    luaL_argcheck(L, lua_istable(L, -1), 2, "kinds: a list");
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
        unsigned kind = lua_type(L, -1) == LUA_TSTRING ? upload_kind_of(lib_check_str(L, -1)) : 0;
        luaL_argcheck(L, kind, 2, "kinds: jpeg, png, bmp, pdf, other");
        all |= kind;
        lua_pop(L, 1);
    }
    luaL_argcheck(L, all, 2, "kinds: jpeg, png, bmp, pdf, other");
    return all;
}

static struct upload_opts read_options(lua_State *L, const struct script *s)
{
    if (lua_isnoneornil(L, 2)) {
        lua_settop(L, 1);
        lua_createtable(L, 0, 0);
    }
    luaL_checktype(L, 2, LUA_TTABLE);
    struct upload_opts o = {.store = s->opts.store, .work = s->opts.work, .kinds = read_kinds(L)};
    o.limit = (size_t)lib_field_int(L, 2, "limit", LIMIT_DEFAULT, LIMIT_MAX);
    o.max_pixels = (uint64_t)lib_field_int(L, 2, "max_pixels", 0, PIXELS_MAX);
    o.data_key = lib_field_str(L, 2, "data_key");
    return o;
}

/* request:upload{kinds, limit, max_pixels, data_key} -> {blob, sha256, kind, size, width, height,
 * dpi, orientation}: stores the current part, or the whole body of a route with body = "stream" */
static int take_upload(lua_State *L)
{
    struct task *t = task_waiting(L);
    struct request *r = web_check(L);
    struct script *s = t->gen->script;
    if (!s->opts.store)
        return error_raise(L, E_UNSUPPORTED, "there is no store");
    struct upload_opts o = read_options(L, s);
    struct upload_op *u = mem_zalloc(1, sizeof(*u));
    u->op = (struct op){.push = push_upload, .cancel = cancel_upload, .free = free_upload};
    u->web = lua_touserdata(L, 1);
    int rc = upload_start(&u->upload, r, &o, uploaded, u);
    if (rc) {
        free(u);
        return error_raise(L, rc, "too many files are being uploaded");
    }
    return task_await(L, &u->op);
}

static const luaL_Reg methods[] = {
    {"next_part", next_part},
    {"parts", parts},
    {"upload", take_upload},
    {NULL, NULL},
};

void web_add_uploads(lua_State *L)
{
    luaL_setfuncs(L, methods, 0);
}
