// SPDX-License-Identifier: Apache-2.0
// claims: a short list; a handful of jobs run at once.
#include "store/claims.h"

#include <stdlib.h>
#include <string.h>

struct claims {
    pthread_mutex_t lock;
    struct buf ids;
};

struct claims *claims_new(void)
{
    struct claims *c = mem_zalloc(1, sizeof(*c));
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void claims_free(struct claims *c)
{
    if (!c)
        return;
    pthread_mutex_destroy(&c->lock);
    buf_release(&c->ids);
    free(c);
}

/* Offset, or the end. Under the lock. */
static size_t find(const struct claims *c, const uint8_t id[ROWKEY_TIME])
{
    size_t at = 0;
    while (at < c->ids.n && memcmp(c->ids.p + at, id, ROWKEY_TIME))
        at += ROWKEY_TIME;
    return at;
}

bool claims_take(struct claims *c, const uint8_t id[ROWKEY_TIME])
{
    pthread_mutex_lock(&c->lock);
    bool is_free = find(c, id) == c->ids.n;
    if (is_free)
        buf_append(&c->ids, str_of(id, ROWKEY_TIME));
    pthread_mutex_unlock(&c->lock);
    return is_free;
}

void claims_give(struct claims *c, const uint8_t id[ROWKEY_TIME])
{
    pthread_mutex_lock(&c->lock);
    size_t at = find(c, id);
    if (at < c->ids.n) {
        c->ids.n -= ROWKEY_TIME;
        memmove(c->ids.p + at, c->ids.p + c->ids.n, ROWKEY_TIME);
    }
    pthread_mutex_unlock(&c->lock);
}

void claims_give_all(struct claims *c, str ids)
{
    for (size_t at = 0; at + ROWKEY_TIME <= ids.n; at += ROWKEY_TIME)
        claims_give(c, (const uint8_t *)ids.p + at);
}
