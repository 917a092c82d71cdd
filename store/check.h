// SPDX-License-Identifier: Apache-2.0
// check: one walk over a store's invariants in one snapshot. Each check_… goes through its part,
// tells what it finds and returns 0, or E_… when it could not go on.
#ifndef STORE_CHECK_H
#define STORE_CHECK_H

#include <lmdb.h>

#include "core/base/codec.h"
#include "core/base/json.h"
#include "store/admin.h"
#include "store/store_private.h"
#include "store/tally.h"

enum { ROW_DEPTH = 64 };

struct check {
    struct store *store; /* NULL: logs only, without keys */
    struct env *env;
    const struct schema *schema;
    struct keys *keys; /* NULL: payloads of logs are not unsealed */
    const uint8_t *head_public;
    MDB_txn *txn;
    store_finding *finding;
    void *arg;
    struct store_check_totals *totals;
    struct tally *counters; /* what the rows say */
    struct arena arena;     /* of one row */
    uint64_t commit;        /* the newest one, as meta says */
    uint32_t epoch;
};

/* Tells a finding; `where` is printed. */
void check_found(struct check *c, const char *what, const char *where, ...) printf_like(3, 4);
/* Calls fn for each entry; damaged pages are a finding and end the walk with 0. */
typedef int check_fn(struct check *c, void *arg, str key, str value);
must_use int check_each(struct check *c, MDB_dbi dbi, str name, check_fn *fn, void *arg);

/* check_value.c */
/* Takes a stored value apart and unseals it; NULL, or what is wrong with it. */
const char *check_unseal(struct check *c, str database, str key, str value, struct buf *plain);
/* Reads and unseals a row into c->arena; 1 if it is not there, E_CORRUPT. */
must_use int check_row(
    struct check *c, const struct schema_table *table, str key, const struct json **row);
/* Appends "rows.T KEY". */
void check_row_name(const struct schema_table *table, str key, struct buf *out);

/* The parts. */
must_use int check_meta(struct check *c);
must_use int check_table(struct check *c, const struct schema_table *table);
must_use int check_index(struct check *c, const struct schema_table *table,
    const struct schema_index *index, uint64_t expected);
must_use int check_counters(struct check *c);
must_use int check_log(struct check *c, const struct schema_log *log);
must_use int check_sequences(struct check *c);
must_use int check_outbox(struct check *c, unsigned slot, str database);
/* The blobs that one row names; its keys stand in the row or in a row it names. */
must_use int check_blobs_of(
    struct check *c, const struct schema_index *index, str row_key, const struct json *row);
/* Files that no row names. */
must_use int check_orphans(struct check *c);

#endif
