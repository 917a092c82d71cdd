// SPDX-License-Identifier: Apache-2.0
// str: a borrowed run of bytes, passed by value like a number. Not NUL-terminated; p may be NULL
// when n is 0.
#ifndef CORE_BASE_STR_H
#define CORE_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

typedef struct str {
    const char *p;
    size_t n;
} str;

/* A str of a literal, usable in static initialisers: STR("abc"). */
#define STR(literal)                                                                               \
    (str)                                                                                          \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }

/* For printf: "%.*s", STR_ARG(s). Caps at INT_MAX. */
#define STR_ARG(s) (int)((s).n > 0x7fffffff ? 0x7fffffff : (s).n), (s).p ? (s).p : ""

/* Borrows a NUL-terminated string (NULL gives the empty str). */
str str_from(const char *text);

/* Borrows n bytes at p. */
str str_of(const void *p, size_t n);

bool str_eq(str a, str b);
/* ASCII case-insensitive. */
bool str_eq_nocase(str a, str b);
/* Bytewise order, shorter first on a tie: <0, 0, >0. */
int str_cmp(str a, str b);
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
/* Index of the first byte c, or -1. */
ptrdiff_t str_index(str s, char c);
/* Index of the first occurrence of needle, or -1. */
ptrdiff_t str_find(str s, str needle);
/* Bytes from..to (clamped). */
str str_slice(str s, size_t from, size_t to);
/* Without spaces and tabs at both ends. */
str str_trim(str s);
/* Cuts s at the first c: returns what stands before, leaves the rest in *s; without c returns all
 * and empties *s. */
str str_cut(str *s, char c);
/* Decimal digits only, no sign, no overflow; E_PARSE otherwise. */
must_use int str_to_u64(str s, uint64_t *out);
/* Optional minus, decimal digits; E_PARSE otherwise. */
must_use int str_to_i64(str s, int64_t *out);
/* Copies into a NUL-terminated buffer of size bytes; E_TOO_BIG if it does not fit, E_INVALID if s
 * holds a NUL. */
must_use int str_to_c(str s, char *out, size_t size);
/* FNV-1a, for hash tables of trusted keys only. */
uint64_t str_hash(str s);

#endif
