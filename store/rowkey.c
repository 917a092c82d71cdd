// SPDX-License-Identifier: Apache-2.0
// rowkey: keys as text and as bytes. 26 characters of base 32 carry 130 bits: the first one holds
// only three.
#include <string.h>

#include "core/base/codec.h"
#include "store/store_private.h"

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

static int digit_value(char c)
{
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

int rowkey_bytes(str text, uint8_t bytes[ROWKEY_TIME])
{
    memset(bytes, 0, ROWKEY_TIME);
    if (text.n != STORE_KEY_TEXT || text.p[0] > '7')
        return E_INVALID;
    for (size_t i = 0; i < STORE_KEY_TEXT; i++) {
        int v = digit_value(text.p[i]);
        if (v < 0)
            return E_INVALID;
        /* Bit 0 is the least one of the last byte. */
        size_t low = 5 * (STORE_KEY_TEXT - 1 - i);
        size_t byte = ROWKEY_TIME - 1 - low / 8;
        unsigned shifted = (unsigned)v << (low % 8);
        bytes[byte] |= (uint8_t)(shifted & 0xff);
        if (byte)
            bytes[byte - 1] |= (uint8_t)(shifted >> 8);
    }
    return 0;
}

static int read_time(str text, struct buf *out)
{
    uint8_t bytes[ROWKEY_TIME];
    int rc = rowkey_bytes(text, bytes);
    if (!rc)
        buf_append(out, str_of(bytes, sizeof(bytes)));
    return rc;
}

int rowkey_read(enum schema_key kind, str text, struct buf *out)
{
    if (kind == SCHEMA_KEY_TIME)
        return read_time(text, out);
    if (!text.n || text.n > STORE_TEXT_KEY_MAX || memchr(text.p, 0, text.n) || !codec_is_utf8(text))
        return E_INVALID;
    buf_append(out, text);
    return 0;
}

void rowkey_text(const uint8_t bytes[ROWKEY_TIME], char out[STORE_KEY_TEXT])
{
    for (size_t i = 0; i < STORE_KEY_TEXT; i++) {
        size_t low = 5 * (STORE_KEY_TEXT - 1 - i);
        size_t byte = ROWKEY_TIME - 1 - low / 8;
        unsigned pair = bytes[byte];
        if (byte)
            pair |= (unsigned)bytes[byte - 1] << 8;
        out[i] = digits[(pair >> (low % 8)) & 31];
    }
}

void rowkey_show(enum schema_key kind, str bytes, struct buf *out)
{
    if (kind != SCHEMA_KEY_TIME || bytes.n != ROWKEY_TIME) {
        buf_append(out, bytes);
        return;
    }
    rowkey_text((const uint8_t *)bytes.p, buf_reserve(out, STORE_KEY_TEXT));
    buf_added(out, STORE_KEY_TEXT);
}
