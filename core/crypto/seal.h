// SPDX-License-Identifier: Apache-2.0
// seal: authenticated encryption of values at rest: AES-256-GCM (NIST SP 800-38D), nonces given by
// the caller.
#ifndef CORE_CRYPTO_SEAL_H
#define CORE_CRYPTO_SEAL_H

#include "core/base/buf.h"

enum { SEAL_KEY_SIZE = 32, SEAL_NONCE_SIZE = 12, SEAL_TAG_SIZE = 16 };

/* An expanded key; usable by several threads at once. */
struct seal_key;

/* Expands 32 bytes; the bytes stay the caller's. */
struct seal_key *seal_key_new(const uint8_t key[SEAL_KEY_SIZE]);
/* Wipes and frees; NULL is fine. */
void seal_key_free(struct seal_key *k);

/* Appends ciphertext and tag (plain.n + SEAL_TAG_SIZE bytes) to out. A nonce is used once per key.
 */
must_use int seal_put(const struct seal_key *k, const uint8_t nonce[SEAL_NONCE_SIZE], str aad,
    str plain, struct buf *out);
/* Appends the plaintext to out; E_CORRUPT (out unchanged) when anything was altered. */
must_use int seal_get(const struct seal_key *k, const uint8_t nonce[SEAL_NONCE_SIZE], str aad,
    str sealed, struct buf *out);

#endif
