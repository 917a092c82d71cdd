// SPDX-License-Identifier: Apache-2.0
// store_private: the parts of a store, for the files of this folder.
#ifndef STORE_STORE_PRIVATE_H
#define STORE_STORE_PRIVATE_H

#include "store/env.h"
#include "store/keys.h"
#include "store/schema.h"
#include "store/store.h"

struct writer;  /* writer.h: the thread, its queue, the completions */
struct leases;  /* lease.h: blocks of sequence numbers */
struct claims;  /* outbox.c: ids of jobs that run */
struct backups; /* backup.h: the running backup, if any; blobs are not swept then */

struct store {
    struct arena arena;   /* schema and opts' strings */
    struct store_opts opts;
    struct env *env;
    struct keys *keys;    /* NULL: opened without a seal key (checking logs only) */
    struct schema schema;
    uint8_t id[16];
    uint8_t head_public[32];
    struct writer *writer; /* NULL: read_only */
    struct leases *leases;
    struct claims *claims;
    struct backups *backups;
};

/* rowkey.c */
enum { ROWKEY_TIME = 16, ROWKEY_MAX = STORE_TEXT_KEY_MAX };
/* Text of a key to its bytes and back; E_INVALID. */
must_use int rowkey_read(enum schema_key kind, str text, struct buf *out);
void rowkey_show(enum schema_key kind, str bytes, struct buf *out);

/* tuple.c: appends the encoding of a value; E_INVALID for a type that has none. */
struct json;
must_use int tuple_put(struct buf *out, const struct json *value);
/* Skips one value; E_CORRUPT. */
must_use int tuple_skip(str bytes, size_t *at);

/* entry.c: the index entries of one row for one index: calls fn(arg, entry bytes, distinct) each. */
typedef int entry_fn(void *arg, str entry);
must_use int entry_each(const struct store *s, const struct schema_index *index, str row_key,
    const struct json *row, entry_fn *fn, void *arg);

#endif
