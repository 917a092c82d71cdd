// SPDX-License-Identifier: Apache-2.0
// lease: two blocks for each sequence: one in use, one behind it.
#include "store/lease.h"

#include <pthread.h>
#include <stdlib.h>

#include "core/base/codec.h"

struct block {
    int64_t next;
    int64_t end; /* next == end: used up */
};

struct lease {
    struct block now;
    struct block then;   /* comes after it */
    struct block coming; /* in the writer's open transaction */
    bool wanted;
};

struct leases {
    const struct schema *schema;
    pthread_mutex_t lock;
    struct lease *list;
};

struct leases *leases_new(const struct schema *s)
{
    struct leases *l = mem_zalloc(1, sizeof(*l));
    l->schema = s;
    l->list = mem_zalloc(s->sequence_count + 1, sizeof(*l->list));
    pthread_mutex_init(&l->lock, NULL);
    return l;
}

void leases_free(struct leases *l)
{
    if (!l)
        return;
    pthread_mutex_destroy(&l->lock);
    free(l->list);
    free(l);
}

static bool is_empty(const struct block *b)
{
    return b->next == b->end;
}

/* Under the lock: asks once, when half of the only block is used. */
static bool ask(struct lease *l)
{
    bool low = is_empty(&l->then) && l->now.end - l->now.next <= LEASE_BLOCK / 2;
    if (!low || l->wanted)
        return false;
    l->wanted = true;
    return true;
}

int leases_next(struct leases *l, size_t sequence, int64_t *out, bool *want)
{
    struct lease *lease = &l->list[sequence];
    int rc = 0;
    pthread_mutex_lock(&l->lock);
    if (is_empty(&lease->now)) {
        lease->now = lease->then;
        lease->then = (struct block){0, 0};
    }
    if (is_empty(&lease->now))
        rc = E_BUSY;
    else
        *out = lease->now.next++;
    *want = ask(lease) || rc;
    pthread_mutex_unlock(&l->lock);
    return rc;
}

bool leases_are_wanted(struct leases *l)
{
    bool any = false;
    pthread_mutex_lock(&l->lock);
    for (size_t i = 0; i < l->schema->sequence_count; i++)
        any = any || l->list[i].wanted;
    pthread_mutex_unlock(&l->lock);
    return any;
}

static int write_one(const struct schema_sequence *q, struct lease *lease, struct cursors *c)
{
    str value;
    uint8_t bytes[8];
    int64_t first = q->first;
    int rc = cursors_get(c, ENV_SEQUENCES, q->name, &value);
    if (!rc && value.n == 8)
        first = (int64_t)codec_get_be64((const uint8_t *)value.p);
    if (rc < 0 || (!rc && (value.n != 8 || first < q->first)))
        return rc < 0 ? rc : E_CORRUPT;
    if (first > INT64_MAX - LEASE_BLOCK)
        return E_TOO_BIG;
    codec_put_be64(bytes, (uint64_t)first + LEASE_BLOCK);
    rc = cursors_put(c, ENV_SEQUENCES, q->name, str_of(bytes, sizeof(bytes)));
    if (!rc)
        lease->coming = (struct block){first, first + LEASE_BLOCK};
    return rc;
}

int leases_write(struct leases *l, struct cursors *c, bool all)
{
    int rc = 0;
    pthread_mutex_lock(&l->lock);
    for (size_t i = 0; i < l->schema->sequence_count && !rc; i++)
        if (all || l->list[i].wanted)
            rc = write_one(&l->schema->sequences[i], &l->list[i], c);
    pthread_mutex_unlock(&l->lock);
    return rc;
}

void leases_commit(struct leases *l)
{
    pthread_mutex_lock(&l->lock);
    for (size_t i = 0; i < l->schema->sequence_count; i++) {
        struct lease *lease = &l->list[i];
        if (is_empty(&lease->coming))
            continue;
        *(is_empty(&lease->now) ? &lease->now : &lease->then) = lease->coming;
        lease->coming = (struct block){0, 0};
        lease->wanted = false;
    }
    pthread_mutex_unlock(&l->lock);
}

void leases_abort(struct leases *l)
{
    pthread_mutex_lock(&l->lock);
    for (size_t i = 0; i < l->schema->sequence_count; i++)
        l->list[i].coming = (struct block){0, 0};
    pthread_mutex_unlock(&l->lock);
}
