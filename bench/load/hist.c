// SPDX-License-Identifier: Apache-2.0
// hist: buckets by the position of the highest bit and the ten bits below it.
#include "bench/load/hist.h"

#include <stdlib.h>
#include <string.h>

enum { STEP_BITS = 10, STEPS = 1 << STEP_BITS, BUCKETS = (40 - STEP_BITS + 1) * STEPS };

struct hist {
    uint64_t count;
    uint64_t min;
    uint64_t max;
    double sum;
    uint64_t buckets[BUCKETS];
};

static size_t bucket_of(uint64_t v)
{
    if (v < 2 * STEPS)
        return (size_t)v;
    unsigned shift = 63u - (unsigned)__builtin_clzll(v) - STEP_BITS;
    return shift * (size_t)STEPS + (size_t)(v >> shift);
}

static uint64_t middle_of(size_t bucket)
{
    if (bucket < 2 * STEPS)
        return bucket;
    size_t shift = bucket / STEPS - 1;
    return ((uint64_t)(bucket - shift * STEPS) << shift) + (UINT64_C(1) << shift) / 2;
}

struct hist *hist_new(void)
{
    return mem_zalloc(1, sizeof(struct hist));
}

void hist_free(struct hist *h)
{
    free(h);
}

void hist_clear(struct hist *h)
{
    memset(h, 0, sizeof(*h));
}

void hist_add(struct hist *h, uint64_t ns)
{
    if (ns > HIST_MAX)
        ns = HIST_MAX;
    if (!h->count || ns < h->min)
        h->min = ns;
    if (ns > h->max)
        h->max = ns;
    h->count++;
    h->sum += (double)ns;
    h->buckets[bucket_of(ns)]++;
}

void hist_merge(struct hist *h, const struct hist *from)
{
    if (!from->count)
        return;
    if (!h->count || from->min < h->min)
        h->min = from->min;
    if (from->max > h->max)
        h->max = from->max;
    h->count += from->count;
    h->sum += from->sum;
    for (size_t i = 0; i < BUCKETS; i++)
        h->buckets[i] += from->buckets[i];
}

uint64_t hist_count(const struct hist *h)
{
    return h->count;
}

uint64_t hist_min(const struct hist *h)
{
    return h->min;
}

uint64_t hist_max(const struct hist *h)
{
    return h->max;
}

double hist_mean(const struct hist *h)
{
    return h->count ? h->sum / (double)h->count : 0;
}

static uint64_t clamp(const struct hist *h, uint64_t v)
{
    return v < h->min ? h->min : v > h->max ? h->max : v;
}

uint64_t hist_at(const struct hist *h, double q)
{
    double want = q * (double)h->count;
    uint64_t rank = (uint64_t)want;
    if ((double)rank < want || !rank)
        rank++;
    if (rank >= h->count || rank == 1)
        return rank == 1 ? h->min : h->max;
    uint64_t seen = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        seen += h->buckets[i];
        if (seen >= rank)
            return clamp(h, middle_of(i));
    }
    return h->max;
}
