// SPDX-License-Identifier: Apache-2.0
// codec: byte encodings.
#include "core/base/codec.h"

#include <string.h>

static const char HEX[] = "0123456789abcdef";
static const char BASE64_STD[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char BASE64_URL[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void codec_hex(struct buf *out, str bytes)
{
    char *to = buf_reserve(out, bytes.n * 2);
    for (size_t i = 0; i < bytes.n; i++) {
        unsigned char byte = (unsigned char)bytes.p[i];
        to[2 * i] = HEX[byte >> 4];
        to[2 * i + 1] = HEX[byte & 15];
    }
    buf_added(out, bytes.n * 2);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int codec_unhex(struct buf *out, str text)
{
    if (text.n % 2)
        return E_PARSE;
    char *to = buf_reserve(out, text.n / 2);
    for (size_t i = 0; i < text.n; i += 2) {
        int high = hex_digit(text.p[i]);
        int low = hex_digit(text.p[i + 1]);
        if (high < 0 || low < 0)
            return E_PARSE;
        to[i / 2] = (char)(high << 4 | low);
    }
    buf_added(out, text.n / 2);
    return 0;
}

static void base64_put(struct buf *out, str bytes, const char *alphabet, bool pad)
{
    for (size_t i = 0; i < bytes.n; i += 3) {
        size_t left = bytes.n - i < 3 ? bytes.n - i : 3;
        uint32_t v = 0;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (k < left ? (unsigned char)bytes.p[i + k] : 0u);
        char group[4];
        for (int k = 3; k >= 0; k--, v >>= 6)
            group[k] = alphabet[v & 63];
        for (size_t k = left + 1; k < 4; k++)
            group[k] = '=';
        buf_append(out, str_of(group, pad ? 4 : left + 1));
    }
}

void codec_base64(struct buf *out, str bytes)
{
    base64_put(out, bytes, BASE64_STD, true);
}

void codec_base64url(struct buf *out, str bytes)
{
    base64_put(out, bytes, BASE64_URL, false);
}

/* Digits without padding; the bits behind the last whole byte must be zero. */
static int base64_digits(struct buf *out, str text, const char *alphabet)
{
    size_t before = out->n;
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < text.n; i++) {
        const char *at = text.p[i] ? strchr(alphabet, text.p[i]) : NULL;
        if (!at) {
            out->n = before;
            return E_PARSE;
        }
        bits = bits << 6 | (uint32_t)(at - alphabet);
        count += 6;
        if (count >= 8) {
            count -= 8;
            buf_append_byte(out, (char)(unsigned char)(bits >> count));
            bits &= (1u << count) - 1;
        }
    }
    if (count >= 6 || bits) {
        out->n = before;
        return E_PARSE;
    }
    return 0;
}

int codec_unbase64(struct buf *out, str text)
{
    if (text.n % 4)
        return E_PARSE;
    if (str_ends(text, STR("==")))
        text.n -= 2;
    else if (str_ends(text, STR("=")))
        text.n -= 1;
    return base64_digits(out, text, BASE64_STD);
}

int codec_unbase64url(struct buf *out, str text)
{
    return base64_digits(out, text, BASE64_URL);
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void codec_percent(struct buf *out, str bytes)
{
    for (size_t i = 0; i < bytes.n; i++) {
        unsigned char byte = (unsigned char)bytes.p[i];
        if (is_unreserved(bytes.p[i])) {
            buf_append_byte(out, bytes.p[i]);
            continue;
        }
        const char escape[3] = {'%', "0123456789ABCDEF"[byte >> 4], "0123456789ABCDEF"[byte & 15]};
        buf_append(out, str_of(escape, 3));
    }
}

/* Value of the escape at text[at], or -1. */
static int percent_value(str text, size_t at)
{
    if (text.n - at < 3)
        return -1;
    int high = hex_digit(text.p[at + 1]);
    int low = hex_digit(text.p[at + 2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

int codec_unpercent(struct buf *out, str text, bool plus)
{
    size_t before = out->n;
    char *to = buf_reserve(out, text.n);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        int c = (unsigned char)text.p[i];
        if (c == '%') {
            c = percent_value(text, i);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (c <= 0) {
            out->n = before;
            return E_PARSE;
        }
        to[n++] = (char)c;
    }
    buf_added(out, n);
    return 0;
}

static str html_escape_of(char c)
{
    switch (c) {
    case '&':
        return STR("&amp;");
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '"':
        return STR("&quot;");
    case '\'':
        return STR("&#39;");
    default:
        return (str){NULL, 0};
    }
}

void codec_html(struct buf *out, str text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.n; i++) {
        str escape = html_escape_of(text.p[i]);
        if (!escape.n)
            continue;
        buf_append(out, str_slice(text, from, i));
        buf_append(out, escape);
        from = i + 1;
    }
    buf_append(out, str_slice(text, from, text.n));
}

/* Length of the sequence that a lead byte opens, 0 if it opens none; *bits gets the lead's payload.
 */
static size_t utf8_lead(unsigned char lead, uint32_t *bits)
{
    if (lead < 0x80) {
        *bits = lead;
        return 1;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
        *bits = lead & 0x1fu;
        return 2;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
        *bits = lead & 0x0fu;
        return 3;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        *bits = lead & 0x07u;
        return 4;
    }
    return 0;
}

static bool utf8_value_is_valid(uint32_t v, size_t length)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    return v >= least[length] && v <= 0x10ffff && !(v >= 0xd800 && v <= 0xdfff);
}

int32_t codec_utf8_next(str text, size_t *at)
{
    if (*at >= text.n)
        return -1;
    uint32_t v = 0;
    size_t length = utf8_lead((unsigned char)text.p[*at], &v);
    bool good = length && text.n - *at >= length;
    for (size_t i = 1; good && i < length; i++) {
        unsigned char c = (unsigned char)text.p[*at + i];
        good = (c & 0xc0) == 0x80;
        v = v << 6 | (c & 0x3fu);
    }
    if (!good || !utf8_value_is_valid(v, length)) {
        (*at)++;
        return -2;
    }
    *at += length;
    return (int32_t)v;
}

bool codec_is_utf8(str bytes)
{
    size_t at = 0;
    int32_t c;
    do {
        while (at < bytes.n && (unsigned char)bytes.p[at] < 0x80)
            at++;
        c = codec_utf8_next(bytes, &at);
    } while (c >= 0);
    return c == -1;
}

void codec_utf8_put(struct buf *out, uint32_t v)
{
    if (v < 0x80) {
        buf_append_byte(out, (char)v);
        return;
    }
    size_t length = v < 0x800 ? 2 : v < 0x10000 ? 3 : 4;
    static const unsigned lead[5] = {0, 0, 0xc0, 0xe0, 0xf0};
    char bytes[4];
    for (size_t i = length - 1; i > 0; i--, v >>= 6)
        bytes[i] = (char)(unsigned char)(0x80u | (v & 0x3fu));
    bytes[0] = (char)(unsigned char)(lead[length] | v);
    buf_append(out, str_of(bytes, length));
}
