// SPDX-License-Identifier: Apache-2.0
// sorted: binary search; what comes in order is put at the end without looking.
#include "store/sorted.h"

#include <stdlib.h>
#include <string.h>

void sorted_release(struct sorted *s)
{
    free(s->list);
    *s = (struct sorted){0};
}

static bool is_before(const struct keyed *a, unsigned slot, str key)
{
    if (a->slot != slot)
        return a->slot < slot;
    return str_cmp(a->key, key) < 0;
}

size_t sorted_place(const struct sorted *s, unsigned slot, str key)
{
    size_t low = 0, high = s->n;
    if (high && is_before(s->list[high - 1], slot, key))
        return high;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (is_before(s->list[middle], slot, key))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct keyed *sorted_find(const struct sorted *s, unsigned slot, str key)
{
    size_t at = sorted_place(s, slot, key);
    if (at == s->n || s->list[at]->slot != slot || !str_eq(s->list[at]->key, key))
        return NULL;
    return s->list[at];
}

void sorted_insert(struct sorted *s, struct keyed *k)
{
    size_t at = sorted_place(s, k->slot, k->key);
    if (s->n == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 32;
        s->list = mem_realloc(s->list, s->cap * sizeof(struct keyed *));
    }
    memmove(&s->list[at + 1], &s->list[at], (s->n - at) * sizeof(struct keyed *));
    s->list[at] = k;
    s->n++;
}
