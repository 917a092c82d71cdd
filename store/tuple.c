// SPDX-License-Identifier: Apache-2.0
// tuple: values as bytes whose order is the order of the values.
#include <string.h>

#include "core/base/codec.h"
#include "core/base/json.h"
#include "store/store_private.h"

enum { TAG_NULL = 0x05, TAG_FALSE = 0x10, TAG_TRUE = 0x11, TAG_INT = 0x20, TAG_STRING = 0x30 };

static void put_int(struct buf *out, int64_t v)
{
    uint8_t *to = (uint8_t *)buf_reserve(out, 9);
    to[0] = TAG_INT;
    codec_put_be64(to + 1, (uint64_t)v ^ (uint64_t)1 << 63);
    buf_added(out, 9);
}

static void put_string(struct buf *out, str s)
{
    buf_append_byte(out, TAG_STRING);
    while (s.n) {
        ptrdiff_t zero = str_index(s, '\0');
        size_t run = zero < 0 ? s.n : (size_t)zero;
        buf_append(out, str_slice(s, 0, run));
        if (zero >= 0)
            buf_append(out, STR("\0\xff"));
        s = str_slice(s, zero < 0 ? run : run + 1, s.n);
    }
    buf_append(out, STR("\0\x01"));
}

int tuple_put(struct buf *out, const struct json *value)
{
    switch (json_type(value)) {
    case JSON_NULL:
        buf_append_byte(out, TAG_NULL);
        return 0;
    case JSON_BOOL:
        buf_append_byte(out, json_bool(value) ? TAG_TRUE : TAG_FALSE);
        return 0;
    case JSON_UINT:
        if (json_uint(value) > INT64_MAX)
            return E_INVALID;
        put_int(out, json_int(value));
        return 0;
    case JSON_INT:
        put_int(out, json_int(value));
        return 0;
    case JSON_STRING:
        put_string(out, json_str(value));
        return 0;
    default:
        return E_INVALID;
    }
}

static int skip_string(str bytes, size_t *at)
{
    for (size_t i = *at; i + 1 < bytes.n; i++) {
        if (bytes.p[i])
            continue;
        unsigned char c = (unsigned char)bytes.p[i + 1];
        if (c == 0x01) {
            *at = i + 2;
            return 0;
        }
        if (c != 0xff)
            return E_CORRUPT;
        i++;
    }
    return E_CORRUPT;
}

int tuple_skip(str bytes, size_t *at)
{
    if (*at >= bytes.n)
        return E_CORRUPT;
    switch ((unsigned char)bytes.p[(*at)++]) {
    case TAG_NULL:
    case TAG_FALSE:
    case TAG_TRUE:
        return 0;
    case TAG_INT:
        if (bytes.n - *at < 8)
            return E_CORRUPT;
        *at += 8;
        return 0;
    case TAG_STRING:
        return skip_string(bytes, at);
    default:
        return E_CORRUPT;
    }
}
