// SPDX-License-Identifier: Apache-2.0
// buf: a growable run of bytes with one owner. Fields are private except p and n, which may be
// read.
#ifndef CORE_BASE_BUF_H
#define CORE_BASE_BUF_H

#include "core/base/base.h"

/* Zero-initialised is a valid empty buf. */
struct buf {
    char *p;    /* bytes; NULL while cap is 0 */
    size_t n;   /* bytes used */
    size_t cap; /* bytes allocated */
};

void buf_release(struct buf *b);
/* Forgets the content, keeps the memory. */
void buf_clear(struct buf *b);
/* Makes room for `extra` more bytes and returns where they go; follow with buf_added. */
char *buf_reserve(struct buf *b, size_t extra);
/* Counts bytes written into the reserved room. */
void buf_added(struct buf *b, size_t n);
void buf_append(struct buf *b, str s);
void buf_append_byte(struct buf *b, char c);
void buf_append_u64(struct buf *b, uint64_t v);
void buf_append_i64(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *format, ...) printf_like(2, 3);
/* Drops n bytes from the front (moves the rest down). */
void buf_consume(struct buf *b, size_t n);
/* Borrows the content; valid until the next change. */
str buf_str(const struct buf *b);
/* Moves the memory out (free() it; NUL-terminated, length in *n) and leaves an empty buf. */
char *buf_take(struct buf *b, size_t *n);

#endif
