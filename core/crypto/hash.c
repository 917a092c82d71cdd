// SPDX-License-Identifier: Apache-2.0
// hash: BoringSSL's SHA-2, libgcrypt's SM3.
#include "core/crypto/hash.h"

#include <gcrypt.h>
#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/hkdf.h>
#include <openssl/sha.h>
#include <string.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct hash), "struct hash holds BoringSSL's context");
_Static_assert(_Alignof(SHA256_CTX) <= _Alignof(struct hash), "and is aligned for it");

void hash_sha256(str data, uint8_t out[HASH_SIZE])
{
    SHA256((const uint8_t *)data.p, data.n, out);
}

void hash_sha1(str data, uint8_t out[20])
{
    SHA1((const uint8_t *)data.p, data.n, out);
}

void hash_sm3(str data, uint8_t out[HASH_SIZE])
{
    gcry_md_hash_buffer(GCRY_MD_SM3, out, data.n ? data.p : "", data.n);
}

static SHA256_CTX *ctx_of(struct hash *h)
{
    return (SHA256_CTX *)(void *)h->state;
}

void hash_init(struct hash *h)
{
    SHA256_Init(ctx_of(h));
}

void hash_update(struct hash *h, str data)
{
    if (data.n)
        SHA256_Update(ctx_of(h), data.p, data.n);
}

void hash_final(struct hash *h, uint8_t out[HASH_SIZE])
{
    SHA256_Final(out, ctx_of(h));
}

void hash_key_init(struct hash_key *k, str key)
{
    uint8_t block[64] = {0};
    if (key.n > sizeof(block))
        hash_sha256(key, block);
    else if (key.n)
        memcpy(block, key.p, key.n);
    for (size_t i = 0; i < sizeof(block); i++)
        block[i] ^= 0x36;
    hash_init(&k->inner);
    hash_update(&k->inner, str_of(block, sizeof(block)));
    for (size_t i = 0; i < sizeof(block); i++)
        block[i] ^= 0x36 ^ 0x5c;
    hash_init(&k->outer);
    hash_update(&k->outer, str_of(block, sizeof(block)));
    mem_wipe(block, sizeof(block));
}

void hash_key_mac2(const struct hash_key *k, str first, str second, uint8_t out[HASH_SIZE])
{
    struct hash h = k->inner;
    uint8_t inner[HASH_SIZE];
    hash_update(&h, first);
    hash_update(&h, second);
    hash_final(&h, inner);
    h = k->outer;
    hash_update(&h, str_of(inner, sizeof(inner)));
    hash_final(&h, out);
}

void hash_key_mac(const struct hash_key *k, str data, uint8_t out[HASH_SIZE])
{
    hash_key_mac2(k, data, (str){NULL, 0}, out);
}

void hash_hmac(str key, str data, uint8_t out[HASH_SIZE])
{
    struct hash_key k;
    hash_key_init(&k, key);
    hash_key_mac(&k, data, out);
    mem_wipe(&k, sizeof(k));
}

int hash_hkdf(str secret, str salt, str info, uint8_t *out, size_t n)
{
    if (HKDF(out, n, EVP_sha256(), (const uint8_t *)secret.p, secret.n, (const uint8_t *)salt.p,
            salt.n, (const uint8_t *)info.p, info.n))
        return 0;
    ERR_clear_error();
    return E_CRYPTO;
}
