// SPDX-License-Identifier: Apache-2.0
// check_index: every entry belongs to a row, counts of pairs are right, unique ones are unique.
#include <string.h>

#include "store/check.h"

enum { PAIR = 8, PART_MAX = ENTRY_HEAD_MAX };

struct walk {
    const struct schema_table *table;
    const struct schema_index *index;
    uint64_t entries;
    uint8_t pair[PAIR]; /* the one at hand, of a words index */
    bool has_pair;
    uint64_t stored; /* its count as stored, and as walked */
    uint64_t walked;
    uint8_t part[PART_MAX]; /* of the entry before, in front of its row key */
    size_t part_size;
};

static void found_entry(struct check *c, const struct walk *w, str entry, const char *what)
{
    struct buf hex = {0};
    codec_hex(&hex, entry);
    check_found(c, what, "%.*s %.*s", STR_ARG(w->index->database), STR_ARG(buf_str(&hex)));
    buf_release(&hex);
}

static int is_it(void *arg, str entry)
{
    const str *looked_for = arg;
    return str_eq(entry, *looked_for) ? 1 : 0;
}

/* The slow way, only when the numbers differ. */
static int check_stray(struct check *c, struct walk *w, str entry)
{
    const struct json *row;
    size_t head;
    int rc = entry_head(w->index, entry, &head);
    if (!rc)
        rc = check_row(c, w->table, str_slice(entry, head, entry.n), &row);
    if (!rc &&
        entry_each(c->store, w->index, str_slice(entry, head, entry.n), row, is_it, &entry) != 1)
        rc = 1;
    if (rc == 1 || rc == E_CORRUPT) {
        found_entry(c, w, entry, "belongs to no row");
        rc = 0;
    }
    arena_clear(&c->arena);
    return rc;
}

static void end_pair(struct check *c, struct walk *w)
{
    if (w->has_pair && w->stored != w->walked)
        found_entry(c, w, str_of(w->pair, PAIR), "counts wrongly");
    w->has_pair = false;
}

/* Entries of a pair stand right behind its count. */
static void count_pair(struct check *c, struct walk *w, str key, str value)
{
    if (!w->has_pair || memcmp(w->pair, key.p, PAIR) != 0) {
        end_pair(c, w);
        memcpy(w->pair, key.p, PAIR);
        w->has_pair = true;
        w->stored = w->walked = 0;
    }
    if (key.n == PAIR)
        w->stored = value.n == 8 ? codec_get_be64((const uint8_t *)value.p) : UINT64_MAX;
    else
        w->walked++;
}

static void check_unique(struct check *c, struct walk *w, str entry)
{
    size_t head;
    if (entry_head(w->index, entry, &head) || head > PART_MAX)
        return;
    if (w->part_size == head && memcmp(w->part, entry.p, head) == 0)
        found_entry(c, w, entry, "is there twice");
    memcpy(w->part, entry.p, head);
    w->part_size = head;
}

static int check_one(struct check *c, void *arg, str key, str value)
{
    struct walk *w = arg;
    bool words = w->index->kind == SCHEMA_WORDS;
    if (words && key.n >= PAIR)
        count_pair(c, w, key, value);
    if (words && key.n == PAIR)
        return 0;
    w->entries++;
    if (value.n)
        found_entry(c, w, key, "has a value");
    if (w->index->unique)
        check_unique(c, w, key);
    return 0;
}

static int look_at_strays(struct check *c, void *arg, str key, str value)
{
    struct walk *w = arg;
    (void)value;
    return w->index->kind == SCHEMA_WORDS && key.n == PAIR ? 0 : check_stray(c, w, key);
}

int check_index(struct check *c, const struct schema_table *table, const struct schema_index *index,
    uint64_t expected)
{
    struct walk w = {.table = table, .index = index};
    MDB_dbi dbi = env_dbi(c->env, ENV_FIXED + index->slot);
    int rc = check_each(c, dbi, index->database, check_one, &w);
    if (rc)
        return rc;
    end_pair(c, &w);
    c->totals->index_entries += w.entries;
    return w.entries == expected ? 0 : check_each(c, dbi, index->database, look_at_strays, &w);
}
