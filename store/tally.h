// SPDX-License-Identifier: Apache-2.0
// tally: numbers under keys, in memory: what counters should be. Keys are bytes.
#ifndef STORE_TALLY_H
#define STORE_TALLY_H

#include "core/base/base.h"

struct tally;

struct tally *tally_new(void);
/* NULL is fine. */
void tally_free(struct tally *t);
void tally_add(struct tally *t, str key, int64_t n);
/* 0 for a key that was never added. */
int64_t tally_get(const struct tally *t, str key);
/* Calls fn for each key in no order, until it returns another value than 0, which is returned. */
typedef int tally_fn(void *arg, str key, int64_t n);
int tally_each(const struct tally *t, tally_fn *fn, void *arg);

#endif
