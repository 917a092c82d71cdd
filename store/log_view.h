// SPDX-License-Identifier: Apache-2.0
// log_view: one log in one LMDB snapshot: its records by number and by subject, its heads. Checks
// form only; knows no keys.
#ifndef STORE_LOG_VIEW_H
#define STORE_LOG_VIEW_H

#include "store/env.h"
#include "store/log_format.h"

struct log_view {
    str name;
    MDB_txn *txn;
    MDB_dbi records;
    MDB_dbi subjects;
    MDB_dbi heads;
};

void log_view_init(
    struct log_view *v, const struct env *env, MDB_txn *txn, const struct schema_log *log);

/* Bytes are valid until the snapshot ends (rule 9). All: 0, 1 if there is none, E_CORRUPT. */
must_use int log_view_get(const struct log_view *v, uint64_t seq, struct log_entry *out);
/* The newest record's number. */
must_use int log_view_last(const struct log_view *v, uint64_t *seq);
/* The subject's first record with a number from `seq` on, or its last one up to `seq`. */
must_use int log_view_next_of(const struct log_view *v, str subject, uint64_t seq, uint64_t *out);
must_use int log_view_prev_of(const struct log_view *v, str subject, uint64_t seq, uint64_t *out);
/* The first head with a number from `seq` on; the newest head. */
must_use int log_view_head(const struct log_view *v, uint64_t seq, struct store_head *out);
must_use int log_view_last_head(const struct log_view *v, struct store_head *out);

#endif
