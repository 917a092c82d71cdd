// SPDX-License-Identifier: Apache-2.0
// tx: transactions: reads of one snapshot, recorded; own writes visible; handed to the writer as
// bytes; committed or refused as a whole.
//
// The owner runs a body between store_tx_begin and store_submit, without waiting. The completion
// E_CONFLICT means somebody else was faster: store_tx_rerun and run the body again. A body that
// changes nothing ends with store_tx_end. A transaction is used by one thread at a time; begin,
// submit and end may be called on any thread. Names of tables, indexes, counters, logs, sequences
// and jobs are those of the schema (E_INVALID otherwise). All results are copied out.
//
// Reading functions return 0, or 1 when there is nothing, or E_TIMEOUT (the snapshot was too old
// and is gone), E_TOO_BIG (over STORE_READS_MAX), E_CORRUPT (altered on disk). Writing functions
// return 0, E_TOO_BIG (over STORE_WRITES_MAX, or a value over 1 MiB, or an index key over 300
// bytes), E_INVALID, E_READ_ONLY, and what reading the old row can return.
#ifndef STORE_TX_H
#define STORE_TX_H

#include "store/store.h"

struct store_tx;

enum store_tx_kind {
    STORE_TX_WRITE, /* records what it reads; may write */
    STORE_TX_READ   /* no recording, no limit of reads; pool threads, lists, exports */
};

/* Begins on the newest snapshot. Never fails. */
struct store_tx *store_tx_begin(struct store *s, enum store_tx_kind kind);
/* Lets it live for `ms` instead of the store's limit (exports). */
void store_tx_extend(struct store_tx *tx, int ms);
/* Forgets all reads and writes and takes a new snapshot, for another run of the same body. Time,
 * new keys and sequence numbers come out the same as in the run before, in the same order. E_BUSY
 * when it has run STORE_RUNS_MAX times (answer 503). */
must_use int store_tx_rerun(struct store_tx *tx);
/* As store_tx_rerun but on the same snapshot and not counted: the second run of a debug build,
 * whose digest must be equal. */
void store_tx_repeat(struct store_tx *tx);
/* Digest of everything the body wants written: plaintexts, in an order that is the same each time.
 */
void store_tx_digest(const struct store_tx *tx, uint8_t out[32]);
/* Ends without writing; frees. NULL is fine. */
void store_tx_end(struct store_tx *tx);
/* True if something is to be written. */
bool store_tx_is_dirty(const struct store_tx *tx);
/* Milliseconds since 1970 fixed at begin: the same in every run. */
int64_t store_tx_now(const struct store_tx *tx);

/* Called in store_poll exactly once: 0 when the commit is on disk; E_CONFLICT; E_MAP_FULL,
 * E_NO_SPACE, E_IO, E_READ_ONLY; E_CLOSED when the store closed. The transaction is the owner's
 * again: store_tx_rerun after E_CONFLICT, otherwise store_tx_end. */
typedef void store_done(void *arg, struct store_tx *tx, int status);

/* Seals and hands over to the writer. On an error (E_BUSY: the queue is full; E_READ_ONLY) `done`
 * is never called and the transaction stays the caller's. */
must_use int store_submit(struct store_tx *tx, store_done *done, void *arg);
/* Nobody wants the completion any more: `done` is not called, the transaction is freed when the
 * writer is through with it (it may still commit), at once if `done` was called already. Owner's
 * thread. */
void store_abandon(struct store_tx *tx);
/* Submits and waits; returns the status. For tools and tests. */
must_use int store_commit(struct store_tx *tx);

/* Rows. Keys are text: 26 characters where the schema says time keys, the caller's text else. */

/* A new primary key: 48 bits of milliseconds, 80 random bits; NUL-terminated. */
void store_key_new(struct store_tx *tx, char out[STORE_KEY_TEXT + 1]);
/* The smallest key of a millisecond, for ranges by time. */
void store_key_at(int64_t ms, char out[STORE_KEY_TEXT + 1]);
/* The millisecond in a key; -1 if it is none. */
int64_t store_key_time(str key);
/* Appends the row's JSON to out; 1 if absent. */
must_use int store_get(struct store_tx *tx, str table, str key, struct buf *out);
/* Writes a row: a JSON object with no depth over 32. The old row joins the read set; indexes and
 * counters follow. E_EXISTS if a unique index names another row. */
must_use int store_put(struct store_tx *tx, str table, str key, str json);
/* As store_put, but E_EXISTS if the row is there. */
must_use int store_insert(struct store_tx *tx, str table, str key, str json);
/* 1 if absent. */
must_use int store_delete(struct store_tx *tx, str table, str key);

/* Ranges. */

struct store_range {
    str table;
    str index; /* empty: by primary key */
    str equal; /* JSON array of the leading fields' values, e.g. ["submitted"]; blind: all fields
                */
    str from;  /* next field's smallest value, JSON scalar (primary: key text); empty: open */
    str to;    /* next field's value to stop before */
    str text;  /* words index: the text looked for, at least 2 characters; newest first */
    str after; /* continue behind this position (of an earlier row) */
    bool descending; /* largest first */
    bool keys_only;  /* rows are not read (words: matches then are candidates only) */
};

/* Borrowed until the next step of the iterator. */
struct store_row {
    str key;
    str json;     /* empty with keys_only */
    str position; /* for range.after */
};

struct store_iter;
/* Starts a range walk; the range's strs are borrowed for the call. The walk sees writes made before
 * each step. E_INVALID with the reason in err (may be NULL). */
must_use int store_iter_open(
    struct store_iter **out, struct store_tx *tx, const struct store_range *range, struct err *err);
/* 0 with a row, 1 at the end. */
must_use int store_iter_next(struct store_iter *it, struct store_row *row);
/* True if a word search stopped at its 2,000 candidates. */
bool store_iter_has_more(const struct store_iter *it);
/* Before the transaction ends, is rerun or submitted. NULL is fine. */
void store_iter_close(struct store_iter *it);

/* Contended things: applied by the writer, in order. */

/* Value of a counter with this snapshot and own additions; never a reason for a conflict. `value`
 * is the JSON array of the values it counts by, empty for a plain counter. */
must_use int store_count(struct store_tx *tx, str counter, str value, int64_t *out);
/* Adds n to a free counter of the schema. */
must_use int store_add(struct store_tx *tx, str counter, str value, int64_t n);
/* Appends a JSON record to a log (hash chain and time are the writer's). `subject` is the key of
 * what it is about (may be empty; at most 64 bytes, kept in clear, never personal data). */
must_use int store_append(struct store_tx *tx, str log, str subject, str json);
/* The next number of a sequence: never repeated, gaps allowed. E_BUSY when the leased block is used
 * up and the next one is not there yet (run again). */
must_use int store_next(struct store_tx *tx, str sequence, int64_t *out);

/* Outbox. */

/* Puts a job with the data, due at `due_ms` (0: now); NUL-terminated id into out (may be NULL). */
must_use int store_enqueue(
    struct store_tx *tx, str job, str args_json, int64_t due_ms, char out[STORE_KEY_TEXT + 1]);

struct store_job {
    char id[STORE_KEY_TEXT + 1];
    str job;        /* valid until the arena is released */
    str args;       /* JSON */
    str last_error; /* of the attempt before; empty */
    int64_t due_ms;
    int64_t attempts; /* so far */
};

/* Claims the first due, unclaimed job (claims live in memory: after a crash it is tried again). 1
 * if none is due; *next_ms is then when the next one will be (INT64_MAX: none). Owner's thread. */
must_use int store_job_claim(
    struct store *s, int64_t now_ms, struct arena *arena, struct store_job *out, int64_t *next_ms);
/* Gives the claim back without a word. */
void store_job_unclaim(struct store *s, str id);
/* In the transaction that records the job's result: it is done. 1 if it is gone already. The claim
 * ends when the transaction commits. */
must_use int store_job_finish(struct store_tx *tx, str id);
/* Tries again at due_ms, counting the attempt; the id changes. 1 if it is gone. */
must_use int store_job_retry(struct store_tx *tx, str id, int64_t due_ms, str error);
/* Moves it to the given-up jobs (read with store_iter on table "outbox.dead"). 1 if it is gone. */
must_use int store_job_give_up(struct store_tx *tx, str id, str error);

#endif
