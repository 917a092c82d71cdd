// SPDX-License-Identifier: Apache-2.0
// build: writes rows and what follows from them straight into an LMDB transaction, for maintenance
// of a store that nobody else writes. No read sets, no queue.
#ifndef STORE_BUILD_H
#define STORE_BUILD_H

#include <lmdb.h>

#include "core/base/json.h"
#include "store/store_private.h"

enum { BUILD_DEPTH = 64 }; /* of a row's JSON */

must_use int build_open(MDB_txn *txn, str name, bool create, MDB_dbi *out);
must_use int build_put(MDB_txn *txn, MDB_dbi dbi, str key, str value);
/* Calls fn for each entry of a database. */
typedef int build_fn(void *arg, str key, str value);
must_use int build_each(MDB_txn *txn, MDB_dbi dbi, build_fn *fn, void *arg);

/* Adds a row's entries to an index and keeps its counts of pairs. E_EXISTS if the index is unique
 * and another row has the same. The keys are `s`'s. */
must_use int build_entries(const struct store *s, MDB_txn *txn, MDB_dbi dbi,
    const struct schema_index *index, str row_key, const struct json *row);
/* Adds one to what the row counts as. */
must_use int build_count(
    MDB_txn *txn, MDB_dbi counters, const struct schema_counter *counter, const struct json *row);

/* Unseals and parses a stored row into the arena; E_CORRUPT. */
must_use int build_read(struct keys *keys, str database, str key, str value, struct arena *arena,
    const struct json **row);
/* "rows.T KEY" for a sentence. */
const char *build_row_name(const struct schema_table *table, str key, struct arena *arena);

#endif
