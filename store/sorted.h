// SPDX-License-Identifier: Apache-2.0
// sorted: a list of things that have a database and a key, in their order. The things live
// elsewhere.
#ifndef STORE_SORTED_H
#define STORE_SORTED_H

#include "core/base/base.h"

/* First member of what is listed. */
struct keyed {
    unsigned slot; /* of env_dbi */
    str key;
};

/* Zero-initialised is a valid empty list. Fields may be read. */
struct sorted {
    struct keyed **list;
    size_t n;
    size_t cap;
};

void sorted_release(struct sorted *s);
/* Forgets the content, keeps the memory. */
static inline void sorted_clear(struct sorted *s)
{
    s->n = 0;
}
/* Position of the first one that is not before (slot, key). */
size_t sorted_place(const struct sorted *s, unsigned slot, str key);
/* Or NULL. */
struct keyed *sorted_find(const struct sorted *s, unsigned slot, str key);
/* Puts it where it belongs; none is equal. */
void sorted_insert(struct sorted *s, struct keyed *k);

#endif
