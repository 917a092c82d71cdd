// SPDX-License-Identifier: Apache-2.0
// pk_private: what pk.c, pk_file.c and pk_weak.c share.
#ifndef CORE_CRYPTO_PK_PRIVATE_H
#define CORE_CRYPTO_PK_PRIVATE_H

#include <openssl/bytestring.h>
#include <openssl/evp.h>

#include "core/crypto/pk.h"

struct pk {
    EVP_PKEY *key;
    enum pk_kind kind;
    bool pair;
};

/* Takes `key` and judges it; frees it on error. NULL gives E_PARSE. */
must_use int pk_wrap(EVP_PKEY *key, bool pair, struct pk **out, struct err *err);
/* Moves a finished CBB to the end of `out`; aborts when it failed, which only lack of memory does.
 */
void pk_finish(CBB *cbb, struct buf *out);

/* E_INVALID with the cause when the public key is one that somebody can break. */
must_use int pk_weak_rsa(const EVP_PKEY *key, struct err *err);
must_use int pk_weak_p256(const EVP_PKEY *key, struct err *err);

#endif
