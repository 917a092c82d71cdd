// SPDX-License-Identifier: Apache-2.0
// regex: PCRE2 behind a cache.
#include "core/script/regex.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { MATCH_LIMIT = 20000, DEPTH_LIMIT = 2000, HEAP_LIMIT_KIB = 512 };

struct regex_entry {
    pcre2_code *code;
    size_t n;
    char pattern[REGEX_PATTERN_MAX];
};

static struct regex_entry **slot_of(struct regex_cache *cache, str pattern)
{
    return &cache->entries[str_hash(pattern) % countof(cache->entries)];
}

static void free_entry(struct regex_entry *e)
{
    if (!e)
        return;
    pcre2_code_free(e->code);
    free(e);
}

static void prepare(struct regex_cache *cache)
{
    if (cache->match)
        return;
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    cache->match = pcre2_match_data_create(REGEX_GROUPS_MAX, NULL);
    if (!limits || !cache->match)
        abort();
    pcre2_set_match_limit(limits, MATCH_LIMIT);
    pcre2_set_depth_limit(limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(limits, HEAP_LIMIT_KIB);
    cache->limits = limits;
}

static int compile(str pattern, struct regex_entry **out, struct err *err)
{
    int code;
    PCRE2_SIZE at;
    uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY;
    pcre2_code *re = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, options, &code, &at, NULL);
    if (!re) {
        char text[128];
        pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof(text));
        return err_set(err, E_PARSE, "pattern: %s at %zu", text, (size_t)at);
    }
    struct regex_entry *e = mem_alloc(sizeof(*e));
    e->code = re;
    e->n = pattern.n;
    memcpy(e->pattern, pattern.p, pattern.n);
    *out = e;
    return 0;
}

static int find(struct regex_cache *cache, str pattern, struct regex_entry **out, struct err *err)
{
    if (pattern.n == 0 || pattern.n > REGEX_PATTERN_MAX)
        return err_set(err, E_TOO_BIG, "pattern: 1 to %d bytes", REGEX_PATTERN_MAX);
    struct regex_entry **slot = slot_of(cache, pattern);
    if (*slot && (*slot)->n == pattern.n && !memcmp((*slot)->pattern, pattern.p, pattern.n)) {
        *out = *slot;
        return 0;
    }
    int rc = compile(pattern, out, err);
    if (rc)
        return rc;
    free_entry(*slot);
    *slot = *out;
    return 0;
}

static int translate(int rc, struct err *err)
{
    if (rc == PCRE2_ERROR_NOMATCH)
        return 1;
    if (rc <= PCRE2_ERROR_UTF8_ERR1 && rc >= PCRE2_ERROR_UTF8_ERR21)
        return err_set(err, E_INVALID, "text is not UTF-8");
    return err_set(err, E_BUDGET, "pattern takes too long on this text");
}

static void copy_groups(
    const struct regex_cache *cache, const struct regex_entry *e, struct regex_match *out)
{
    const PCRE2_SIZE *v = pcre2_get_ovector_pointer(cache->match);
    uint32_t groups = 0;
    (void)pcre2_pattern_info(e->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    out->count = groups + 1 < REGEX_GROUPS_MAX ? (int)groups + 1 : REGEX_GROUPS_MAX;
    for (int i = 0; i < out->count; i++) {
        bool took_part = v[2 * i] != PCRE2_UNSET;
        out->from[i] = took_part ? v[2 * i] : 1;
        out->to[i] = took_part ? v[2 * i + 1] : 0;
    }
}

int regex_run(struct regex_cache *cache, str pattern, str subject, bool whole,
    struct regex_match *out, struct err *err)
{
    struct regex_entry *e = NULL;
    if (subject.n > REGEX_SUBJECT_MAX)
        return err_set(
            err, E_TOO_BIG, "text to be matched is longer than %d bytes", REGEX_SUBJECT_MAX);
    int rc = find(cache, pattern, &e, err);
    if (rc)
        return rc;
    prepare(cache);
    uint32_t options = whole ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : 0;
    rc = pcre2_match(e->code, (PCRE2_SPTR)(subject.p ? subject.p : ""), subject.n, 0, options,
        cache->match, cache->limits);
    if (rc < 0)
        return translate(rc, err);
    copy_groups(cache, e, out);
    return 0;
}

void regex_release(struct regex_cache *cache)
{
    for (size_t i = 0; i < countof(cache->entries); i++)
        free_entry(cache->entries[i]);
    if (cache->match) {
        pcre2_match_data_free(cache->match);
        pcre2_match_context_free(cache->limits);
    }
    memset(cache, 0, sizeof(*cache));
}
