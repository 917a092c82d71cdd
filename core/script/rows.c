// SPDX-License-Identifier: Apache-2.0
// rows: options of a list, the walk, and its result.
#include "core/script/rows.h"

#include <lauxlib.h>

#include "core/script/error.h"
#include "core/script/host.h"
#include "core/script/lib.h"
#include "core/script/value.h"

/* A plain value at the top as JSON in the arena; pops it. */
static str read_json(lua_State *L, struct arena *arena, const char *name)
{
    struct buf *out = &host_of(L)->out;
    const char *why;
    str s = STR("");
    if (!lua_isnil(L, -1)) {
        buf_clear(out);
        int rc = value_to_json(L, -1, true, NULL, out, &why);
        if (rc)
            error_raise(L, rc, "%s: %s", name, why);
        s = arena_str(arena, buf_str(out));
    }
    lua_pop(L, 1);
    return s;
}

static str read_text(lua_State *L, int idx, const char *name, struct arena *arena)
{
    str s = STR("");
    if (lua_getfield(L, idx, name) != LUA_TNIL)
        s = arena_str(arena, lib_check_str(L, -1));
    lua_pop(L, 1);
    return s;
}

static bool read_flag(lua_State *L, int idx, const char *name)
{
    lua_getfield(L, idx, name);
    bool v = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return v;
}

/* Bounds are keys on the primary order, JSON scalars on an index. */
static str read_bound(lua_State *L, int idx, const char *name, bool is_index, struct arena *arena)
{
    if (!is_index)
        return read_text(L, idx, name, arena);
    lua_getfield(L, idx, name);
    return read_json(L, arena, name);
}

static void read_range(lua_State *L, int idx, struct arena *arena, struct store_range *r)
{
    r->index = read_text(L, idx, "index", arena);
    lua_getfield(L, idx, "equal");
    r->equal = read_json(L, arena, "equal");
    r->from = read_bound(L, idx, "from", r->index.n > 0, arena);
    r->to = read_bound(L, idx, "to", r->index.n > 0, arena);
    r->text = read_text(L, idx, "text", arena);
    r->after = read_text(L, idx, "after", arena);
    r->descending = read_flag(L, idx, "descending");
    r->keys_only = read_flag(L, idx, "keys_only");
}

void rows_read_options(
    lua_State *L, int idx, size_t limit_max, struct arena *arena, struct rows *out)
{
    *out = (struct rows){.limit = limit_max < 50 ? limit_max : 50};
    out->range.table = arena_str(arena, lib_check_str(L, idx));
    if (lua_isnoneornil(L, idx + 1))
        return;
    luaL_checktype(L, idx + 1, LUA_TTABLE);
    read_range(L, idx + 1, arena, &out->range);
    lua_getfield(L, idx + 1, "limit");
    lua_Integer limit = luaL_optinteger(L, -1, (lua_Integer)out->limit);
    luaL_argcheck(L, limit >= 1 && limit <= (lua_Integer)limit_max, idx + 1, "limit out of range");
    out->limit = (size_t)limit;
    lua_pop(L, 1);
}

static void keep_row(struct rows *r, const struct store_row *row, struct arena *arena)
{
    r->list[r->count++] = (struct row){arena_str(arena, row->key), arena_str(arena, row->json)};
    if (r->count == r->limit)
        r->position = arena_str(arena, row->position);
}

int rows_collect(struct rows *r, struct store_tx *tx, struct arena *arena, struct err *err)
{
    struct store_iter *it;
    struct store_row row;
    int rc = store_iter_open(&it, tx, &r->range, err);
    if (rc)
        return rc;
    r->list = arena_alloc(arena, r->limit * sizeof(*r->list));
    while (r->count < r->limit && (rc = store_iter_next(it, &row)) == 0)
        keep_row(r, &row, arena);
    r->more = store_iter_has_more(it);
    if (rc == 0) { /* the limit was reached: is there one more? */
        rc = store_iter_next(it, &row);
        r->more = r->more || rc == 0;
    }
    store_iter_close(it);
    return rc < 0 ? err_set(err, rc, "%s", err_text(rc)) : 0;
}

static void push_row(lua_State *L, const struct row *row, struct arena *arena)
{
    const struct json *root;
    lua_createtable(L, 0, 2);
    lib_push_str(L, row->key);
    lua_setfield(L, -2, "key");
    if (!row->json.n)
        return;
    if (json_parse(row->json, VALUE_DEPTH, arena, &root, NULL))
        error_raise(L, E_CORRUPT, "a stored row is no JSON");
    value_push_json(L, root);
    lua_setfield(L, -2, "row");
}

void rows_push_begin(lua_State *L, struct rows *r)
{
    r->pushed = 0;
    lua_createtable(L, (int)r->count, 0);
    value_mark_array(L, -1);
}

bool rows_push_some(lua_State *L, struct rows *r, size_t max, struct arena *arena)
{
    for (size_t n = 0; n < max && r->pushed < r->count; n++) {
        push_row(L, &r->list[r->pushed], arena);
        lua_rawseti(L, -2, (lua_Integer)++r->pushed);
    }
    return r->pushed == r->count;
}

void rows_push_end(lua_State *L, const struct rows *r)
{
    lua_createtable(L, 0, 3);
    lua_insert(L, -2);
    lua_setfield(L, -2, "rows");
    if (!r->more)
        return;
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, "more");
    if (!r->position.n)
        return;
    lib_push_str(L, r->position);
    lua_setfield(L, -2, "after");
}

void rows_push(lua_State *L, struct rows *r, struct arena *arena)
{
    rows_push_begin(L, r);
    (void)rows_push_some(L, r, SIZE_MAX, arena);
    rows_push_end(L, r);
}
