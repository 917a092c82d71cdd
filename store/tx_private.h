// SPDX-License-Identifier: Apache-2.0
// tx_private: a transaction, for the files that make one up: tx.c (life), row.c, iter.c, words.c,
// count.c, append.c, outbox.c, submit.c, and for the writer.
#ifndef STORE_TX_PRIVATE_H
#define STORE_TX_PRIVATE_H

#include "core/base/json.h"
#include "store/readset.h"
#include "store/snapshot.h"
#include "store/store_private.h"
#include "store/tx.h"

enum {
    TX_VALUE_MAX = 1 << 20,
    TX_DEPTH_MAX = 32,
    TX_COMMIT_ROOM = 8 /* in front of a sealed value, for the writer */
};

/* Where rows stand: a table, or the outbox. */
struct place {
    unsigned slot;
    str database;
    enum schema_key key;
    const struct schema_table *table; /* NULL: outbox and outbox.dead, not written as rows */
};

enum write_kind {
    WRITE_ROW,   /* a sealed value */
    WRITE_ENTRY, /* an index entry, without value */
    WRITE_WORD,  /* the same of a words index: its pair is counted */
    WRITE_ADD    /* to a counter */
};

/* What a transaction wants at one key; the last word counts. */
struct write {
    struct keyed at;
    enum write_kind kind;
    bool was;      /* in the snapshot */
    bool is;       /* when this is committed */
    str database;  /* rows: for sealing */
    str plain;     /* rows: JSON */
    int64_t delta; /* WRITE_ADD */
    size_t sealed; /* rows: offset in tx->sealed, with room for the commit number in front */
    size_t sealed_n;
};

struct append {
    struct append *next;
    const struct schema_log *log;
    str subject;
    str plain;
    uint8_t payload_hash[32];
    size_t sealed; /* offset in tx->sealed */
    size_t sealed_n;
};

/* A number given out; given again in the next run. */
struct issued {
    size_t sequence;
    int64_t number;
    bool used; /* in this run */
};

enum tx_task { TX_TASK_BODY, TX_TASK_HEADS /* store_hourly: sign the logs' heads */ };

struct store_tx {
    struct store *store;
    enum store_tx_kind kind;
    enum tx_task task;
    struct snapshot snapshot;
    int snapshot_ms;
    int runs;
    int64_t now;

    struct arena arena;   /* of this run */
    struct arena scratch; /* of one call: parsed JSON */
    struct buf old;       /* of one call: a row as it was */
    struct buf key;       /* of one call: a row key in bytes */
    struct readset reads;
    size_t read_count;
    struct sorted writes;
    size_t write_count; /* calls that wrote */
    struct append *appends;
    struct append **last_append;
    struct buf sealed; /* what goes to the writer */
    struct buf ended;  /* 16 bytes for each job whose claim ends with the commit */

    /* Kept over runs. */
    struct buf randoms; /* 10 bytes each */
    size_t random_at;
    struct issued *issued;
    size_t issued_count;
    size_t issued_cap;

    /* At the writer; next also in the pool. */
    struct store_tx *next;
    store_done *done;
    void *arg;
    int status;
    bool waited;    /* somebody sits in store_commit */
    bool finished;  /* for whom; under the writer's lock */
    bool abandoned; /* owner's thread, as the next */
    bool delivered; /* done was called and it was not submitted again */
};

/* tx.c */
struct txpool *txpool_new(void);
void txpool_free(struct txpool *p);
/* 0 if it may write; counts one. */
must_use int tx_may_write(struct store_tx *tx);
/* Counts entries and rows that were read; E_TOO_BIG. */
must_use int tx_count_read(struct store_tx *tx);
/* The next 10 random bytes, the same in every run. */
void tx_random(struct store_tx *tx, uint8_t out[10]);
/* Remembers a number for the next runs. */
void tx_issued(struct store_tx *tx, size_t sequence, int64_t number);
/* A time key. */
void tx_key(struct store_tx *tx, int64_t ms, uint8_t out[ROWKEY_TIME]);
/* Ends the snapshot: nothing more is read. */
void tx_close_snapshot(struct store_tx *tx);
/* Frees or gives to the pool, whoever owns it. */
void tx_free(struct store_tx *tx);

/* place.c: E_INVALID. */
must_use int place_find(const struct store *s, str table, struct place *out);
must_use int place_writable(const struct store *s, str table, struct place *out);

/* row.c */
/* Appends the plaintext at a row key in bytes, own writes first; 1 if absent. Joins the read set.
 */
must_use int row_read(struct store_tx *tx, const struct place *p, str key, struct buf *out);
/* Appends the plaintext of a value as it stands in the map. */
must_use int row_unseal(
    const struct store *s, const struct place *p, str key, str value, struct buf *out);
/* Whether an index entry is there, own writes first: 0 or 1. Joins the read set. */
must_use int row_entry_exists(struct store_tx *tx, unsigned slot, str entry);
/* What is wanted at a key, made if it is not there. */
struct write *write_at(struct store_tx *tx, unsigned slot, str key, enum write_kind kind, bool was);
/* A value of the outbox; the caller has read what stands there. */
void write_value(struct store_tx *tx, const struct place *p, str key, str json, bool was);
void write_gone(struct store_tx *tx, const struct place *p, str key);

/* count.c: appends `name ‖ 00 ‖` tuple of an array's elements; E_INVALID, E_TOO_BIG. */
must_use int counter_key(str name, const struct json *values, struct buf *out);
/* The same for a row. */
must_use int counter_key_of(
    const struct schema_counter *counter, const struct json *row, struct buf *out);
void counter_add(struct store_tx *tx, str key, int64_t n);

/* append.c: sealing for the writer, on the caller's thread. */
must_use int tx_seal(struct store_tx *tx);

#endif
