// SPDX-License-Identifier: Apache-2.0
// codec: byte encodings: hexadecimal, base64, percent, UTF-8, big-endian integers, HTML text.
#ifndef CORE_BASE_CODEC_H
#define CORE_BASE_CODEC_H

#include "core/base/buf.h"

/* Appends lower-case hexadecimal digits. */
void codec_hex(struct buf *out, str bytes);
/* Appends the decoded bytes; E_PARSE on odd length or other characters (out is then unchanged). */
must_use int codec_unhex(struct buf *out, str text);
/* RFC 4648 section 4, with padding. */
void codec_base64(struct buf *out, str bytes);
/* Strict: padding required, no white space, no stray bits; E_PARSE otherwise. */
must_use int codec_unbase64(struct buf *out, str text);
/* RFC 4648 section 5, without padding. */
void codec_base64url(struct buf *out, str bytes);
must_use int codec_unbase64url(struct buf *out, str text);
/* RFC 3986: everything but unreserved characters as %XX. */
void codec_percent(struct buf *out, str bytes);
/* %XX decoded, '+' to space if `plus`; E_PARSE on a broken escape or a NUL. */
must_use int codec_unpercent(struct buf *out, str text, bool plus);
/* HTML text and attribute values: & < > " ' escaped. */
void codec_html(struct buf *out, str text);
/* Whether the bytes are UTF-8 (RFC 3629: no overlong forms, surrogates or values over U+10FFFF). */
bool codec_is_utf8(str bytes);
/* Decodes one code point at *at (which moves on); -1 at the end, -2 on a broken sequence (moves one
 * byte). */
int32_t codec_utf8_next(str text, size_t *at);
/* Appends one code point (must be valid). */
void codec_utf8_put(struct buf *out, uint32_t code_point);

static inline void codec_put_be64(uint8_t out[8], uint64_t v)
{
    for (int i = 7; i >= 0; i--, v >>= 8)
        out[i] = (uint8_t)(v & 0xff);
}

static inline uint64_t codec_get_be64(const uint8_t in[8])
{
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | in[i];
    return v;
}

static inline void codec_put_be32(uint8_t out[4], uint32_t v)
{
    for (int i = 3; i >= 0; i--, v >>= 8)
        out[i] = (uint8_t)(v & 0xff);
}

static inline uint32_t codec_get_be32(const uint8_t in[4])
{
    return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

#endif
