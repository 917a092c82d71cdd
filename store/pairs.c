// SPDX-License-Identifier: Apache-2.0
// pairs: normalising and hashing.
#include "store/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/codec.h"
#include "core/base/json.h"

enum { FULL_WIDTH = 0xff00 - 0x20 /* U+FF01 is '!' */ };

static void put_ascii(struct buf *out, int32_t c)
{
    if (c >= 'A' && c <= 'Z')
        c += 'a' - 'A';
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        buf_append_byte(out, (char)c);
}

static bool is_latin(int32_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

void pairs_normalise(str text, struct buf *out)
{
    int32_t c;
    for (size_t at = 0; (c = codec_utf8_next(text, &at)) != -1;) {
        if (c >= 0 && c < 0x80)
            put_ascii(out, c);
        else if (c > 0xff00 && c < 0xff5f && is_latin(c - FULL_WIDTH))
            put_ascii(out, c - FULL_WIDTH);
        else if (c >= 0x80 && c != 0x3000)
            codec_utf8_put(out, (uint32_t)c);
    }
}

int pairs_row_text(const struct schema_index *index, const struct json *row, struct buf *out)
{
    for (size_t i = 0; i < index->field_count; i++) {
        const struct json *v = json_path(row, index->fields[i]);
        if (json_type(v) != JSON_NULL && !json_is_str(v))
            return E_INVALID;
        pairs_normalise(json_str(v), out); /* the space between fields is dropped anyway */
    }
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, PAIRS_HASH);
}

/* Sorts what stands behind `start` and keeps one of each. */
static void make_distinct(struct buf *out, size_t start)
{
    if (out->n == start)
        return;
    char *p = out->p + start;
    size_t n = (out->n - start) / PAIRS_HASH, kept = 0;
    qsort(p, n, PAIRS_HASH, by_bytes);
    for (size_t i = 0; i < n; i++)
        if (!kept || memcmp(p + (kept - 1) * PAIRS_HASH, p + i * PAIRS_HASH, PAIRS_HASH))
            memmove(p + kept++ * PAIRS_HASH, p + i * PAIRS_HASH, PAIRS_HASH);
    out->n = start + kept * PAIRS_HASH;
}

int pairs_hash(const struct keys *keys, str database, str normalised, struct buf *out)
{
    size_t first = 0, second = 0, start = out->n, count = 0;
    uint8_t mac[KEYS_HASH];
    if (codec_utf8_next(normalised, &second) < 0)
        return 0;
    for (size_t end = second; codec_utf8_next(normalised, &end) >= 0;) {
        if (++count > PAIRS_MAX)
            return E_TOO_BIG;
        keys_blind(keys, database, str_slice(normalised, first, end), mac);
        buf_append(out, str_of(mac, PAIRS_HASH));
        first = second;
        second = end;
    }
    make_distinct(out, start);
    return 0;
}
