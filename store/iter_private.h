// SPDX-License-Identifier: Apache-2.0
// iter_private: a range walk, for iter.c, range.c and words.c.
#ifndef STORE_ITER_PRIVATE_H
#define STORE_ITER_PRIVATE_H

#include "store/walk.h"

struct words;

struct store_iter {
    struct store_tx *tx;
    struct place place;
    const struct schema_index *index; /* NULL: by primary key */
    bool keys_only;
    struct walk walk;
    struct words *words; /* a search; else NULL */
    struct buf key;      /* results, as text */
    struct buf json;
    struct buf position;
};

/* range.c: sets the walk's borders for everything but a search. E_INVALID with the reason. */
must_use int range_borders(struct store_iter *it, const struct store_range *r, struct err *err);
/* Moves the borders behind a position: `head` is what stands before it in a key (empty: nothing).
 */
must_use int range_after(struct walk *w, str head, str position, struct err *err);

/* words.c: a search. */
must_use int words_start(struct store_iter *it, const struct store_range *r, struct err *err);
void words_free(struct words *w);
/* The next match's row key in bytes, its row in it->json (not with keys_only). 1 at the end. */
must_use int words_next(struct store_iter *it, str *row_key);
bool words_has_more(const struct words *w);

#endif
