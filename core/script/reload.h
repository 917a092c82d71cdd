// SPDX-License-Identifier: Apache-2.0
// reload: builds generations on the pool and swaps them.
#ifndef CORE_SCRIPT_RELOAD_H
#define CORE_SCRIPT_RELOAD_H

#include "core/base/base.h"

struct generation;
struct script;

struct reload *reload_new(struct script *s);
/* Nothing may be building. */
void reload_free(struct reload *r);
bool reload_is_building(const struct reload *r);
/* Puts a generation in service; takes it. */
void reload_swap(struct script *s, struct generation *g);

#endif
