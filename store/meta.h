// SPDX-License-Identifier: Apache-2.0
// meta: the database `meta`: format, newest commit, epoch, schema, and the secrets under the
// wrapping key. See store/README.md.
#ifndef STORE_META_H
#define STORE_META_H

#include "store/env.h"
#include "store/keys.h"

/* The entries in clear. Strs are valid until the snapshot ends. */
struct meta {
    uint64_t commit;
    uint32_t epoch;
    str schema; /* canonical JSON */
    uint8_t store[16];
    uint8_t head_public[32];
};

/* 1 if there is no store in it yet (or its making was cut short), E_UNSUPPORTED another format,
 * E_CORRUPT. */
must_use int meta_read(const struct env *e, MDB_txn *txn, struct meta *out, struct err *err);
/* Checks that the seal key is the store's, then unwraps the secrets into keys. E_DENIED another
 * key, E_CORRUPT damage. */
must_use int meta_unlock(const struct env *e, MDB_txn *txn, struct keys *keys, struct err *err);

/* Writing inside a write transaction; LMDB's failures as E_…. */
must_use int meta_put_commit(const struct env *e, MDB_txn *txn, uint64_t commit);
must_use int meta_put_epoch(const struct env *e, MDB_txn *txn, uint32_t epoch);
must_use int meta_put_schema(const struct env *e, MDB_txn *txn, str json);
/* Wraps the secrets in keys (an epoch has begun), the check value beside them, and the public key.
 */
must_use int meta_put_secrets(const struct env *e, MDB_txn *txn, struct keys *keys);
/* A new store's identity; last of all, `format` makes it one. */
must_use int meta_put_new(const struct env *e, MDB_txn *txn, const uint8_t store[16]);

#endif
