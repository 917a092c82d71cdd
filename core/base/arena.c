// SPDX-License-Identifier: Apache-2.0
// arena: bump allocation in blocks; poisoned gaps under AddressSanitizer.
#include "core/base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define ARENA_GAP 16
#define arena_poison(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define arena_unpoison(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define ARENA_GAP 0
#define arena_poison(p, n) ((void)(p), (void)(n))
#define arena_unpoison(p, n) ((void)(p), (void)(n))
#endif

enum { ARENA_ALIGN = 16, ARENA_BLOCK = 4096 - 64 };

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    _Alignas(16) char bytes[];
};

struct arena_deferred {
    struct arena_deferred *next;
    void (*fn)(void *arg);
    void *arg;
};

static struct arena_block *arena_block_new(size_t size)
{
    struct arena_block *block = mem_alloc(sizeof(*block) + size);
    *block = (struct arena_block){.size = size};
    arena_poison(block->bytes, size);
    return block;
}

static void arena_block_free(struct arena_block *block)
{
    arena_unpoison(block->bytes, block->size);
    free(block);
}

static void arena_run_deferred(struct arena *a)
{
    while (a->deferred) {
        struct arena_deferred *d = a->deferred;
        a->deferred = d->next;
        d->fn(d->arg);
    }
}

static void arena_free_blocks(struct arena *a, struct arena_block *until)
{
    while (a->block != until) {
        struct arena_block *next = a->block->next;
        arena_block_free(a->block);
        a->block = next;
    }
}

void arena_release(struct arena *a)
{
    arena_run_deferred(a);
    arena_free_blocks(a, NULL);
    a->total = 0;
}

void arena_clear(struct arena *a)
{
    arena_run_deferred(a);
    struct arena_block *keep = NULL;
    for (struct arena_block *b = a->block; b; b = b->next)
        if (b->size == ARENA_BLOCK)
            keep = b; /* the oldest of normal size */
    while (a->block) {
        struct arena_block *next = a->block->next;
        if (a->block != keep)
            arena_block_free(a->block);
        a->block = next;
    }
    a->block = keep;
    if (keep) {
        keep->next = NULL;
        keep->used = 0;
        arena_poison(keep->bytes, keep->size);
    }
    a->total = 0;
}

static size_t arena_round(size_t size)
{
    return (size + ARENA_GAP + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
}

/* A large piece gets a block of its own behind the current one, so that the current one stays in
 * use. */
static void *arena_alloc_large(struct arena *a, size_t size, size_t rounded)
{
    struct arena_block *block = arena_block_new(rounded);
    block->used = rounded;
    if (a->block) {
        block->next = a->block->next;
        a->block->next = block;
    } else {
        a->block = block;
    }
    arena_unpoison(block->bytes, size);
    return block->bytes;
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > SIZE_MAX / 2)
        abort();
    size_t rounded = arena_round(size ? size : 1);
    a->total += size;
    if (rounded > ARENA_BLOCK / 2)
        return arena_alloc_large(a, size, rounded);
    if (!a->block || a->block->size - a->block->used < rounded) {
        struct arena_block *block = arena_block_new(ARENA_BLOCK);
        block->next = a->block;
        a->block = block;
    }
    char *p = a->block->bytes + a->block->used;
    a->block->used += rounded;
    arena_unpoison(p, size ? size : 1);
    return p;
}

void *arena_zalloc(struct arena *a, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / 2 / size)
        abort();
    void *p = arena_alloc(a, count * size);
    memset(p, 0, count * size);
    return p;
}

str arena_str(struct arena *a, str s)
{
    char *p = arena_alloc(a, s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return (str){p, s.n};
}

str arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t length = n > 0 ? (size_t)n : 0;
    char *p = arena_alloc(a, length + 1);
    va_start(args, format);
    (void)vsnprintf(p, length + 1, format, args);
    va_end(args);
    return (str){p, length};
}

void arena_defer(struct arena *a, void (*fn)(void *arg), void *arg)
{
    struct arena_deferred *d = arena_alloc(a, sizeof(*d));
    *d = (struct arena_deferred){a->deferred, fn, arg};
    a->deferred = d;
}

size_t arena_size(const struct arena *a)
{
    return a->total;
}
