// SPDX-License-Identifier: Apache-2.0
// sandbox: the global names of business rules: an allow-list in which every C function is bounded
// in time and memory, shows no addresses and reaches nothing outside. No metatables, coroutines,
// pcall, load, clock or randomness.
#ifndef CORE_SCRIPT_SANDBOX_H
#define CORE_SCRIPT_SANDBOX_H

#include <lua.h>

#include "core/base/base.h"

enum {
    SANDBOX_STRING_MAX = 64 << 10,
    SANDBOX_RANGE_MAX = 10000,
    SANDBOX_SORT_MAX = 1000,
    SANDBOX_LOG_LINES = 50
};

/* Leaves the frozen table of names as the globals of a fresh state. `use` may be NULL. [-0, +0] */
void sandbox_open(lua_State *L, lua_CFunction use);
/* The string functions; sandbox.c's other half. Pushes the table. [-0, +1] */
void sandbox_push_string(lua_State *L);
void sandbox_push_table(lua_State *L);
/* Puts an empty read-only table before the one on top; system code's modules too. [-1, +1] */
void sandbox_freeze(lua_State *L);

#endif
