// SPDX-License-Identifier: Apache-2.0
// limit: token buckets in a table of fixed size: how often something may happen for one key. Guards
// against floods only; what guards a secret is a row of the store.
//
// A full bucket says nothing and needs no place. When the places for a key are taken, the bucket
// that has the least to say is forgotten, so that a flood of keys cannot free the one it is after.
// Keys are kept as keyed hashes. Knows neither Lua nor clocks.
#ifndef CORE_SCRIPT_LIMIT_H
#define CORE_SCRIPT_LIMIT_H

#include "core/base/base.h"

struct limit_table;

/* Room for at least `buckets`. */
struct limit_table *limit_new(size_t buckets);
/* NULL is fine. */
void limit_free(struct limit_table *t);
/* Takes one token from the bucket of (name, key), which holds `burst` and gains one each
 * `every_ms`. Returns 0 when there was one, else the milliseconds until there will be. */
int64_t limit_take(
    struct limit_table *t, str name, str key, int64_t burst, int64_t every_ms, uint64_t now_ms);

#endif
