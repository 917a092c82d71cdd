// SPDX-License-Identifier: Apache-2.0
// fold: a hash table of sums, written in the order of their keys.
#include "store/fold.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/codec.h"
#include "store/sorted.h"

struct sum {
    struct keyed at;
    int64_t n;
};

void fold_release(struct fold *f)
{
    arena_release(&f->arena);
    free(f->table);
    free(f->list);
    *f = (struct fold){0};
}

void fold_clear(struct fold *f)
{
    if (!f->n)
        return;
    arena_clear(&f->arena);
    memset(f->table, 0, f->cap * sizeof(struct sum *));
    f->n = 0;
}

static size_t place(const struct fold *f, unsigned slot, str key)
{
    size_t at = (size_t)(str_hash(key) + slot) & (f->cap - 1);
    while (f->table[at] && (f->table[at]->at.slot != slot || !str_eq(f->table[at]->at.key, key)))
        at = (at + 1) & (f->cap - 1);
    return at;
}

static void grow(struct fold *f)
{
    free(f->table);
    f->cap = f->cap ? f->cap * 2 : 256;
    f->table = mem_zalloc(f->cap, sizeof(struct sum *));
    for (size_t i = 0; i < f->n; i++)
        f->table[place(f, f->list[i]->at.slot, f->list[i]->at.key)] = f->list[i];
}

static void push(struct fold *f, struct sum *s)
{
    if (f->n == f->list_cap) {
        f->list_cap = f->list_cap ? f->list_cap * 2 : 128;
        f->list = mem_realloc(f->list, f->list_cap * sizeof(struct sum *));
    }
    f->list[f->n++] = s;
}

void fold_add(struct fold *f, unsigned slot, str key, int64_t n)
{
    if (f->n * 2 >= f->cap)
        grow(f);
    size_t at = place(f, slot, key);
    struct sum *s = f->table[at];
    if (!s) {
        s = f->table[at] = arena_alloc(&f->arena, sizeof(*s));
        *s = (struct sum){{slot, arena_str(&f->arena, key)}, 0};
        push(f, s);
    }
    s->n = (int64_t)((uint64_t)s->n + (uint64_t)n);
}

static int by_key(const void *a, const void *b)
{
    const struct keyed *x = &(*(struct sum *const *)a)->at, *y = &(*(struct sum *const *)b)->at;
    if (x->slot != y->slot)
        return x->slot < y->slot ? -1 : 1;
    return str_cmp(x->key, y->key);
}

static int write_sum(const struct sum *s, struct cursors *c)
{
    str value;
    uint8_t bytes[8];
    uint64_t before = 0;
    if (!s->n)
        return 0;
    int rc = cursors_get(c, s->at.slot, s->at.key, &value);
    if (rc < 0)
        return rc;
    if (!rc && value.n != 8)
        return E_CORRUPT;
    if (!rc)
        before = codec_get_be64((const uint8_t *)value.p);
    uint64_t after = before + (uint64_t)s->n;
    if (!after)
        return rc ? 0 : cursors_delete(c, s->at.slot, s->at.key);
    codec_put_be64(bytes, after);
    return cursors_put(c, s->at.slot, s->at.key, str_of(bytes, sizeof(bytes)));
}

int fold_write(struct fold *f, struct cursors *c)
{
    int rc = 0;
    if (f->n)
        qsort(f->list, f->n, sizeof(struct sum *), by_key);
    for (size_t i = 0; i < f->n && !rc; i++)
        rc = write_sum(f->list[i], c);
    return rc;
}
