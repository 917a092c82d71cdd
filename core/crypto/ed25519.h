// SPDX-License-Identifier: Apache-2.0
// ed25519: signatures of RFC 8032 from a 32-byte seed.
#ifndef CORE_CRYPTO_ED25519_H
#define CORE_CRYPTO_ED25519_H

#include "core/base/base.h"

enum { ED25519_SEED = 32, ED25519_PUBLIC = 32, ED25519_SIGNATURE = 64 };

void ed25519_public(const uint8_t seed[ED25519_SEED], uint8_t out[ED25519_PUBLIC]);
void ed25519_sign(const uint8_t seed[ED25519_SEED], str message, uint8_t out[ED25519_SIGNATURE]);
bool ed25519_is_signed(str message, const uint8_t signature[ED25519_SIGNATURE],
    const uint8_t public_key[ED25519_PUBLIC]);

#endif
