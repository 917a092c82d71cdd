// SPDX-License-Identifier: Apache-2.0
// arena: memory that dies all at once, and foreign resources that die with it (rules 3 and 4 of
// ARCHITECTURE.md). Under AddressSanitizer every allocation stands apart with poisoned gaps, so
// that an overflow is seen.
#ifndef CORE_BASE_ARENA_H
#define CORE_BASE_ARENA_H

#include "core/base/base.h"

struct arena_block;
struct arena_deferred;

/* Fields are private; zero-initialised is a valid empty arena. */
struct arena {
    struct arena_block *block;       /* newest first */
    struct arena_deferred *deferred; /* newest first */
    size_t total;                    /* bytes handed out */
};

/* Runs the deferred destructors, newest first, and frees everything; the arena is empty and usable
 * again. */
void arena_release(struct arena *a);
/* As arena_release, but keeps one block for the next use. */
void arena_clear(struct arena *a);
/* Aligned for any type; valid until release or clear. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull));
void *arena_zalloc(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull));
/* A copy of s with a NUL behind it that is not counted. */
str arena_str(struct arena *a, str s);
str arena_printf(struct arena *a, const char *format, ...) printf_like(2, 3);
/* Calls fn(arg) when the arena is released or cleared. */
void arena_defer(struct arena *a, void (*fn)(void *arg), void *arg);
/* Bytes handed out so far. */
size_t arena_size(const struct arena *a);

#endif
