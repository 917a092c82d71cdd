// SPDX-License-Identifier: Apache-2.0
// walk: limits and shapes of Lua values.
#include "core/script/walk.h"

#include "core/base/codec.h"

int walk_fail(struct walk *k, int code, const char *why)
{
    k->why = why;
    return code;
}

int walk_count(struct walk *k, size_t bytes, int depth)
{
    k->nodes++;
    k->bytes += bytes;
    int max = k->limits->depth ? k->limits->depth : VALUE_DEPTH;
    if (depth > max)
        return walk_fail(k, E_TOO_BIG, "tables nested too deeply");
    if (k->limits->nodes && k->nodes > k->limits->nodes)
        return walk_fail(k, E_TOO_BIG, "too many values");
    if (k->limits->bytes && k->bytes > k->limits->bytes)
        return walk_fail(k, E_TOO_BIG, "too many bytes");
    if (!lua_checkstack(k->L, 4))
        return walk_fail(k, E_TOO_BIG, "tables nested too deeply");
    return 0;
}

str walk_str(lua_State *L, int idx)
{
    size_t n;
    const char *p = lua_tolstring(L, idx, &n);
    return str_of(p, n);
}

int walk_text(struct walk *k, str s)
{
    if (k->limits->utf8 && !codec_is_utf8(s))
        return walk_fail(k, E_INVALID, "a string is not UTF-8");
    return 0;
}

int walk_shape(struct walk *k, int idx)
{
    lua_State *L = k->L;
    lua_Unsigned n = lua_rawlen(L, idx);
    if (n == 0)
        return value_is_array(L, idx);
    if (n > INT32_MAX)
        return walk_fail(k, E_TOO_BIG, "too many values");
    lua_pushinteger(L, (lua_Integer)n);
    if (lua_next(L, idx)) {
        lua_pop(L, 2);
        return walk_fail(k, E_INVALID, "a table is both array and object, or has holes");
    }
    return 1;
}

int walk_string(struct walk *k, str s)
{
    k->bytes += s.n;
    int rc = walk_text(k, s);
    if (!rc && k->limits->bytes && k->bytes > k->limits->bytes)
        rc = walk_fail(k, E_TOO_BIG, "too many bytes");
    return rc;
}
