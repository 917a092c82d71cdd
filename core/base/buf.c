// SPDX-License-Identifier: Apache-2.0
// buf: growable bytes.
#include "core/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_release(struct buf *b)
{
    free(b->p);
    *b = (struct buf){0};
}

void buf_clear(struct buf *b)
{
    b->n = 0;
}

static void buf_grow(struct buf *b, size_t need)
{
    size_t cap = b->cap ? b->cap : 64;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    b->p = mem_realloc(b->p, cap);
    b->cap = cap;
}

char *buf_reserve(struct buf *b, size_t extra)
{
    /* An overflow becomes a size that no allocator gives, and ends the program there. */
    size_t need = extra > SIZE_MAX - b->n ? SIZE_MAX : b->n + extra;
    if (need > b->cap || !b->p)
        buf_grow(b, need);
    return b->p + b->n;
}

void buf_added(struct buf *b, size_t n)
{
    b->n += n;
}

void buf_append(struct buf *b, str s)
{
    if (!s.n)
        return;
    memcpy(buf_reserve(b, s.n), s.p, s.n);
    b->n += s.n;
}

void buf_append_byte(struct buf *b, char c)
{
    *buf_reserve(b, 1) = c;
    b->n++;
}

void buf_append_u64(struct buf *b, uint64_t v)
{
    char digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    buf_append(b, str_of(digits + at, sizeof(digits) - at));
}

void buf_append_i64(struct buf *b, int64_t v)
{
    if (v < 0)
        buf_append_byte(b, '-');
    buf_append_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n <= 0)
        return;
    char *to = buf_reserve(b, (size_t)n + 1);
    va_start(args, format);
    (void)vsnprintf(to, (size_t)n + 1, format, args);
    va_end(args);
    b->n += (size_t)n;
}

void buf_consume(struct buf *b, size_t n)
{
    if (n >= b->n) {
        b->n = 0;
        return;
    }
    memmove(b->p, b->p + n, b->n - n);
    b->n -= n;
}

str buf_str(const struct buf *b)
{
    return (str){b->p, b->n};
}

char *buf_take(struct buf *b, size_t *n)
{
    *buf_reserve(b, 1) = '\0';
    char *p = b->p;
    if (n)
        *n = b->n;
    *b = (struct buf){0};
    return p;
}
