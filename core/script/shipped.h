// SPDX-License-Identifier: Apache-2.0
// shipped: the business rules that a release brings, scripts/business, as a bundle like any other.
#ifndef CORE_SCRIPT_SHIPPED_H
#define CORE_SCRIPT_SHIPPED_H

#include <lua.h>

/* bundle.shipped() -> hash: SHA-256 over names and texts of all *.lua below scripts/business of the
 * running generation, in order. The bundle is added when it is unknown. [-0, +1] */
int shipped_push(lua_State *L);

#endif
