// SPDX-License-Identifier: Apache-2.0
// ed25519: BoringSSL's.
#include "core/crypto/ed25519.h"

#include <openssl/curve25519.h>
#include <openssl/err.h>
#include <stdlib.h>

_Static_assert(ED25519_SIGNATURE == ED25519_SIGNATURE_LEN, "BoringSSL means the same signature");

void ed25519_public(const uint8_t seed[ED25519_SEED], uint8_t out[ED25519_PUBLIC])
{
    uint8_t private_key[ED25519_PRIVATE_KEY_LEN];
    ED25519_keypair_from_seed(out, private_key, seed);
    mem_wipe(private_key, sizeof(private_key));
}

void ed25519_sign(const uint8_t seed[ED25519_SEED], str message, uint8_t out[ED25519_SIGNATURE])
{
    uint8_t public_key[ED25519_PUBLIC_KEY_LEN], private_key[ED25519_PRIVATE_KEY_LEN];
    ED25519_keypair_from_seed(public_key, private_key, seed);
    if (!ED25519_sign(out, (const uint8_t *)message.p, message.n, private_key))
        abort(); /* does not fail */
    mem_wipe(private_key, sizeof(private_key));
}

bool ed25519_is_signed(str message, const uint8_t signature[ED25519_SIGNATURE],
    const uint8_t public_key[ED25519_PUBLIC])
{
    if (ED25519_verify((const uint8_t *)message.p, message.n, signature, public_key))
        return true;
    ERR_clear_error();
    return false;
}
