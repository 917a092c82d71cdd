// SPDX-License-Identifier: Apache-2.0
// gzip: answers in a tenth of their bytes, for clients that take them (RFC 9110 8.4.1.3).
#ifndef CORE_HTTP_GZIP_H
#define CORE_HTTP_GZIP_H

#include "core/base/buf.h"

/* Whether an Accept-Encoding header takes gzip. */
bool gzip_is_taken(str accept);
/* Appends the compressed bytes (level 1 to 9); false, and nothing appended, when that saves less
 * than a tenth. */
bool gzip_pack(str bytes, int level, struct buf *out);

#endif
