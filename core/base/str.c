// SPDX-License-Identifier: Apache-2.0
// str: comparing, searching and parsing borrowed bytes.
#define _GNU_SOURCE
#include "core/base/str.h"

#include <string.h>

str str_from(const char *text)
{
    return (str){text, text ? strlen(text) : 0};
}

str str_of(const void *p, size_t n)
{
    return (str){p, n};
}

bool str_eq(str a, str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static unsigned char str_lower(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? (unsigned char)(u + 32) : u;
}

bool str_eq_nocase(str a, str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (str_lower(a.p[i]) != str_lower(b.p[i]))
            return false;
    return true;
}

int str_cmp(str a, str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(str s, str prefix)
{
    return s.n >= prefix.n && str_eq(str_slice(s, 0, prefix.n), prefix);
}

bool str_ends(str s, str suffix)
{
    return s.n >= suffix.n && str_eq(str_slice(s, s.n - suffix.n, s.n), suffix);
}

ptrdiff_t str_index(str s, char c)
{
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? at - s.p : -1;
}

ptrdiff_t str_find(str s, str needle)
{
    if (!needle.n)
        return 0;
    const char *at = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
    return at ? at - s.p : -1;
}

str str_slice(str s, size_t from, size_t to)
{
    if (to > s.n)
        to = s.n;
    if (from >= to)
        return (str){NULL, 0};
    return (str){s.p + from, to - from};
}

str str_trim(str s)
{
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = str_slice(s, 1, s.n);
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

str str_cut(str *s, char c)
{
    ptrdiff_t at = str_index(*s, c);
    str head = at < 0 ? *s : str_slice(*s, 0, (size_t)at);
    *s = at < 0 ? (str){NULL, 0} : str_slice(*s, (size_t)at + 1, s->n);
    return head;
}

int str_to_u64(str s, uint64_t *out)
{
    uint64_t v = 0;
    if (!s.n)
        return E_PARSE;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';
        if (digit > 9 || v > (UINT64_MAX - digit) / 10)
            return E_PARSE;
        v = v * 10 + digit;
    }
    *out = v;
    return 0;
}

int str_to_i64(str s, int64_t *out)
{
    bool negative = s.n && s.p[0] == '-';
    uint64_t v;
    int rc = str_to_u64(negative ? str_slice(s, 1, s.n) : s, &v);
    if (rc)
        return rc;
    if (v > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return E_PARSE;
    *out = negative ? (int64_t)(0 - v) : (int64_t)v;
    return 0;
}

int str_to_c(str s, char *out, size_t size)
{
    if (s.n >= size)
        return E_TOO_BIG;
    if (str_index(s, '\0') >= 0)
        return E_INVALID;
    if (s.n)
        memcpy(out, s.p, s.n);
    out[s.n] = '\0';
    return 0;
}

uint64_t str_hash(str s)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h;
}
