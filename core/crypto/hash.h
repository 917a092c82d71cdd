// SPDX-License-Identifier: Apache-2.0
// hash: digests and what is built on them: SHA-256 (FIPS 180-4), HMAC (RFC 2104), HKDF (RFC 5869),
// SM3 (GB/T 32905).
#ifndef CORE_CRYPTO_HASH_H
#define CORE_CRYPTO_HASH_H

#include "core/base/base.h"

enum { HASH_SIZE = 32 }; /* SHA-256 and SM3 */

void hash_sha256(str data, uint8_t out[HASH_SIZE]);
/* Only for identifiers of outside standards (RFC 6455, PKCS#11 CKA_ID), never for security. */
void hash_sha1(str data, uint8_t out[20]);
void hash_sm3(str data, uint8_t out[HASH_SIZE]);

/* A digest over pieces. Fields are private. */
struct hash {
    uint64_t state[14];
};
void hash_init(struct hash *h);
void hash_update(struct hash *h, str data);
void hash_final(struct hash *h, uint8_t out[HASH_SIZE]);

void hash_hmac(str key, str data, uint8_t out[HASH_SIZE]);

/* An HMAC key whose two inner blocks are digested once. Fields are private; wipe with mem_wipe. */
struct hash_key {
    struct hash inner;
    struct hash outer;
};
void hash_key_init(struct hash_key *k, str key);
void hash_key_mac(const struct hash_key *k, str data, uint8_t out[HASH_SIZE]);
/* MAC over two pieces, as if they stood together. */
void hash_key_mac2(const struct hash_key *k, str first, str second, uint8_t out[HASH_SIZE]);

/* Derives n bytes (at most 8160); salt and info may be empty. */
must_use int hash_hkdf(str secret, str salt, str info, uint8_t *out, size_t n);

#endif
