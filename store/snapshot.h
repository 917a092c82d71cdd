// SPDX-License-Identifier: Apache-2.0
// snapshot: read snapshots with an age limit. A snapshot that is too old is taken away even from an
// owner who does nothing with it, because as long as it lives no page is used again. Owner and
// watchdog meet at the snapshot's own lock: bytes of the map are touched between enter and leave
// only.
#ifndef STORE_SNAPSHOT_H
#define STORE_SNAPSHOT_H

#include <pthread.h>

#include "core/base/list.h"
#include "store/env.h"

struct snapshots;

/* Fields are private. */
struct snapshot {
    struct list node;
    pthread_mutex_t lock;
    MDB_txn *txn;   /* NULL: none, see status */
    uint64_t since; /* clock_mono_ms */
    uint64_t until;
    int status; /* why there is none */
};

struct snapshots *snapshots_new(struct env *e);
/* None may be open. NULL is fine. */
void snapshots_free(struct snapshots *all);
/* Ends those whose time is over. Any thread. */
void snapshots_expire(struct snapshots *all);
/* How many were ended by age so far, how many are open, age of the oldest. */
void snapshots_read_stats(
    struct snapshots *all, uint64_t *expired, uint64_t *open, uint64_t *oldest_ms);

void snapshot_init(struct snapshot *s);
void snapshot_release(struct snapshot *s);
/* Takes the newest state for `ms`. A failure shows when entering. */
void snapshot_open(struct snapshots *all, struct snapshot *s, int ms);
void snapshot_extend(struct snapshot *s, int ms);
/* Closing twice is fine. */
void snapshot_close(struct snapshots *all, struct snapshot *s);
/* Holds the snapshot for reading: 0, or E_TIMEOUT when it is gone, or why it could not be had. */
must_use int snapshot_enter(struct snapshots *all, struct snapshot *s, MDB_txn **txn);
void snapshot_leave(struct snapshot *s);

#endif
