// SPDX-License-Identifier: Apache-2.0
// seal: BoringSSL's AES-256-GCM.
#include "core/crypto/seal.h"

#include <openssl/aead.h>
#include <openssl/err.h>
#include <stdlib.h>

struct seal_key {
    EVP_AEAD_CTX ctx;
};

struct seal_key *seal_key_new(const uint8_t key[SEAL_KEY_SIZE])
{
    struct seal_key *k = mem_zalloc(1, sizeof(*k));
    if (!EVP_AEAD_CTX_init(
            &k->ctx, EVP_aead_aes_256_gcm(), key, SEAL_KEY_SIZE, SEAL_TAG_SIZE, NULL))
        abort(); /* only an impossible key length fails */
    return k;
}

void seal_key_free(struct seal_key *k)
{
    if (!k)
        return;
    EVP_AEAD_CTX_cleanup(&k->ctx);
    mem_wipe(k, sizeof(*k));
    free(k);
}

int seal_put(const struct seal_key *k, const uint8_t nonce[SEAL_NONCE_SIZE], str aad, str plain,
    struct buf *out)
{
    size_t n = 0;
    uint8_t *to = (uint8_t *)buf_reserve(out, plain.n + SEAL_TAG_SIZE);
    if (!EVP_AEAD_CTX_seal(&k->ctx, to, &n, plain.n + SEAL_TAG_SIZE, nonce, SEAL_NONCE_SIZE,
            (const uint8_t *)plain.p, plain.n, (const uint8_t *)aad.p, aad.n)) {
        ERR_clear_error();
        return E_CRYPTO;
    }
    buf_added(out, n);
    return 0;
}

int seal_get(const struct seal_key *k, const uint8_t nonce[SEAL_NONCE_SIZE], str aad, str sealed,
    struct buf *out)
{
    size_t n = 0;
    if (sealed.n < SEAL_TAG_SIZE)
        return E_CORRUPT;
    uint8_t *to = (uint8_t *)buf_reserve(out, sealed.n);
    if (!EVP_AEAD_CTX_open(&k->ctx, to, &n, sealed.n, nonce, SEAL_NONCE_SIZE,
            (const uint8_t *)sealed.p, sealed.n, (const uint8_t *)aad.p, aad.n)) {
        ERR_clear_error();
        return E_CORRUPT;
    }
    buf_added(out, n);
    return 0;
}
