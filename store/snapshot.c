// SPDX-License-Identifier: Apache-2.0
// snapshot: a list of the open ones. Order of locks: the list's, then a snapshot's.
#include "store/snapshot.h"

#include <stdlib.h>

#include "core/base/clock.h"

struct snapshots {
    struct env *env;
    pthread_mutex_t lock;
    struct list open;
    uint64_t expired;
};

struct snapshots *snapshots_new(struct env *e)
{
    struct snapshots *all = mem_zalloc(1, sizeof(*all));
    all->env = e;
    list_init(&all->open);
    pthread_mutex_init(&all->lock, NULL);
    return all;
}

void snapshots_free(struct snapshots *all)
{
    if (!all)
        return;
    pthread_mutex_destroy(&all->lock);
    free(all);
}

/* Under both locks. */
static void expire(struct snapshots *all, struct snapshot *s)
{
    list_remove(&s->node);
    env_read_end(all->env, s->txn);
    s->txn = NULL;
    s->status = E_TIMEOUT;
    all->expired++;
}

void snapshots_expire(struct snapshots *all)
{
    uint64_t now = clock_mono_ms();
    pthread_mutex_lock(&all->lock);
    list_each(it, &all->open)
    {
        struct snapshot *s = container_of(it, struct snapshot, node);
        if (pthread_mutex_trylock(&s->lock))
            continue; /* its owner reads this very moment and will see for itself */
        if (s->until < now)
            expire(all, s);
        pthread_mutex_unlock(&s->lock);
    }
    pthread_mutex_unlock(&all->lock);
}

void snapshots_read_stats(
    struct snapshots *all, uint64_t *expired, uint64_t *open, uint64_t *oldest_ms)
{
    uint64_t now = clock_mono_ms(), oldest = now;
    pthread_mutex_lock(&all->lock);
    *open = 0;
    list_each(it, &all->open)
    {
        const struct snapshot *s = container_of(it, struct snapshot, node);
        ++*open;
        if (s->since < oldest)
            oldest = s->since;
    }
    *expired = all->expired;
    *oldest_ms = now - oldest;
    pthread_mutex_unlock(&all->lock);
}

void snapshot_init(struct snapshot *s)
{
    *s = (struct snapshot){.status = E_CLOSED};
    list_init(&s->node);
    pthread_mutex_init(&s->lock, NULL);
}

void snapshot_release(struct snapshot *s)
{
    pthread_mutex_destroy(&s->lock);
}

void snapshot_open(struct snapshots *all, struct snapshot *s, int ms)
{
    MDB_txn *txn = NULL;
    int status = env_read_begin(all->env, &txn);
    uint64_t now = clock_mono_ms();
    pthread_mutex_lock(&all->lock);
    pthread_mutex_lock(&s->lock);
    s->txn = txn;
    s->status = status;
    s->since = now;
    s->until = now + (uint64_t)ms;
    if (!status)
        list_push(&all->open, &s->node);
    pthread_mutex_unlock(&s->lock);
    pthread_mutex_unlock(&all->lock);
}

void snapshot_extend(struct snapshot *s, int ms)
{
    pthread_mutex_lock(&s->lock);
    s->until = s->since + (uint64_t)ms;
    pthread_mutex_unlock(&s->lock);
}

void snapshot_close(struct snapshots *all, struct snapshot *s)
{
    pthread_mutex_lock(&all->lock);
    pthread_mutex_lock(&s->lock);
    MDB_txn *txn = s->txn;
    list_remove(&s->node);
    s->txn = NULL;
    if (!s->status)
        s->status = E_CLOSED;
    pthread_mutex_unlock(&s->lock);
    pthread_mutex_unlock(&all->lock);
    if (txn)
        env_read_end(all->env, txn);
}

int snapshot_enter(struct snapshots *all, struct snapshot *s, MDB_txn **txn)
{
    pthread_mutex_lock(&s->lock);
    int status = s->txn && s->until < clock_mono_ms() ? E_TIMEOUT : s->status;
    if (!status) {
        *txn = s->txn;
        return 0;
    }
    pthread_mutex_unlock(&s->lock);
    if (status == E_TIMEOUT)
        snapshots_expire(all);
    return status;
}

void snapshot_leave(struct snapshot *s)
{
    pthread_mutex_unlock(&s->lock);
}
