// SPDX-License-Identifier: Apache-2.0
// cursors: one cursor for each database that a write transaction touches, opened when first needed.
// Keys that are larger than the last one are appended, which keeps pages full.
#ifndef STORE_CURSORS_H
#define STORE_CURSORS_H

#include "store/env.h"

enum { CURSORS_KEY_MAX = 511 };

struct cursor {
    MDB_cursor *mdb;
    bool knows_last;
    size_t last_n; /* 0: the database is empty */
    char last[CURSORS_KEY_MAX];
};

/* Zero-initialise, then set env and count. */
struct cursors {
    const struct env *env;
    MDB_txn *txn;
    size_t count; /* slots */
    struct cursor *list;
};

void cursors_init(struct cursors *c, const struct env *e, size_t slots);
void cursors_release(struct cursors *c);
/* Serves a new write transaction; the cursors of the one before ended with it. */
void cursors_begin(struct cursors *c, MDB_txn *txn);
/* LMDB's cursor; E_… of opening. */
must_use int cursors_at(struct cursors *c, unsigned slot, MDB_cursor **out);
/* Value borrowed until the next write; 1 if absent. */
must_use int cursors_get(struct cursors *c, unsigned slot, str key, str *value);
must_use int cursors_put(struct cursors *c, unsigned slot, str key, str value);
/* Room of n bytes under a key, to be filled before the next call. */
must_use int cursors_reserve(struct cursors *c, unsigned slot, str key, size_t n, char **room);
/* 1 if absent. */
must_use int cursors_delete(struct cursors *c, unsigned slot, str key);

/* First step of a walk of [lower, upper): the smallest, or descending the largest; 1 if there is
 * none. `upper` empty: no end. The borders are not checked at the far side. */
must_use int cursor_first(
    MDB_cursor *cursor, str lower, str upper, bool descending, MDB_val *key, MDB_val *value);
/* Whether a key is within the borders. */
bool cursor_is_within(str key, str lower, str upper);

#endif
