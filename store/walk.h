// SPDX-License-Identifier: Apache-2.0
// walk: keys of one database between two borders, the snapshot's and the transaction's own writes
// in one order. Joins the read set as a range.
#ifndef STORE_WALK_H
#define STORE_WALK_H

#include "store/tx_private.h"

/* Fields are private. */
struct walk {
    struct store_tx *tx;
    unsigned slot;
    struct buf lower; /* first key that belongs to it */
    struct buf upper; /* first key that does not; empty: no end */
    bool descending;
    MDB_cursor *cursor; /* opened by the first step */
    bool ended;         /* nothing more in the snapshot */
    bool waiting;       /* key and value below are not given yet */
    MDB_val key;
    MDB_val value;
    struct buf last; /* what was given last; empty: nothing yet */
    struct range *range;
    const struct place *place; /* set: rows are unsealed into json */
    struct buf json;
};

/* One step's result: borrowed until the next step. */
struct walk_item {
    str key;
    const struct write *own; /* the transaction's own write, or NULL */
};

/* Prepares; set lower, upper and descending before the first step. */
void walk_init(struct walk *w, struct store_tx *tx, unsigned slot);
void walk_release(struct walk *w);
/* 0 with an item, 1 at the end. */
must_use int walk_next(struct walk *w, struct walk_item *out);
/* Sets the borders around all keys that begin so. */
void walk_prefix(struct walk *w, str prefix);
/* Makes the smallest key of this length or longer that is behind all keys beginning with b; empty
 * if there is none. */
void walk_successor(struct buf *b);

#endif
