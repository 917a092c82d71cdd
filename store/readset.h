// SPDX-License-Identifier: Apache-2.0
// readset: what a transaction has seen of its snapshot: keys with the commit numbers of their
// values, and ranges with a digest of what stood in them. The writer looks again before it applies
// anything.
#ifndef STORE_READSET_H
#define STORE_READSET_H

#include <lmdb.h>

#include "core/base/arena.h"
#include "core/crypto/hash.h"
#include "store/sorted.h"

struct cursors;

/* What stands at a key: READ_ABSENT, READ_BARE (no value: an index entry), or a commit number. */
enum { READ_ABSENT = 0 };
#define READ_BARE UINT64_MAX

/* A range as far as it was walked. */
struct range {
    struct range *next;
    unsigned slot;
    str lower; /* first key that belongs to it */
    str upper; /* first key that does not; empty: no end */
    bool descending;
    bool ended;       /* the walk saw that there is nothing more */
    size_t count;     /* entries seen */
    struct hash seen; /* of their keys and commit numbers, in order */
};

/* Zero-initialised is a valid empty set. Everything it points to lives in the transaction's arena.
 */
struct readset {
    struct sorted keys;
    struct range *ranges;
};

void readset_release(struct readset *r);
void readset_clear(struct readset *r);
/* State of a value as it stands in the map. */
uint64_t readset_state(str value);
/* Remembers what was at a key; the first answer stays, it is the same snapshot. False: it is known
 * already. */
bool readset_add(struct readset *r, struct arena *arena, unsigned slot, str key, uint64_t state);
/* Begins a range; the strs are copied. */
struct range *readset_range(struct readset *r, struct arena *arena, const struct range *like);
/* One more entry of it. */
void range_saw(struct range *range, str key, str value);

/* 0 if everything is still so, E_CONFLICT, or a failure of LMDB. */
must_use int readset_check(const struct readset *r, struct cursors *cursors);

#endif
