// SPDX-License-Identifier: Apache-2.0
// address: a hash table of counters.
#include "core/http/address.h"

#include <stdlib.h>
#include <string.h>

#include "core/crypto/token.h"

struct address {
    struct address *next;
    uint8_t group[16];
    unsigned count;
};

void addresses_init(struct addresses *a)
{
    *a = (struct addresses){0};
    token_random(a->key, sizeof(a->key));
}

static struct address **place_of(struct addresses *a, const uint8_t group[16])
{
    uint64_t words[2];
    memcpy(words, group, sizeof(words));
    uint64_t h = (words[0] ^ a->key[0]) * 0x9e3779b97f4a7c15u;
    h = (h ^ h >> 29 ^ words[1] ^ a->key[1]) * 0xbf58476d1ce4e5b9u;
    struct address **at = &a->hashes[(h ^ h >> 32) % ADDRESS_HASHES];
    while (*at && memcmp((*at)->group, group, 16) != 0)
        at = &(*at)->next;
    return at;
}

struct address *addresses_take(struct addresses *a, const uint8_t group[16], unsigned limit)
{
    struct address **at = place_of(a, group);
    if (!*at) {
        *at = mem_zalloc(1, sizeof(**at));
        memcpy((*at)->group, group, 16);
    }
    if ((*at)->count >= limit)
        return NULL;
    (*at)->count++;
    return *at;
}

void addresses_give(struct addresses *a, struct address *one)
{
    if (!one || --one->count)
        return;
    struct address **at = place_of(a, one->group);
    *at = one->next;
    free(one);
}
