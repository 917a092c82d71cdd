// SPDX-License-Identifier: Apache-2.0
// readset: remembering and looking again.
#include "store/readset.h"

#include <string.h>

#include "core/base/codec.h"
#include "store/cursors.h"

struct seen_key {
    struct keyed at;
    uint64_t state;
};

void readset_release(struct readset *r)
{
    sorted_release(&r->keys);
}

void readset_clear(struct readset *r)
{
    sorted_clear(&r->keys);
    r->ranges = NULL;
}

uint64_t readset_state(str value)
{
    return value.n < 8 ? READ_BARE : codec_get_be64((const uint8_t *)value.p);
}

bool readset_add(struct readset *r, struct arena *arena, unsigned slot, str key, uint64_t state)
{
    if (sorted_find(&r->keys, slot, key))
        return false;
    struct seen_key *seen = arena_alloc(arena, sizeof(*seen));
    *seen = (struct seen_key){{slot, arena_str(arena, key)}, state};
    sorted_insert(&r->keys, &seen->at);
    return true;
}

struct range *readset_range(struct readset *r, struct arena *arena, const struct range *like)
{
    struct range *range = arena_zalloc(arena, 1, sizeof(*range));
    range->slot = like->slot;
    range->lower = arena_str(arena, like->lower);
    range->upper = arena_str(arena, like->upper);
    range->descending = like->descending;
    hash_init(&range->seen);
    range->next = r->ranges;
    r->ranges = range;
    return range;
}

static void digest_entry(struct hash *h, str key, str value)
{
    uint8_t head[10] = {(uint8_t)(key.n >> 8), (uint8_t)(key.n & 0xff)};
    codec_put_be64(head + 2, readset_state(value));
    hash_update(h, str_of(head, sizeof(head)));
    hash_update(h, key);
}

void range_saw(struct range *range, str key, str value)
{
    digest_entry(&range->seen, key, value);
    range->count++;
}

static int check_key(const struct seen_key *seen, struct cursors *cursors)
{
    str value;
    int rc = cursors_get(cursors, seen->at.slot, seen->at.key, &value);
    if (rc < 0)
        return rc;
    uint64_t now = rc ? READ_ABSENT : readset_state(value);
    return now == seen->state ? 0 : E_CONFLICT;
}

/* Walks as far as the transaction did; E_CONFLICT if there are fewer entries, or more behind an
 * end. */
static int walk_again(const struct range *range, MDB_cursor *cursor, struct hash *now)
{
    MDB_val key, value;
    for (size_t i = 0; i < range->count + range->ended; i++) {
        int rc =
            i ? env_err(
                    mdb_cursor_get(cursor, &key, &value, range->descending ? MDB_PREV : MDB_NEXT))
              : cursor_first(cursor, range->lower, range->upper, range->descending, &key, &value);
        if (rc < 0)
            return rc;
        bool more = !rc && cursor_is_within(env_str(key), range->lower, range->upper);
        if (more != (i < range->count))
            return E_CONFLICT;
        if (more)
            digest_entry(now, env_str(key), env_str(value));
    }
    return 0;
}

static int check_range(const struct range *range, struct cursors *cursors)
{
    MDB_cursor *cursor;
    struct hash now, before = range->seen;
    uint8_t a[HASH_SIZE], b[HASH_SIZE];
    int rc = cursors_at(cursors, range->slot, &cursor);
    hash_init(&now);
    if (!rc)
        rc = walk_again(range, cursor, &now);
    if (rc)
        return rc;
    hash_final(&now, a);
    hash_final(&before, b);
    return memcmp(a, b, sizeof(a)) ? E_CONFLICT : 0;
}

int readset_check(const struct readset *r, struct cursors *cursors)
{
    int rc = 0;
    for (size_t i = 0; i < r->keys.n && !rc; i++)
        rc = check_key(container_of(r->keys.list[i], struct seen_key, at), cursors);
    for (const struct range *range = r->ranges; range && !rc; range = range->next)
        rc = check_range(range, cursors);
    return rc;
}
