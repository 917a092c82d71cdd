// SPDX-License-Identifier: Apache-2.0
// chain: the ends of the logs, kept by the writer: the next record's number, the hash it continues,
// and the head that was signed last. Works on the open transaction; a commit makes it true.
#ifndef STORE_CHAIN_H
#define STORE_CHAIN_H

#include "store/cursors.h"
#include "store/keys.h"

struct chains;
struct append;

struct chains *chains_new(const struct schema *s);
/* NULL is fine. */
void chains_free(struct chains *c);
/* Finds the ends on disk. E_CORRUPT for a record that is none. */
must_use int chains_read(struct chains *c, const struct env *e, MDB_txn *txn, struct err *err);
/* Writes one record. `sealed` is its payload. */
must_use int chains_append(
    struct chains *c, struct cursors *cursors, const struct append *a, str sealed, int64_t time_ms);
/* Signs the head of every log that has grown since its last one. */
must_use int chains_sign(
    struct chains *c, struct cursors *cursors, const struct keys *keys, int64_t time_ms);
void chains_commit(struct chains *c);
void chains_abort(struct chains *c);

/* Hash of a record's header: what the next one continues. Used by who reads logs, too. */
struct chain_header {
    uint64_t seq;
    int64_t time_ms;
    uint8_t prev[32];
    uint8_t payload_hash[32];
    str subject;
};
void chain_hash(str log, const struct chain_header *h, uint8_t out[32]);
/* Reads a record as it stands in log.L; the payload is what is left. E_CORRUPT. */
must_use int chain_parse(str key, str value, struct chain_header *out, str *payload);

#endif
