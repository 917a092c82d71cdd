// SPDX-License-Identifier: Apache-2.0
// batch: one write transaction for several members. The writer's thread only.
//
// A member is looked at (its read set) before any of its writes is applied, so a conflict leaves
// nothing behind; any other failure spoils the whole batch, which is then dropped.
#ifndef STORE_BATCH_H
#define STORE_BATCH_H

#include "store/chain.h"
#include "store/fold.h"
#include "store/lease.h"

struct store;
struct store_tx;

/* Fields are private but commit and chains at open. */
struct batch {
    struct store *store;
    MDB_txn *txn;
    struct cursors cursors;
    struct fold fold;
    struct chains *chains;
    uint64_t commit; /* number of the newest commit on disk */
    uint32_t epoch;  /* the newest one on disk */
    bool new_epoch;  /* this batch begins one */
    int64_t time_ms;
    bool dirty;
};

void batch_init(struct batch *b, struct store *s);
void batch_release(struct batch *b);

must_use int batch_begin(struct batch *b);
/* 0, E_CONFLICT (the batch goes on), or a failure that spoils the batch. */
must_use int batch_member(struct batch *b, struct store_tx *tx);
/* Leases, epoch, counters, the commit's number; then to disk. Ends the batch in any case. */
must_use int batch_commit(struct batch *b);
void batch_abort(struct batch *b);

#endif
