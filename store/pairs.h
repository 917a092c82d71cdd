// SPDX-License-Identifier: Apache-2.0
// pairs: text as its pairs of neighbouring characters, for indexes of kind words: normalised, then
// each pair under the index key, so that the index tells nobody what the text says.
#ifndef STORE_PAIRS_H
#define STORE_PAIRS_H

#include "core/base/buf.h"
#include "store/keys.h"
#include "store/schema.h"

enum { PAIRS_HASH = 8, PAIRS_MAX = 1024 /* of one text */ };

/* Appends the normalised text: letters and digits of ASCII and full width to lower-case ASCII,
 * white space and punctuation of ASCII and U+3000 dropped. `text` is UTF-8. */
void pairs_normalise(str text, struct buf *out);
/* Appends the normalised text of a row for an index; E_INVALID for a field that is no text. */
struct json;
must_use int pairs_row_text(
    const struct schema_index *index, const struct json *row, struct buf *out);
/* Appends the distinct pairs' hashes, PAIRS_HASH bytes each, in order. E_TOO_BIG over PAIRS_MAX. */
must_use int pairs_hash(const struct keys *keys, str database, str normalised, struct buf *out);

#endif
