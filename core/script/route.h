// SPDX-License-Identifier: Apache-2.0
// route: the routes of a generation, from http.route to the router of core/http.
#ifndef CORE_SCRIPT_ROUTE_H
#define CORE_SCRIPT_ROUTE_H

#include "core/base/base.h"

struct generation;

/* Builds the router from what main.lua declared; E_SCRIPT with the pattern when two collide. */
must_use int route_build(struct generation *g, struct err *err);
void route_release(struct generation *g);

#endif
