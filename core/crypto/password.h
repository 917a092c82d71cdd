// SPDX-License-Identifier: Apache-2.0
// password: scrypt (RFC 7914) with its cost in the stored text. Both calls take about 60 ms and 32
// MiB: they belong on the pool (work kind password), never on the loop.
#ifndef CORE_CRYPTO_PASSWORD_H
#define CORE_CRYPTO_PASSWORD_H

#include "core/base/buf.h"

/* Appends "$scrypt$ln=15,r=8,p=1$salt$hash" (PHC string format, base64url) with a fresh salt. */
must_use int password_hash(str password, struct buf *out);
/* 0 when it fits, E_DENIED when not, E_CORRUPT when the stored text is no such string. An empty
 * stored text (unknown user) does the same work and gives E_DENIED, so that time tells nothing. */
must_use int password_verify(str password, str stored);
/* Whether the stored text was made at a lower cost than password_hash uses now. */
bool password_is_outdated(str stored);

#endif
