// SPDX-License-Identifier: Apache-2.0
// bundle_kind: overruns of each kind of business, and which kinds are suspended for them.
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/script/bundle_private.h"

enum { KINDS_MAX = 128, STRIKE_WINDOW_MS = 60000 };

static struct bundle_kind *find_kind(const struct bundle *b, str name)
{
    for (size_t i = 0; i < b->kind_count; i++)
        if (str_eq(str_from(b->kinds[i].name), name))
            return &b->kinds[i];
    return NULL;
}

/* Of many kinds those that go on and overran longest ago are forgotten. */
static struct bundle_kind *pick(const struct bundle *b)
{
    struct bundle_kind *oldest = &b->kinds[0];
    for (size_t i = 1; i < b->kind_count; i++) {
        struct bundle_kind *k = &b->kinds[i];
        bool is_older = k->at_ms[BUNDLE_STRIKES - 1] < oldest->at_ms[BUNDLE_STRIKES - 1];
        if (!k->since_ms && (oldest->since_ms || is_older))
            oldest = k;
    }
    return oldest;
}

static struct bundle_kind *make_kind(struct bundle *b, str name)
{
    if (!b->kinds)
        b->kinds = arena_zalloc(&b->arena, KINDS_MAX, sizeof(*b->kinds));
    struct bundle_kind *k = b->kind_count < KINDS_MAX ? &b->kinds[b->kind_count++] : pick(b);
    *k = (struct bundle_kind){.since_ms = 0};
    snprintf(k->name, sizeof(k->name), "%.*s", STR_ARG(name));
    return k;
}

void bundle_strike(struct bundle *b, str kind, const char *where)
{
    struct bundle_kind *k = find_kind(b, kind);
    uint64_t now = clock_mono_ms();
    if (!k)
        k = make_kind(b, kind);
    memmove(k->at_ms, k->at_ms + 1, sizeof(k->at_ms) - sizeof(k->at_ms[0]));
    k->at_ms[BUNDLE_STRIKES - 1] = now;
    snprintf(k->where, sizeof(k->where), "%s", where);
    if (!k->at_ms[0] || now - k->at_ms[0] > STRIKE_WINDOW_MS)
        return;
    k->since_ms = clock_wall_ms();
    log_error("a kind of business is suspended after three overruns in a minute",
        LOG_STR("bundle", b->hash), LOG_STR("kind", kind), LOG_STR("where", str_from(where)));
}

bool bundle_kind_is_suspended(const struct bundle *b, str kind)
{
    const struct bundle_kind *k = find_kind(b, kind);
    return k && k->since_ms;
}

bool bundle_has_suspended(const struct bundle *b)
{
    for (size_t i = 0; i < b->kind_count; i++)
        if (b->kinds[i].since_ms)
            return true;
    return false;
}

bool bundle_suspended(const struct bundle_set *set, size_t index, struct bundle_suspension *out)
{
    list_each(it, &set->bundles)
    {
        const struct bundle *b = container_of(it, struct bundle, link);
        for (size_t i = 0; i < b->kind_count; i++) {
            const struct bundle_kind *k = &b->kinds[i];
            if (!k->since_ms || index-- > 0)
                continue;
            *out = (struct bundle_suspension){
                b->hash, str_from(k->name), str_from(k->where), k->since_ms};
            return true;
        }
    }
    return false;
}

bool bundle_is_suspended(const struct bundle_set *set, str hash, str kind)
{
    const struct bundle *b = bundle_find(set, hash);
    return b && bundle_kind_is_suspended(b, kind);
}

void bundle_resume(struct bundle_set *set, str hash, str kind)
{
    struct bundle *b = bundle_find(set, hash);
    struct bundle_kind *k = b ? find_kind(b, kind) : NULL;
    if (!k)
        return;
    k->since_ms = 0;
    memset(k->at_ms, 0, sizeof(k->at_ms));
}
