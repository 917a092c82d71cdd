// SPDX-License-Identifier: Apache-2.0
// template_run: loads the compiled templates of a generation and renders them into one buffer.
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "core/base/codec.h"
#include "core/script/htmlctx.h"
#include "core/script/lib.h"
#include "core/script/state.h"
#include "core/script/template.h"

struct template
{
    str name; /* "case/form" */
    struct template_code code;
    int function; /* registry reference */
    const struct template *layout;
};

struct template_set {
    struct template **list; /* sorted by name */
    size_t count;
    struct buf *out; /* while rendering */
    int depth;
};

enum { INCLUDE_DEPTH = 16 };

static const char safe_mark; /* registry key of the metatable of safe values */

static const char *const helpers[] = {
    "ipairs", "pairs", "select", "type", "tostring", "tonumber", "string", "table", "math", "utf8"};

static struct template *find(const struct template_set *set, str name)
{
    size_t lo = 0, hi = set->count;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int d = str_cmp(set->list[mid]->name, name);
        if (d == 0)
            return set->list[mid];
        if (d < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

void template_push_safe(lua_State *L, str html)
{
    lua_createtable(L, 1, 0);
    lib_push_str(L, html);
    lua_rawseti(L, -2, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &safe_mark);
    lua_setmetatable(L, -2);
}

static bool is_safe(lua_State *L, int idx)
{
    if (!lua_getmetatable(L, idx))
        return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &safe_mark);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

static int safe(lua_State *L)
{
    template_push_safe(L, lib_check_str(L, 1));
    return 1;
}

/* Whether a value may stand as a link: relative, or with a scheme that runs nothing. */
static bool is_plain_url(str s)
{
    size_t n = 0;
    while (n < s.n && !strchr(":/?#", s.p[n]))
        n++;
    if (n == s.n || s.p[n] != ':')
        return true;
    str scheme = str_slice(s, 0, n);
    return str_eq_nocase(scheme, STR("https")) || str_eq_nocase(scheme, STR("http")) ||
           str_eq_nocase(scheme, STR("mailto")) || str_eq_nocase(scheme, STR("tel"));
}

static void put_text(lua_State *L, struct buf *out, str s, int escape)
{
    if (escape == ESCAPE_URL && !is_plain_url(s))
        luaL_error(L, "a link with this scheme is not allowed");
    codec_html(out, s);
}

static void put_value(lua_State *L, struct buf *out, int idx, int escape)
{
    size_t n;
    switch (lua_type(L, idx)) {
    case LUA_TNIL:
        return;
    case LUA_TBOOLEAN:
        if (!lua_toboolean(L, idx))
            return;
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, idx)) {
            buf_append_i64(out, lua_tointeger(L, idx));
            return;
        }
        /* fall through */
    case LUA_TSTRING: {
        const char *p = lua_tolstring(L, idx, &n);
        put_text(L, out, str_of(p, n), escape);
        return;
    }
    case LUA_TTABLE:
        if (escape == ESCAPE_TEXT && is_safe(L, idx)) {
            lua_rawgeti(L, idx, 1);
            const char *p = lua_tolstring(L, -1, &n);
            buf_append(out, str_of(p, n));
            lua_pop(L, 1);
            return;
        }
        break;
    default:
        break;
    }
    luaL_error(L, "a %s cannot be written into a page", luaL_typename(L, idx));
}

/* o(run, value …): the static pieces of the run with the values between them */
static int write_run(lua_State *L)
{
    const struct template *t = lua_touserdata(L, lua_upvalueindex(1));
    struct buf *out = generation_of(L)->templates->out;
    size_t run = (size_t)lua_tointegerx(L, 1, NULL);
    if (!out || run >= t->code.run_count)
        return luaL_error(L, "templates are rendered by html.render or a response only");
    const struct template_piece *p = &t->code.pieces[t->code.runs[run]];
    for (int arg = 2;; p++, arg++) {
        buf_append(out, p->text);
        if (p->escape == ESCAPE_REFUSED)
            return 0;
        put_value(L, out, arg, p->escape);
    }
}

/* content() in a layout; upvalues: function of the page, its data */
static int content(lua_State *L)
{
    lua_settop(L, 0);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_call(L, 1, 0);
    return 0;
}

/* Calls a template's function with the data at idx; a layout gets the content as its second
 * argument. */
static void call(lua_State *L, struct template_set *set, const struct template *t, int idx)
{
    luaL_checkstack(L, 8, NULL);
    if (++set->depth > INCLUDE_DEPTH)
        luaL_error(L, "templates include each other too deeply");
    const struct template *outer = t->layout ? t->layout : t;
    lua_rawgeti(L, LUA_REGISTRYINDEX, outer->function);
    lua_pushvalue(L, idx);
    if (t->layout) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, t->function);
        lua_pushvalue(L, idx);
        lua_pushcclosure(L, content, 2);
    } else {
        lua_pushnil(L);
    }
    lua_call(L, 2, 0);
    set->depth--;
}

/* include(name, data) */
static int include(lua_State *L)
{
    struct template_set *set = generation_of(L)->templates;
    const struct template *t = find(set, lib_check_str(L, 1));
    if (!t)
        return luaL_error(L, "there is no template view/%s.html", lua_tostring(L, 1));
    lua_settop(L, 2);
    luaL_checktype(L, 2, LUA_TTABLE);
    call(L, set, t, 2);
    return 0;
}

void template_render(lua_State *L, str name, int idx, struct buf *out)
{
    struct template_set *set = generation_of(L)->templates;
    struct buf *outer = set->out;
    if (outer == out)
        luaL_error(L, "html.render cannot be called inside a template; use include");
    int depth = set->depth;
    idx = lua_absindex(L, idx);
    lua_pushcfunction(L, include);
    lib_push_str(L, name);
    lua_pushvalue(L, idx);
    set->out = out;
    set->depth = 0;
    int status = lua_pcall(L, 2, 0, 0);
    set->out = outer;
    set->depth = depth;
    if (status)
        lua_error(L);
}

/* The arguments of the chunk: what is not a field of the data. [-0, +16] */
static int push_helpers(lua_State *L, struct template *t, int html)
{
    luaL_checkstack(L, 24, NULL);
    lua_pushlightuserdata(L, t);
    lua_pushcclosure(L, write_run, 1);
    lua_pushcfunction(L, include);
    lua_pushcfunction(L, safe);
    lua_getfield(L, html, "asset");
    lua_getfield(L, html, "helpers");
    for (size_t i = 0; i < countof(helpers); i++)
        lua_getglobal(L, helpers[i]);
    return 5 + (int)countof(helpers);
}

static const str tests_prefix = {"tests/view/", 11};

static bool is_template(const struct source *s)
{
    bool placed = str_starts(s->name, STR("view/")) || str_starts(s->name, tests_prefix);
    return placed && str_ends(s->name, STR(".html"));
}

/* "view/case/form.html" is "case/form", "tests/view/x.html" is "tests/x". */
static str template_name(str file, struct arena *arena)
{
    file.n -= 5;
    if (!str_starts(file, tests_prefix))
        return str_slice(file, 5, file.n);
    return arena_printf(arena, "tests/%.*s", STR_ARG(str_slice(file, tests_prefix.n, file.n)));
}

static void load_one(
    lua_State *L, struct generation *g, const struct source *file, struct template *t, int html)
{
    struct err err = {0};
    if (template_compile(file->text, &g->arena, &t->code, &err))
        luaL_error(L, "%s:%s: %s", file->name.p, err.where, err.message);
    t->name = template_name(file->name, &g->arena);
    lua_pushfstring(L, "=%s", file->name.p);
    if (luaL_loadbufferx(L, t->code.lua.p, t->code.lua.n, lua_tostring(L, -1), "t"))
        lua_error(L);
    int argc = push_helpers(L, t, html);
    lua_call(L, argc, 1);
    t->function = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pop(L, 1);
}

static void link_layouts(lua_State *L, struct template_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        struct template *t = set->list[i];
        if (!t->code.layout.n)
            continue;
        t->layout = find(set, t->code.layout);
        if (!t->layout || t->layout->code.layout.n)
            luaL_error(L,
                "view/%s.html:1: layout view/%s.html does not exist or has a layout itself",
                arena_str(&generation_of(L)->arena, t->name).p, t->code.layout.p);
    }
}

static int by_name(const void *a, const void *b)
{
    const struct template *const *x = a, *const *y = b;
    return str_cmp((*x)->name, (*y)->name);
}

void template_load(lua_State *L, struct generation *g)
{
    struct template_set *set = arena_zalloc(&g->arena, 1, sizeof(*set));
    set->list = arena_zalloc(&g->arena, g->sources.count + 1, sizeof(*set->list));
    g->templates = set;
    lua_createtable(L, 0, 2);
    lua_pushliteral(L, "safe html");
    lua_setfield(L, -2, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &safe_mark);
    lua_getglobal(L, "html");
    int html = lua_gettop(L);
    for (size_t i = 0; i < g->sources.count; i++)
        if (is_template(&g->sources.files[i])) {
            struct template *t = arena_zalloc(&g->arena, 1, sizeof(*t));
            set->list[set->count++] = t;
            load_one(L, g, &g->sources.files[i], t, html);
        }
    qsort(set->list, set->count, sizeof(*set->list), by_name);
    link_layouts(L, set);
    lua_pop(L, 1);
}
