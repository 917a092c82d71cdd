// SPDX-License-Identifier: Apache-2.0
// env: the LMDB environment of one directory: lock, databases, size of the map, errors translated.
// Knows names of databases and bytes; nothing of sealing or rows.
#ifndef STORE_ENV_H
#define STORE_ENV_H

#include <lmdb.h>

#include "core/base/base.h"
#include "store/schema.h"

/* Databases that every store has, before those of the schema. */
enum env_slot {
    ENV_META,
    ENV_COUNTERS,
    ENV_SEQUENCES,
    ENV_OUTBOX,
    ENV_DEAD,
    ENV_FIXED /* schema slot i is database ENV_FIXED + i */
};

struct env_opts {
    const char *dir;
    uint64_t map_size;
    uint64_t map_limit;
    bool read_only; /* opens what is there, takes no directory lock, creates nothing */
};

struct env;

/* Opens or creates DIR, DIR/rows, DIR/blobs; takes DIR/lock. E_BUSY, E_DENIED, E_CORRUPT (a file
 * that is shorter than it says) … with a sentence. */
must_use int env_open(struct env **out, const struct env_opts *opts, struct err *err);
void env_close(struct env *e);
const char *env_dir(const struct env *e);
MDB_env *env_mdb(const struct env *e);

/* Opens the databases of a schema; `create` makes missing ones inside txn, else they stay absent.
 */
must_use int env_open_schema(
    struct env *e, MDB_txn *txn, const struct schema *s, bool create, struct err *err);
/* A database by slot: ENV_META … or ENV_FIXED + slot of a schema entry. */
MDB_dbi env_dbi(const struct env *e, unsigned slot);

/* Read snapshots from a pool (MDB_NOTLS). Any thread; env_read_end gives it back. */
must_use int env_read_begin(struct env *e, MDB_txn **out);
void env_read_end(struct env *e, MDB_txn *txn);
/* Number of snapshots out now. */
unsigned env_readers(const struct env *e);
/* Doubles the map up to its limit; waits for the snapshots that are out, E_BUSY if they stay.
 * Writer's thread, outside a write transaction. E_MAP_FULL at the limit. */
must_use int env_grow(struct env *e);
/* After a commit: makes the file as long as its newest page says, so that a shorter file is always
 * a damaged one (pages that were freed before they were written leave it shorter). */
void env_fill(struct env *e);
/* Bytes in use and reserved. Any thread. */
void env_sizes(struct env *e, uint64_t *used, uint64_t *map);

/* An LMDB code (positive ones are errno) as one of ours; 0 stays 0, MDB_NOTFOUND is 1. */
int env_err(int mdb_code);

static inline MDB_val env_val(str s)
{
    return (MDB_val){s.n, (void *)(uintptr_t)s.p};
}

static inline str env_str(MDB_val v)
{
    return str_of(v.mv_data, v.mv_size);
}

#endif
