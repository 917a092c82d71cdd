// SPDX-License-Identifier: Apache-2.0
// pem: DER between two lines of dashes (RFC 7468). Knows nothing of what the bytes mean.
#ifndef CORE_CRYPTO_PEM_H
#define CORE_CRYPTO_PEM_H

#include "core/base/buf.h"

enum { PEM_TEXT_MAX = 1 << 20 };

/* Appends one block: "-----BEGIN label-----", base64 in lines of 64, "-----END label-----". */
void pem_put(str label, str der, struct buf *out);

/* Appends the bytes of the only block of `text` to `der`. What stands before the block is for
 * people and ignored, as tools write a summary there; behind it only white space may stand.
 * *label is what the block calls itself, borrowed from text. E_PARSE when there is no block, more
 * than one, or a header inside; E_TOO_BIG over PEM_TEXT_MAX. */
must_use int pem_get(str text, str *label, struct buf *der, struct err *err);

/* Whether the bytes begin as a DER SEQUENCE of 128 bytes and more does: no text begins like that.
 */
bool pem_is_der(str bytes);

#endif
