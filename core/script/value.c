// SPDX-License-Identifier: Apache-2.0
// value: Lua tables to JSON text and back, and between states.
#include "core/script/value.h"

#include <math.h>
#include <string.h>

#include <lauxlib.h>

#include "core/script/walk.h"

enum { SORT_MAX = 4096 };

static const char array_mark; /* its address is the registry key of the array metatable */

static const struct value_limits no_limits = {0};

void value_open(lua_State *L)
{
    lua_createtable(L, 0, 1);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &array_mark);
}

void value_mark_array(lua_State *L, int idx)
{
    idx = lua_absindex(L, idx);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &array_mark);
    lua_setmetatable(L, idx);
}

bool value_is_array(lua_State *L, int idx)
{
    if (!lua_getmetatable(L, idx))
        return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &array_mark);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

static int write_value(struct walk *k, int idx, int depth);

static int write_array(struct walk *k, int idx, int depth)
{
    lua_State *L = k->L;
    lua_Integer n = (lua_Integer)lua_rawlen(L, idx);
    json_begin_array(&k->w);
    for (lua_Integer i = 1; i <= n; i++) {
        if (lua_rawgeti(L, idx, i) == LUA_TNIL) {
            lua_pop(L, 1);
            return walk_fail(k, E_INVALID, "an array has holes");
        }
        int rc = write_value(k, lua_gettop(L), depth + 1);
        lua_pop(L, 1);
        if (rc)
            return rc;
    }
    json_end_array(&k->w);
    return 0;
}

/* The name at -2, the value at -1; pops the value. */
static int write_member(struct walk *k, int depth)
{
    lua_State *L = k->L;
    int top = lua_gettop(L);
    int rc = 0;
    if (lua_type(L, top - 1) != LUA_TSTRING) {
        rc = walk_fail(k, E_INVALID, "an object has a name that is no string");
    } else {
        str name = walk_str(L, top - 1);
        k->bytes += name.n;
        rc = walk_text(k, name);
        if (!rc) {
            json_key(&k->w, name);
            rc = write_value(k, top, depth + 1);
        }
    }
    lua_settop(L, top - 1);
    return rc;
}

static int write_object(struct walk *k, int idx, int depth)
{
    json_begin_object(&k->w);
    lua_pushnil(k->L);
    while (lua_next(k->L, idx)) {
        int rc = write_member(k, depth);
        if (rc) {
            lua_pop(k->L, 1);
            return rc;
        }
    }
    json_end_object(&k->w);
    return 0;
}

static void sift(str *a, size_t root, size_t n)
{
    for (size_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && str_cmp(a[child], a[child + 1]) < 0)
            child++;
        if (str_cmp(a[root], a[child]) >= 0)
            return;
        str t = a[root];
        a[root] = a[child];
        a[child] = t;
    }
}

static void sort_names(str *a, size_t n)
{
    for (size_t i = n / 2; i-- > 0;)
        sift(a, i, n);
    for (size_t end = n; end-- > 1;) {
        str t = a[0];
        a[0] = a[end];
        a[end] = t;
        sift(a, 0, end);
    }
}

static int read_names(struct walk *k, int idx, str *names, size_t *n)
{
    lua_State *L = k->L;
    lua_pushnil(L);
    while (lua_next(L, idx)) {
        lua_pop(L, 1);
        const char *why = lua_type(L, -1) != LUA_TSTRING ? "an object has a name that is no string"
                          : *n == SORT_MAX               ? "too many values"
                                                         : NULL;
        if (why) {
            lua_pop(L, 1);
            return walk_fail(k, E_INVALID, why);
        }
        names[(*n)++] = walk_str(L, -1);
    }
    return 0;
}

static size_t count_members(lua_State *L, int idx)
{
    size_t n = 0;
    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1))
        n++;
    return n;
}

/* The names live as long as the table holds them; the array of them is a userdata, safe across
 * memory errors. */
static int write_sorted(struct walk *k, int idx, int depth)
{
    lua_State *L = k->L;
    size_t n = 0, members = count_members(L, idx);
    str *names = lua_newuserdatauv(L, (members + 1) * sizeof(*names), 0);
    int rc = read_names(k, idx, names, &n);
    sort_names(names, n);
    json_begin_object(&k->w);
    for (size_t i = 0; !rc && i < n; i++) {
        lua_pushlstring(L, names[i].p, names[i].n);
        lua_pushvalue(L, -1);
        lua_rawget(L, idx);
        rc = write_member(k, depth);
        lua_pop(L, 1);
    }
    json_end_object(&k->w);
    lua_pop(L, 1);
    return rc;
}

static int write_table(struct walk *k, int idx, int depth)
{
    int s = walk_shape(k, idx);
    if (s < 0)
        return s;
    if (s)
        return write_array(k, idx, depth);
    return k->sorted ? write_sorted(k, idx, depth) : write_object(k, idx, depth);
}

static int write_number(struct walk *k, int idx)
{
    if (lua_isinteger(k->L, idx)) {
        json_put_int(&k->w, lua_tointegerx(k->L, idx, NULL));
        return 0;
    }
    double d = lua_tonumberx(k->L, idx, NULL);
    if (!isfinite(d))
        return walk_fail(k, E_INVALID, "a number is not finite");
    json_put_real(&k->w, d);
    return 0;
}

static int write_foreign(struct walk *k, int type)
{
    if (!k->limits->skip_foreign || type != LUA_TFUNCTION)
        return walk_fail(k, E_INVALID, "a value is no plain data");
    json_put_bool(&k->w, true);
    return 0;
}

static int write_string(struct walk *k, int idx)
{
    str s = walk_str(k->L, idx);
    int rc = walk_string(k, s);
    if (!rc)
        json_put_str(&k->w, s);
    return rc;
}

static int write_value(struct walk *k, int idx, int depth)
{
    int rc = walk_count(k, 8, depth);
    if (rc)
        return rc;
    int type = lua_type(k->L, idx);
    switch (type) {
    case LUA_TNIL:
        json_put_null(&k->w);
        return 0;
    case LUA_TBOOLEAN:
        json_put_bool(&k->w, lua_toboolean(k->L, idx));
        return 0;
    case LUA_TNUMBER:
        return write_number(k, idx);
    case LUA_TSTRING:
        return write_string(k, idx);
    case LUA_TTABLE:
        return write_table(k, idx, depth);
    case LUA_TLIGHTUSERDATA:
        if (!lua_touserdata(k->L, idx)) {
            json_put_null(&k->w);
            return 0;
        }
        break;
    default:
        break;
    }
    return write_foreign(k, type);
}

int value_to_json(lua_State *L, int idx, bool sorted, const struct value_limits *limits,
    struct buf *out, const char **why)
{
    struct walk k = {
        .L = L, .limits = limits ? limits : &no_limits, .sorted = sorted, .w = {.out = out}};
    int rc = write_value(&k, lua_absindex(L, idx), 0);
    if (why)
        *why = k.why ? k.why : "";
    return rc;
}
