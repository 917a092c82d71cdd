// SPDX-License-Identifier: Apache-2.0
// globals: the global names of system code: an allow-list of the standard library and our modules,
// frozen.
#ifndef CORE_SCRIPT_GLOBALS_H
#define CORE_SCRIPT_GLOBALS_H

#include <lauxlib.h>
#include <lua.h>

/* Opens the allowed standard library and leaves the table of global names, still open for
 * additions. [-0, +1] */
void globals_open(lua_State *L);
/* Makes the table on top the globals: reading or assigning an undeclared name raises with file and
 * line. [-1, +0] */
void globals_freeze(lua_State *L);

#endif
