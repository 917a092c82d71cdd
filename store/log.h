// SPDX-License-Identifier: Apache-2.0
// log: reading append-only logs (audit): each record's header holds the hash of the header before
// and of its sealed payload; heads are signed hourly with Ed25519. Verifying needs no key.
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "store/tx.h"

enum { STORE_HASH = 32, STORE_LOG_SIGNATURE = 64 };

/* Borrowed until the next step. */
struct store_record {
    uint64_t seq;    /* from 1, without gaps */
    int64_t time_ms; /* when the writer took it */
    uint8_t prev[STORE_HASH];
    uint8_t payload_hash[STORE_HASH]; /* SHA-256 of the sealed payload */
    uint8_t hash[STORE_HASH];         /* of this header: prev of the next */
    str subject;
    str json; /* the payload; empty if it was shredded or without the key */
};

struct store_log_range {
    str log;
    str subject;     /* empty: all records */
    uint64_t from;   /* first seq; descending: last seq; 0: the end */
    bool descending; /* newest first */
    bool bare;       /* headers only */
};

struct store_log_iter;
must_use int store_log_open(
    struct store_log_iter **out, struct store_tx *tx, const struct store_log_range *range);
/* 0 with a record, 1 at the end, E_CORRUPT. */
must_use int store_log_next(struct store_log_iter *it, struct store_record *out);
void store_log_close(struct store_log_iter *it);

/* The newest signed head. */
struct store_head {
    uint64_t seq;
    int64_t time_ms;
    uint8_t hash[STORE_HASH]; /* of record seq */
    uint8_t signature[STORE_LOG_SIGNATURE];
    uint8_t public_key[32]; /* Ed25519; kept also outside by whoever wants to verify */
};
/* 1 if none is signed yet. */
must_use int store_log_head(struct store_tx *tx, str log, struct store_head *out);

/* Appends a case's proof as JSON: its records in full (sealed payload in base64), bare headers
 * between them and up to the next signed head, the head and the public key. 1 if the log has no
 * record of the subject, E_BUSY if no head is signed behind the last of them yet. */
must_use int store_log_proof(struct store_tx *tx, str log, str subject, struct buf *out);
/* Checks a proof against a public key (32 bytes; NULL: the one inside). Needs no store. */
must_use int store_log_proof_verify(str proof, const uint8_t *public_key, struct err *err);

#endif
