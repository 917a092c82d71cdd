// SPDX-License-Identifier: Apache-2.0
// tally: a hash table with open addressing; keys live in an arena.
#include "store/tally.h"

#include <stdlib.h>

#include "core/base/arena.h"

struct slot {
    str key; /* p NULL: empty */
    int64_t n;
};

struct tally {
    struct arena arena;
    struct slot *slots;
    size_t cap; /* a power of two */
    size_t used;
};

struct tally *tally_new(void)
{
    struct tally *t = mem_zalloc(1, sizeof(*t));
    t->cap = 1024;
    t->slots = mem_zalloc(t->cap, sizeof(*t->slots));
    return t;
}

void tally_free(struct tally *t)
{
    if (!t)
        return;
    arena_release(&t->arena);
    free(t->slots);
    free(t);
}

static struct slot *find(struct slot *slots, size_t cap, str key)
{
    size_t at = (size_t)str_hash(key) & (cap - 1);
    while (slots[at].key.p && !str_eq(slots[at].key, key))
        at = (at + 1) & (cap - 1);
    return &slots[at];
}

static void grow(struct tally *t)
{
    size_t cap = t->cap * 2;
    struct slot *slots = mem_zalloc(cap, sizeof(*slots));
    for (size_t i = 0; i < t->cap; i++)
        if (t->slots[i].key.p)
            *find(slots, cap, t->slots[i].key) = t->slots[i];
    free(t->slots);
    t->slots = slots;
    t->cap = cap;
}

void tally_add(struct tally *t, str key, int64_t n)
{
    struct slot *slot = find(t->slots, t->cap, key);
    if (!slot->key.p) {
        slot->key = arena_str(&t->arena, key);
        t->used++;
    }
    slot->n += n;
    if (t->used * 2 > t->cap)
        grow(t);
}

int64_t tally_get(const struct tally *t, str key)
{
    return find(t->slots, t->cap, key)->n;
}

int tally_each(const struct tally *t, tally_fn *fn, void *arg)
{
    for (size_t i = 0; i < t->cap; i++) {
        int rc = t->slots[i].key.p ? fn(arg, t->slots[i].key, t->slots[i].n) : 0;
        if (rc)
            return rc;
    }
    return 0;
}
