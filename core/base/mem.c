// SPDX-License-Identifier: Apache-2.0
// mem: the one place where running out of memory ends the program.
#define _GNU_SOURCE
#include "core/base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn static void mem_die(void)
{
    static const char line[] = "certhall: out of memory\n";
    ssize_t ignored = write(2, line, sizeof(line) - 1);
    (void)ignored;
    abort();
}

void *mem_alloc(size_t size)
{
    void *p = malloc(size ? size : 1);
    if (!p)
        mem_die();
    return p;
}

void *mem_zalloc(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (!p)
        mem_die();
    return p;
}

void *mem_realloc(void *old, size_t size)
{
    void *p = realloc(old, size ? size : 1);
    if (!p)
        mem_die();
    return p;
}

char *mem_dup(const char *bytes, size_t n)
{
    if (n == SIZE_MAX)
        mem_die();
    char *p = mem_alloc(n + 1);
    if (n)
        memcpy(p, bytes, n);
    p[n] = '\0';
    return p;
}

void mem_wipe(void *bytes, size_t n)
{
    if (n)
        explicit_bzero(bytes, n);
}

int mem_differs(const void *a, const void *b, size_t n)
{
    const volatile unsigned char *x = a;
    const volatile unsigned char *y = b;
    unsigned difference = 0;
    for (size_t i = 0; i < n; i++)
        difference |= (unsigned)(x[i] ^ y[i]);
    return difference != 0;
}
