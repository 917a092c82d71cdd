// SPDX-License-Identifier: Apache-2.0
// store_private: the parts of a store, for the files of this folder.
#ifndef STORE_STORE_PRIVATE_H
#define STORE_STORE_PRIVATE_H

#include <pthread.h>

#include "store/env.h"
#include "store/keys.h"
#include "store/schema.h"
#include "store/store.h"

struct writer;    /* writer.h: the thread, its queue, the completions */
struct leases;    /* lease.h: blocks of sequence numbers */
struct claims;    /* outbox.c: ids of jobs that run */
struct snapshots; /* snapshot.h: the snapshots of transactions, and how old they are */
struct txpool;    /* tx_pool.c: ended transactions, ready for the next */

struct store {
    struct arena arena; /* schema and opts' strings */
    struct store_opts opts;
    struct env *env;
    struct keys *keys; /* NULL: opened without a seal key (checking logs only) */
    struct schema schema;
    uint8_t id[16];
    uint8_t head_public[32];
    struct writer *writer; /* NULL: read_only */
    struct leases *leases;
    struct claims *claims;
    struct snapshots *snapshots;
    struct txpool *txpool;
    pthread_mutex_t lock;  /* of backup_since */
    uint64_t backup_since; /* clock_mono_ms when the running backup began; 0: none runs */
};

/* rowkey.c */
enum { ROWKEY_TIME = 16, ROWKEY_MAX = STORE_TEXT_KEY_MAX };
/* Text of a key to its bytes and back; E_INVALID. */
must_use int rowkey_read(enum schema_key kind, str text, struct buf *out);
void rowkey_show(enum schema_key kind, str bytes, struct buf *out);
/* The same for time keys, without a buf. */
must_use int rowkey_bytes(str text, uint8_t bytes[ROWKEY_TIME]);
void rowkey_text(const uint8_t bytes[ROWKEY_TIME], char out[STORE_KEY_TEXT]);

/* tuple.c: appends the encoding of a value; E_INVALID for a type that has none. */
struct json;
must_use int tuple_put(struct buf *out, const struct json *value);
/* Skips one value; E_CORRUPT. */
must_use int tuple_skip(str bytes, size_t *at);

/* entry.c: the index entries of one row for one index: calls fn(arg, entry) for each distinct one.
 * E_INVALID for a value that cannot be indexed, E_TOO_BIG. */
enum { ENTRY_HEAD_MAX = 300 };
typedef int entry_fn(void *arg, str entry);
must_use int entry_each(const struct store *s, const struct schema_index *index, str row_key,
    const struct json *row, entry_fn *fn, void *arg);
/* How many bytes stand in front of the row key; E_CORRUPT (also for a words index's count, whose
 * key has no row key). */
must_use int entry_head(const struct schema_index *index, str entry, size_t *n);

#endif
