// SPDX-License-Identifier: Apache-2.0
// value: plain data between Lua, JSON and other Lua states. Plain data = nil, booleans, numbers,
// strings and tables of these: an array (1..n) or an object (string keys). A table with the array
// mark is [] even when empty.
//
// Only raw access: no metamethod runs. JSON null is the light userdata NULL (json.null) inside
// tables.
#ifndef CORE_SCRIPT_VALUE_H
#define CORE_SCRIPT_VALUE_H

#include <lua.h>

#include "core/base/json.h"

enum { VALUE_DEPTH = 32 };

/* What a walk may cost; zero members mean no limit but VALUE_DEPTH. */
struct value_limits {
    int depth;
    size_t nodes;
    size_t bytes;
    bool utf8;         /* strings must be UTF-8 */
    bool skip_foreign; /* functions become true instead of an error */
};

/* Creates the array mark of a state; once, before anything else here. [-0, +0] */
void value_open(lua_State *L);
/* Marks the table at idx as an array. [-0, +0] */
void value_mark_array(lua_State *L, int idx);
bool value_is_array(lua_State *L, int idx);

/* Appends the value at idx as JSON. With `sorted`, members stand in bytewise order of their names
 * (equal tables give equal text). E_INVALID with a sentence in *why (static) when it is no plain
 * data; E_TOO_BIG when over a limit. Raises nothing but memory errors. [-0, +0] */
must_use int value_to_json(lua_State *L, int idx, bool sorted, const struct value_limits *limits,
    struct buf *out, const char **why);
/* Pushes a parsed value; raises only memory errors. [-0, +1] */
void value_push_json(lua_State *L, const struct json *v);
/* Copies the value at idx of `from` onto `to`; errors as value_to_json. Call under protection of
 * `to`.
 * [-0, +1 on `to`, nothing on error] */
must_use int value_copy(
    lua_State *from, int idx, lua_State *to, const struct value_limits *limits, const char **why);

#endif
