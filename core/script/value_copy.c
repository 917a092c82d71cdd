// SPDX-License-Identifier: Apache-2.0
// value_copy: plain data from one Lua state to another.
#include <math.h>

#include "core/script/walk.h"

static const struct value_limits no_limits = {0};

static int copy_value(struct walk *k, int idx, lua_State *to, int depth);

/* Copies the element at the top of `from`; pops it. */
static int copy_element(struct walk *k, lua_State *to, int depth)
{
    int rc = copy_value(k, lua_gettop(k->L), to, depth + 1);
    lua_pop(k->L, 1);
    return rc;
}

static int copy_array(struct walk *k, int idx, lua_State *to, int depth)
{
    lua_Integer n = (lua_Integer)lua_rawlen(k->L, idx);
    if (k->limits->nodes && (size_t)n > k->limits->nodes)
        return walk_fail(k, E_TOO_BIG, "too many values");
    lua_createtable(to, (int)n, 0);
    value_mark_array(to, -1);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(k->L, idx, i);
        int rc = copy_element(k, to, depth);
        if (rc) {
            lua_pop(to, 1);
            return rc;
        }
        lua_rawseti(to, -2, i);
    }
    return 0;
}

static int copy_member(struct walk *k, lua_State *to, int depth)
{
    if (lua_type(k->L, -2) != LUA_TSTRING) {
        lua_pop(k->L, 1);
        return walk_fail(k, E_INVALID, "an object has a name that is no string");
    }
    str name = walk_str(k->L, -2);
    k->bytes += name.n;
    int rc = walk_text(k, name);
    if (rc) {
        lua_pop(k->L, 1);
        return rc;
    }
    lua_pushlstring(to, name.p, name.n);
    rc = copy_element(k, to, depth);
    if (rc)
        lua_pop(to, 1);
    else
        lua_rawset(to, -3);
    return rc;
}

static int copy_object(struct walk *k, int idx, lua_State *to, int depth)
{
    lua_createtable(to, 0, 0);
    lua_pushnil(k->L);
    while (lua_next(k->L, idx)) {
        int rc = copy_member(k, to, depth);
        if (rc) {
            lua_pop(k->L, 1);
            lua_pop(to, 1);
            return rc;
        }
    }
    return 0;
}

static int copy_string(struct walk *k, int idx, lua_State *to)
{
    str s = walk_str(k->L, idx);
    int rc = walk_string(k, s);
    if (!rc)
        lua_pushlstring(to, s.p, s.n);
    return rc;
}

static int copy_number(struct walk *k, int idx, lua_State *to)
{
    if (lua_isinteger(k->L, idx)) {
        lua_pushinteger(to, lua_tointegerx(k->L, idx, NULL));
        return 0;
    }
    double d = lua_tonumberx(k->L, idx, NULL);
    if (!isfinite(d))
        return walk_fail(k, E_INVALID, "a number is not finite");
    lua_pushnumber(to, d);
    return 0;
}

static int copy_table(struct walk *k, int idx, lua_State *to, int depth)
{
    int s = walk_shape(k, idx);
    if (s < 0)
        return s;
    return s ? copy_array(k, idx, to, depth) : copy_object(k, idx, to, depth);
}

static int copy_value(struct walk *k, int idx, lua_State *to, int depth)
{
    int rc = walk_count(k, 8, depth);
    if (rc)
        return rc;
    if (!lua_checkstack(to, 4))
        return walk_fail(k, E_TOO_BIG, "tables nested too deeply");
    int type = lua_type(k->L, idx);
    switch (type) {
    case LUA_TNIL:
        lua_pushnil(to);
        return 0;
    case LUA_TBOOLEAN:
        lua_pushboolean(to, lua_toboolean(k->L, idx));
        return 0;
    case LUA_TNUMBER:
        return copy_number(k, idx, to);
    case LUA_TSTRING:
        return copy_string(k, idx, to);
    case LUA_TTABLE:
        return copy_table(k, idx, to, depth);
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(k->L, idx))
            break;
        lua_pushlightuserdata(to, NULL);
        return 0;
    default:
        break;
    }
    if (!k->limits->skip_foreign || type != LUA_TFUNCTION)
        return walk_fail(k, E_INVALID, "a value is no plain data");
    lua_pushboolean(to, 1);
    return 0;
}

int value_copy(
    lua_State *from, int idx, lua_State *to, const struct value_limits *limits, const char **why)
{
    struct walk k = {.L = from, .limits = limits ? limits : &no_limits};
    int rc = copy_value(&k, lua_absindex(from, idx), to, 0);
    if (why)
        *why = k.why ? k.why : "";
    return rc;
}
