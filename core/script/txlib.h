// SPDX-License-Identifier: Apache-2.0
// txlib: the tx that a transaction body gets.
#ifndef CORE_SCRIPT_TXLIB_H
#define CORE_SCRIPT_TXLIB_H

#include <lua.h>

#include "core/base/base.h"

struct store_tx;

/* The userdata; good while the body runs. */
struct txlib {
    struct store_tx *tx; /* NULL: the body has ended */
    bool enqueued;       /* a job row was written */
};

/* Creates the type. [-0, +0] */
void txlib_open(lua_State *L);
/* A handle without transaction. [-0, +1] */
void txlib_new(lua_State *L);
/* The tx at argument 1; raises when it is none, or its body has ended. */
struct txlib *txlib_check(lua_State *L);
/* Pushes the row that store_get left in host.out: 0 found, 1 nil; raises negative codes. [-0, +1]
 */
int txlib_push_row(lua_State *L, int rc, str table);
/* The list of values at idx as JSON in host.scratch; empty for nil; raises. */
str txlib_values(lua_State *L, int idx);
/* The plain value at idx as JSON in host.out, members in order; raises. */
str txlib_json(lua_State *L, int idx);

#endif
