// SPDX-License-Identifier: Apache-2.0
// store: sealed rows, indexes, counters, logs, sequences and an outbox in one LMDB environment,
// written by one group-committing thread.
//
// Owns the data directory (one process at a time), the sealing keys derived from seal.key, the
// writer thread and the pool of snapshots. Does not know Lua, the loop or sockets: it wakes its
// owner through a callback and hands completions over in store_poll. Transactions: store/tx.h;
// blobs: store/blob.h; logs: store/log.h; maintenance and the command line: store/admin.h. The
// layout on disk and the schema: store/README.md.
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "core/base/arena.h"
#include "core/base/buf.h"

struct store;

enum {
    STORE_SEAL_KEY_SIZE = 32,
    STORE_READS_MAX = 4096,  /* of one transaction: rows and index entries */
    STORE_WRITES_MAX = 1024, /* of one transaction: put, delete, add, append, enqueue */
    STORE_RUNS_MAX = 8,      /* of one body; the ninth is refused with E_BUSY */
    STORE_KEY_TEXT = 26,     /* characters of a generated key */
    STORE_TEXT_KEY_MAX = 128 /* bytes of a key the caller chooses */
};

/* Zero means the default. */
struct store_opts {
    const char *dir;         /* the data directory, on a local file system; made if missing */
    const uint8_t *seal_key; /* 32 bytes, borrowed for the call */
    str schema;              /* JSON, see store/README.md; borrowed for the call; empty: the stored
                                one */
    uint64_t map_size;       /* bytes reserved at open; default 64 GiB (sparse) */
    uint64_t map_limit;      /* the map grows up to this when full; default 1 TiB */
    int snapshot_ms; /* a transaction or iterator older than this is dropped; default 1000 */
    int queue_limit; /* members waiting for the writer, over it E_BUSY; default 8192 */
    void (*wake)(void *arg); /* called on the writer thread: store_poll has work; may be NULL */
    void *wake_arg;
    bool check_bodies; /* the owner runs every body twice: see store_tx_rerun */
    bool read_only;    /* for checking: no writer, no commit at open */
};

struct store_stats {
    uint64_t commits;      /* LMDB commits */
    uint64_t members;      /* transactions committed */
    uint64_t conflicts;    /* members answered with E_CONFLICT */
    uint64_t failed;       /* members answered with any other error */
    uint64_t expired;      /* snapshots dropped by age */
    uint64_t batch_last;   /* members of the last commit */
    uint64_t batch_most;   /* most members of one commit */
    uint64_t sync_us_last; /* microseconds of the last commit's write and sync */
    uint64_t sync_us_most; /* slowest */
    uint64_t used_bytes;   /* of the map */
    uint64_t map_bytes;    /* size of the map */
    uint64_t readers;      /* snapshots open now */
    uint64_t reader_ms;    /* age of the oldest of them (backup not counted) */
    uint64_t queued;       /* members waiting */
    uint64_t backup_ms;    /* age of the running backup; 0: none runs */
    bool read_only;        /* an I/O error at commit was seen: nothing is written until a restart */
};

/* Opens or creates the store: takes the directory's lock, clears stale readers, checks the schema
 * against the stored one, starts a new key epoch and the writer. E_BUSY another process has it,
 * E_DENIED wrong seal key, E_CONFIG the schema changed by more than added tables (run `store
 * migrate`), E_INVALID a bad schema; err says it for people. Takes the same time at any size. */
must_use int store_open(struct store **out, const struct store_opts *opts, struct err *err);

/* Commits what is queued, delivers the completions, ends the writer, frees everything. Transactions
 * must be ended, iterators closed. NULL is fine. */
void store_close(struct store *s);

/* Delivers finished transactions on the calling (owner's) thread; returns how many. */
int store_poll(struct store *s);

/* Waits up to `ms` for something to deliver (for tests and tools without a loop), then store_poll.
 */
int store_poll_wait(struct store *s, int ms);

/* Filled at the moment of the call; any thread. */
void store_read_stats(struct store *s, struct store_stats *out);

/* Hourly: clears readers of dead processes, signs the heads of the logs (commits; waits). Runs on a
 * pool thread. */
must_use int store_hourly(struct store *s, struct err *err);

/* The schema as canonical JSON; valid as long as the store. */
str store_schema(const struct store *s);

/* 64 hexadecimal digits: a new random data key, to stand in a case's or account's row. */
void store_data_key(struct buf *out);

#endif
