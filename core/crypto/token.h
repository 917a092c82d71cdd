// SPDX-License-Identifier: Apache-2.0
// token: random identifiers and codes, unbiased, from BoringSSL's generator.
#ifndef CORE_CRYPTO_TOKEN_H
#define CORE_CRYPTO_TOKEN_H

#include "core/base/buf.h"

/* Fills n bytes; never fails. */
void token_random(void *out, size_t n);
/* A number below `limit` (> 0), each as likely as the other. */
uint32_t token_below(uint32_t limit);
/* Appends `length` characters of [0-9A-Za-z]: 20 of them carry 119 bits (download codes). */
void token_letters(struct buf *out, size_t length);
/* Appends `length` decimal digits (SMS codes). */
void token_digits(struct buf *out, size_t length);
/* Appends 22 characters of base64url: 128 random bits (sessions, one-time links). */
void token_id(struct buf *out);

/* Appends "payload.expiry.mac", the payload in base64url: valid until `expires_ms` for `purpose`
 * only. */
void token_sign(str key, str purpose, str payload, int64_t expires_ms, struct buf *out);
/* Appends the payload; E_DENIED if altered or for another purpose, E_TIMEOUT if expired at
 * `now_ms`. */
must_use int token_verify(str key, str purpose, str token, int64_t now_ms, struct buf *payload);

#endif
