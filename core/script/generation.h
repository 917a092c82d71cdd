// SPDX-License-Identifier: Apache-2.0
// generation: one lua_State with all system code, its routes, jobs and templates. Built aside, put
// in service by one pointer, kept alive by the tasks that run in it. Scripts hold no state:
// everything here can be built anew.
#ifndef CORE_SCRIPT_GENERATION_H
#define CORE_SCRIPT_GENERATION_H

#include <lua.h>

#include "core/base/base.h"

struct generation;
struct script;
struct script_opts;

/* Reads the scripts folder and runs main.lua. Touches nothing but its own memory: runs on any
 * thread. The result has one reference. On failure err says what, and where as "file:line". */
must_use int generation_build(const struct script_opts *opts, struct script *script,
    struct generation **out, struct err *err);
struct generation *generation_ref(struct generation *g);
/* Closes the state with the last reference. */
void generation_unref(struct generation *g);

#endif
