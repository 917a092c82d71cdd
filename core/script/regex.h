// SPDX-License-Identifier: Apache-2.0
// regex: the only pattern matching scripts get: PCRE2 with limits that bound a match to about a
// millisecond. Owns a small cache of compiled patterns. Knows no Lua.
#ifndef CORE_SCRIPT_REGEX_H
#define CORE_SCRIPT_REGEX_H

#include "core/base/base.h"

enum { REGEX_PATTERN_MAX = 256, REGEX_SUBJECT_MAX = 16 << 10, REGEX_GROUPS_MAX = 16 };

struct regex_entry;

/* Zero-initialised is an empty cache. Fields are private. */
struct regex_cache {
    struct regex_entry *entries[64];
    void *match;  /* pcre2_match_data */
    void *limits; /* pcre2_match_context */
};

struct regex_match {
    int count;                     /* groups, the whole match included */
    size_t from[REGEX_GROUPS_MAX]; /* byte offsets; from > to: group did not take part */
    size_t to[REGEX_GROUPS_MAX];
};

/* 0 with the match, 1 when there is none; E_PARSE for a wrong pattern, E_TOO_BIG, E_BUDGET when it
 * takes too long, E_INVALID for a subject that is not UTF-8. With `whole` the pattern must fit the
 * subject from end to end. */
must_use int regex_run(struct regex_cache *cache, str pattern, str subject, bool whole,
    struct regex_match *out, struct err *err);
void regex_release(struct regex_cache *cache);

#endif
