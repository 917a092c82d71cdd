// SPDX-License-Identifier: Apache-2.0
// fold: sums of a whole commit, so that each counter is written once.
#ifndef STORE_FOLD_H
#define STORE_FOLD_H

#include "core/base/arena.h"
#include "store/cursors.h"

struct sum;

/* Zero-initialised is a valid empty one. Fields are private. */
struct fold {
    struct arena arena;
    struct sum **table; /* open addressing */
    size_t cap;
    struct sum **list;
    size_t n;
    size_t list_cap;
};

void fold_release(struct fold *f);
void fold_clear(struct fold *f);
void fold_add(struct fold *f, unsigned slot, str key, int64_t n);
/* Adds every sum to what stands there; at 0 the entry goes. */
must_use int fold_write(struct fold *f, struct cursors *c);

#endif
