// SPDX-License-Identifier: Apache-2.0
// rows: a bounded range walk of the store, collected first and turned into Lua values after the
// walk is closed, so that no snapshot is held across a raised error. Collecting knows no Lua and
// may run on a pool thread.
#ifndef CORE_SCRIPT_ROWS_H
#define CORE_SCRIPT_ROWS_H

#include <lua.h>

#include "store/tx.h"

enum { ROWS_MAX = 200, ROWS_SCAN_MAX = 20000 };

struct row {
    str key;
    str json;
};

struct rows {
    struct store_range range; /* strs live in the arena */
    size_t limit;
    struct row *list;
    size_t count;
    size_t pushed; /* of these, so far */
    str position;  /* of the last row */
    bool more;     /* there are rows behind the last one, or a search stopped early */
};

/* Reads (table, {index, equal, from, to, text, after, descending, keys_only, limit}) from idx and
 * idx + 1 into the arena; raises. [-0, +0] */
void rows_read_options(
    lua_State *L, int idx, size_t limit_max, struct arena *arena, struct rows *out);
/* Walks; everything collected lives in the arena. */
must_use int rows_collect(
    struct rows *r, struct store_tx *tx, struct arena *arena, struct err *err);
/* Pushes {rows = {{key, row}, …}, after = position|nil}; raises E_CORRUPT for a row that is no
 * JSON. Rows are parsed in the arena. [-0, +1] */
void rows_push(lua_State *L, struct rows *r, struct arena *arena);
/* The same in steps, for long lists: an empty list, then up to `max` rows more until true is
 * returned, then the table around it. [-0, +1], [-0, +0], [-1, +1] */
void rows_push_begin(lua_State *L, struct rows *r);
bool rows_push_some(lua_State *L, struct rows *r, size_t max, struct arena *arena);
void rows_push_end(lua_State *L, const struct rows *r);

#endif
