// SPDX-License-Identifier: Apache-2.0
// keys: everything that seals and unseals bytes at rest: epoch keys, nonces, the index key, and the
// three wrapped secrets. Thread-safe. Does not know LMDB.
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include "core/base/buf.h"
#include "core/crypto/hash.h"

enum {
    KEYS_SECRET = 32,
    KEYS_SEALED_HEAD = 12,  /* epoch and counter in front of a ciphertext */
    KEYS_SEALED_EXTRA = 28, /* what sealing adds to the plaintext */
    KEYS_HASH = 32,
    KEYS_SEALINGS_MAX = 1 << 30 /* of an epoch, before a new one is asked for */
};

struct keys;

/* Derives from seal.key. No epoch is begun yet: unsealing works, sealing does not. */
struct keys *keys_new(const uint8_t seal_key[KEYS_SECRET]);
/* Wipes and frees; NULL is fine. */
void keys_free(struct keys *k);

/* Begins sealing with this epoch; its number is committed already. */
void keys_begin_epoch(struct keys *k, uint32_t epoch);
/* Whether the epoch has sealed so much that a new one should begin. */
bool keys_is_epoch_worn(const struct keys *k);

/* The three secrets, as they come out of keys_unwrap or are made new. Copied. */
struct keys_secrets {
    uint8_t log[KEYS_SECRET];
    uint8_t blob[KEYS_SECRET];
    uint8_t head_seed[KEYS_SECRET];
};
void keys_set_secrets(struct keys *k, const struct keys_secrets *s);
const struct keys_secrets *keys_secrets(const struct keys *k);

/* Appends Sealed(…) of a row or job value (the epoch key), of a log payload, of a meta entry. AAD
 * is `name ‖ 00 ‖ key` for all three. */
must_use int keys_seal(struct keys *k, str name, str key, str plain, struct buf *out);
must_use int keys_seal_log(struct keys *k, str name, str subject, str plain, struct buf *out);
must_use int keys_wrap(struct keys *k, str name, str key, str plain, struct buf *out);
/* The reverse; appends the plaintext. E_CORRUPT. */
must_use int keys_unseal(struct keys *k, str name, str key, str sealed, struct buf *out);
must_use int keys_unseal_log(struct keys *k, str name, str subject, str sealed, struct buf *out);
must_use int keys_unwrap(struct keys *k, str name, str key, str sealed, struct buf *out);

/* HMAC with the index key over `name ‖ 00 ‖ value`. */
void keys_blind(const struct keys *k, str name, str value, uint8_t out[KEYS_HASH]);

/* Ed25519 by the head seed; verify needs no keys object. */
void keys_sign_head(const struct keys *k, str message, uint8_t signature[64]);
void keys_head_public(const struct keys *k, uint8_t out[32]);
must_use int keys_verify_head(
    str message, const uint8_t signature[64], const uint8_t public_key[32]);

#endif
