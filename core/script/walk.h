// SPDX-License-Identifier: Apache-2.0
// walk: what the two walks over Lua values share: counting, limits, the shape of a table. Private
// to value*.c.
#ifndef CORE_SCRIPT_WALK_H
#define CORE_SCRIPT_WALK_H

#include "core/script/value.h"

struct walk {
    lua_State *L;
    const struct value_limits *limits;
    struct json_writer w;
    bool sorted;
    size_t nodes;
    size_t bytes;
    const char *why;
};

/* Sets the reason and returns the code. */
int walk_fail(struct walk *k, int code, const char *why);
/* Counts one value at a depth against the limits. */
must_use int walk_count(struct walk *k, size_t bytes, int depth);
must_use int walk_text(struct walk *k, str s);
/* Counts the bytes of a string. */
must_use int walk_string(struct walk *k, str s);
/* How the table at idx is shaped: 1 array, 0 object, negative error. */
must_use int walk_shape(struct walk *k, int idx);
/* The string at idx, which is one. */
str walk_str(lua_State *L, int idx);

#endif
