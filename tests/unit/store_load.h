// SPDX-License-Identifier: Apache-2.0
// store_load: random transactions on several threads; each acknowledged one is a line of JSON on
// standard output.
#ifndef TESTS_UNIT_STORE_LOAD_H
#define TESTS_UNIT_STORE_LOAD_H

#include "store/store.h"

/* `count` transactions on each thread (negative: endless); 0, or an exit status. `seed` also makes
 * the names of the transactions. */
int store_load(struct store *store, int threads, long count, uint64_t seed);

#endif
