// SPDX-License-Identifier: Apache-2.0
// mem: allocation that aborts when memory is gone. Sizes a peer controls are checked against a
// limit first.
#ifndef CORE_BASE_MEM_H
#define CORE_BASE_MEM_H

#include <stddef.h>

/* malloc that never returns NULL: aborts with one line on stderr. Freed with free(). */
void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull));

/* Zeroed array; aborts on overflow of count * size. */
void *mem_zalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));

/* realloc that never returns NULL. */
void *mem_realloc(void *old, size_t size) __attribute__((returns_nonnull));

/* Heap copy of n bytes plus a NUL. */
char *mem_dup(const char *bytes, size_t n) __attribute__((malloc, returns_nonnull));

/* Overwrites secrets; the compiler may not drop it. */
void mem_wipe(void *bytes, size_t n);

/* Compares n bytes in time independent of their content. */
int mem_differs(const void *a, const void *b, size_t n);

#endif
