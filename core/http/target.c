// SPDX-License-Identifier: Apache-2.0
// target: percent-decoding and what is refused in it.
#include "core/http/target.h"

#include <string.h>

#include "core/base/codec.h"

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Writes the decoded bytes (never more than there are) and returns their number; negative on a
 * broken escape or an escaped NUL. */
static ptrdiff_t decode(str s, bool plus, char *to)
{
    ptrdiff_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        int c = (unsigned char)s.p[i];
        if (c == '%') {
            int high = s.n - i > 2 ? digit(s.p[i + 1]) : -1;
            int low = s.n - i > 2 ? digit(s.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return E_PARSE;
            c = high << 4 | low;
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (!c)
            return E_PARSE;
        to[n++] = (char)c;
    }
    return n;
}

/* UTF-8 without control characters, C1 included, and backslashes. */
static bool is_clean(str s)
{
    size_t at = 0;
    int32_t c;
    while ((c = codec_utf8_next(s, &at)) >= 0)
        if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == '\\')
            return false;
    return c == -1;
}

static bool has_good_segments(str path)
{
    while (path.n) {
        path = str_slice(path, 1, path.n);
        ptrdiff_t end = str_index(path, '/');
        str segment = str_slice(path, 0, end < 0 ? path.n : (size_t)end);
        if (!segment.n || str_eq(segment, STR(".")) || str_eq(segment, STR("..")))
            return false;
        path = str_slice(path, segment.n, path.n);
    }
    return true;
}

static size_t count_of(str s, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == c;
    return n;
}

/* What stands behind it is one text in base64, as RFC 6960 A.1 wants it. */
static bool holds_base64(str path)
{
    return str_starts(path, str_from(TARGET_OCSP));
}

/* The slashes of a base64 text are no separators: as '_' it is one segment. */
static str join_base64(str path, struct arena *a)
{
    size_t start = sizeof(TARGET_OCSP) - 1;
    char *to = arena_alloc(a, path.n);
    memcpy(to, path.p, path.n);
    for (size_t i = start; i < path.n; i++)
        if (to[i] == '/')
            to[i] = '_';
    return str_of(to, path.n);
}

static int decode_path(str raw, struct arena *a, str *out)
{
    char *to = arena_alloc(a, raw.n);
    ptrdiff_t n = decode(raw, false, to);
    if (n < 0)
        return E_PARSE;
    *out = str_of(to, (size_t)n);
    return holds_base64(raw) || count_of(*out, '/') == count_of(raw, '/') ? 0 : E_PARSE;
}

int target_path(str raw, struct arena *a, str *path)
{
    if (!raw.n || raw.p[0] != '/')
        return E_PARSE;
    str decoded = raw;
    if (str_index(raw, '%') >= 0 && decode_path(raw, a, &decoded))
        return E_PARSE;
    if (holds_base64(raw))
        decoded = join_base64(decoded, a);
    if (!is_clean(decoded))
        return E_PARSE;
    if (decoded.n > 2 && decoded.p[decoded.n - 1] == '/')
        decoded.n--;
    *path = decoded;
    return decoded.n == 1 || has_good_segments(decoded) ? 0 : E_PARSE;
}

/* Decodes behind *to, which moves on. */
static int decode_part(str part, char **to, str *out)
{
    ptrdiff_t n = decode(part, true, *to);
    if (n < 0)
        return E_PARSE;
    *out = str_of(*to, (size_t)n);
    *to += n;
    return codec_is_utf8(*out) ? 0 : E_PARSE;
}

static int decode_pair(str piece, char **to, struct pair *out)
{
    str value = piece;
    str name = str_cut(&value, '=');
    int rc = decode_part(name, to, &out->name);
    return rc ? rc : decode_part(value, to, &out->value);
}

int target_pairs(str text, struct arena *a, const struct pair **pairs, size_t *count)
{
    *pairs = NULL;
    *count = 0;
    if (!text.n)
        return 0;
    size_t most = count_of(text, '&') + 1, n = 0;
    if (most > TARGET_PAIRS_MAX)
        return E_TOO_BIG;
    struct pair *all = arena_alloc(a, most * sizeof(*all));
    char *to = arena_alloc(a, text.n);
    while (text.n) {
        str piece = str_cut(&text, '&');
        if (piece.n && decode_pair(piece, &to, &all[n++]))
            return E_PARSE;
    }
    *pairs = all;
    *count = n;
    return 0;
}

int target_pair_get(const struct pair *pairs, size_t count, str name, str *value)
{
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(pairs[i].name, name))
            continue;
        if (found)
            return E_INVALID;
        found = true;
        *value = pairs[i].value;
    }
    return found ? 0 : 1;
}

size_t target_cookie(str header, str name, str *value)
{
    size_t found = 0;
    while (header.n) {
        str v = str_trim(str_cut(&header, ';'));
        if (str_index(v, '=') < 0 || !str_eq(str_cut(&v, '='), name))
            continue;
        if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
            v = str_slice(v, 1, v.n - 1);
        if (!found++)
            *value = v;
    }
    return found;
}
