// SPDX-License-Identifier: Apache-2.0
// route: declarations and the router built from them.
#include "core/script/route.h"

#include <lauxlib.h>

#include "core/script/error.h"
#include "core/script/generation.h"
#include "core/script/lib.h"
#include "core/script/state.h"
#include "core/script/web.h"

static const char *const body_names[] = {"none", "memory", "form", "multipart", "stream", NULL};
static const enum body_kind body_kinds[] = {
    BODY_NONE, BODY_MEMORY, BODY_FORM, BODY_MULTIPART, BODY_STREAM};

static const struct {
    const char *name;
    unsigned flag;
} flags[] = {
    {"api", ROUTE_API},
    {"no_store", ROUTE_NO_STORE},
    {"plain", ROUTE_PLAIN},
    {"quiet", ROUTE_QUIET},
    {"staff", ROUTE_STAFF},
    {"webhook", ROUTE_WEBHOOK},
};

static unsigned read_flags(lua_State *L)
{
    unsigned all = 0;
    for (size_t i = 0; i < countof(flags); i++) {
        lua_getfield(L, 3, flags[i].name);
        if (lua_toboolean(L, -1))
            all |= flags[i].flag;
        lua_pop(L, 1);
    }
    return all;
}

static enum body_kind default_body(enum http_method method, unsigned route_flags)
{
    if (method == HTTP_GET || method == HTTP_DELETE)
        return BODY_NONE;
    return route_flags & (ROUTE_API | ROUTE_WEBHOOK) ? BODY_MEMORY : BODY_FORM;
}

static void read_options(lua_State *L, struct route *r)
{
    if (lua_isnoneornil(L, 3)) {
        r->body = default_body(r->method, 0);
        return;
    }
    luaL_checktype(L, 3, LUA_TTABLE);
    r->flags = read_flags(L);
    r->body = default_body(r->method, r->flags);
    if (lua_getfield(L, 3, "body") != LUA_TNIL)
        r->body = body_kinds[luaL_checkoption(L, -1, NULL, body_names)];
    lua_getfield(L, 3, "limit");
    lua_Integer limit = luaL_optinteger(L, -1, 0);
    luaL_argcheck(L, limit >= 0 && limit <= (1 << 30), 3, "limit");
    r->body_limit = (size_t)limit;
    lua_pop(L, lua_gettop(L) - 3);
}

struct route_def *route_declare(lua_State *L, enum http_method method)
{
    struct generation *g = generation_of(L);
    if (!g->loading)
        error_raise(L, E_UNSUPPORTED, "routes are declared while scripts are being loaded only");
    str pattern = lib_check_str(L, 1);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 3);
    if (!g->routes)
        g->routes = arena_zalloc(&g->arena, ROUTES_MAX, sizeof(*g->routes));
    if (g->route_count == ROUTES_MAX)
        luaL_error(L, "too many routes");
    struct route_def *d = &g->routes[g->route_count];
    *d =
        (struct route_def){.gen = g, .route = {.method = method, .handler = web_handle, .data = d}};
    read_options(L, &d->route);
    d->route.pattern = arena_str(&g->arena, pattern);
    luaL_where(L, 1);
    d->where = arena_str(&g->arena, lib_check_str(L, -1));
    lua_pushvalue(L, 2);
    d->handler = luaL_ref(L, LUA_REGISTRYINDEX);
    d->recheck = LUA_NOREF;
    g->route_count++;
    return d;
}

static void hold(void *owner)
{
    generation_ref(owner);
}

static void drop(void *owner)
{
    generation_unref(owner);
}

int route_build(struct generation *g, struct err *err)
{
    g->router = router_new(hold, drop, g);
    for (size_t i = 0; i < g->route_count; i++) {
        int rc = router_add(g->router, &g->routes[i].route, err);
        if (!rc)
            continue;
        str where = g->routes[i].where; /* "main.lua:3: " */
        err_at(err, "%.*s", (int)(where.n > 2 ? where.n - 2 : 0), where.p);
        return rc;
    }
    return 0;
}

void route_release(struct generation *g)
{
    if (g->router)
        router_free(g->router);
}
