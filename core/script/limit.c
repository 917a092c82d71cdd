// SPDX-License-Identifier: Apache-2.0
// limit: each bucket is one number, the moment when it will be full again (the virtual scheduling
// form of a leaky bucket).
#include "core/script/limit.h"

#include <stdlib.h>
#include <string.h>

#include "core/crypto/hash.h"
#include "core/crypto/token.h"

enum { WAYS = 8 };

struct bucket {
    uint64_t key;     /* 0: free */
    uint64_t full_ms; /* when it is full again; in the past: full */
};

struct limit_table {
    struct hash_key secret;
    size_t mask; /* sets - 1 */
    struct bucket (*sets)[WAYS];
};

struct limit_table *limit_new(size_t buckets)
{
    struct limit_table *t = mem_zalloc(1, sizeof(*t));
    uint8_t secret[32];
    size_t sets = 1;
    while (sets * WAYS < buckets)
        sets *= 2;
    token_random(secret, sizeof(secret));
    hash_key_init(&t->secret, str_of(secret, sizeof(secret)));
    mem_wipe(secret, sizeof(secret));
    t->mask = sets - 1;
    t->sets = mem_zalloc(sets, sizeof(*t->sets));
    return t;
}

void limit_free(struct limit_table *t)
{
    if (!t)
        return;
    free(t->sets);
    free(t);
}

/* Keyed, so that nobody can choose keys that meet in one set. */
static uint64_t hash_of(const struct limit_table *t, str name, str key)
{
    uint8_t mac[HASH_SIZE], inner[HASH_SIZE];
    uint64_t h;
    hash_key_mac(&t->secret, name, inner);
    hash_key_mac2(&t->secret, str_of(inner, sizeof(inner)), key, mac);
    memcpy(&h, mac, sizeof(h));
    return h ? h : 1;
}

/* The bucket of the key, or the one that is full first, made anew. */
static struct bucket *find(struct limit_table *t, uint64_t h, uint64_t now_ms)
{
    struct bucket *set = t->sets[h & t->mask], *least = set;
    for (int i = 0; i < WAYS; i++) {
        if (set[i].key == h)
            return &set[i];
        if (set[i].full_ms < least->full_ms)
            least = &set[i];
    }
    *least = (struct bucket){h, now_ms};
    return least;
}

int64_t limit_take(
    struct limit_table *t, str name, str key, int64_t burst, int64_t every_ms, uint64_t now_ms)
{
    struct bucket *b = find(t, hash_of(t, name, key), now_ms);
    uint64_t from = b->full_ms > now_ms ? b->full_ms : now_ms;
    uint64_t full = from + (uint64_t)every_ms, latest = now_ms + (uint64_t)(burst * every_ms);
    if (full > latest)
        return (int64_t)(full - latest);
    b->full_ms = full;
    return 0;
}
