// SPDX-License-Identifier: Apache-2.0
// route: the routes of a generation: declared with http.get and its sisters while main.lua runs,
// then built into a router of core/http whose handlers start tasks.
#ifndef CORE_SCRIPT_ROUTE_H
#define CORE_SCRIPT_ROUTE_H

#include <lua.h>

#include "core/http/router.h"

struct generation;

/* One declaration; lives in the generation's arena. */
struct route_def {
    struct route route;
    struct generation *gen;
    int handler; /* registry reference */
    int recheck; /* of an event route: registry reference, or LUA_NOREF */
    str where;   /* "file:line" of the declaration */
};

enum { ROUTES_MAX = 2000 };

/* Adds the declaration (pattern, handler, options) on the stack at 1, 2, 3; raises. The declaration
 * may be changed until the router is built. [-0, +0] */
struct route_def *route_declare(lua_State *L, enum http_method method);
/* Builds the router; E_INVALID or E_EXISTS with the place of the declaration. */
must_use int route_build(struct generation *g, struct err *err);
void route_release(struct generation *g);

#endif
