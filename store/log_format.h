// SPDX-License-Identifier: Apache-2.0
// log_format: the bytes of a log's records and signed heads (store/README.md, "Logs"). Pure.
#ifndef STORE_LOG_FORMAT_H
#define STORE_LOG_FORMAT_H

#include "store/log.h"

enum {
    LOG_HEAD_SIZE = 104, /* of a stored head */
    LOG_SUBJECT_MAX = 64
};

/* Pointers into the stored bytes. */
struct log_entry {
    uint64_t seq;
    int64_t time_ms;
    uint8_t prev[STORE_HASH];
    uint8_t payload_hash[STORE_HASH];
    str subject;
    str payload; /* sealed */
};

/* Takes key and value of log.L apart; E_CORRUPT. Does not compare the payload with its hash. */
must_use int log_entry_read(str key, str value, struct log_entry *out);
/* hash(n): what the next record calls prev. */
void log_entry_hash(str log, const struct log_entry *entry, uint8_t out[STORE_HASH]);
/* Whether the payload is the one its header names. */
bool log_entry_is_whole(const struct log_entry *entry);

/* Takes key and value of head.L apart (without public key); E_CORRUPT. */
must_use int log_head_read(str key, str value, struct store_head *out);
/* E_CORRUPT unless the signature over the head is the public key's. */
must_use int log_head_verify(str log, const struct store_head *head, const uint8_t public_key[32]);

#endif
