// SPDX-License-Identifier: Apache-2.0
// hist: a log-linear histogram of nanoseconds: 1024 steps for each power of two, so that a value
// read back is within 0.05 % of the one put in. Pure; knows no clock.
#ifndef BENCH_LOAD_HIST_H
#define BENCH_LOAD_HIST_H

#include "core/base/base.h"

/* Values above are counted as this one (18 minutes). */
#define HIST_MAX ((UINT64_C(1) << 40) - 1)

struct hist;

struct hist *hist_new(void);
void hist_free(struct hist *h);
void hist_clear(struct hist *h);
void hist_add(struct hist *h, uint64_t ns);
/* Adds everything that is in `from`. */
void hist_merge(struct hist *h, const struct hist *from);

uint64_t hist_count(const struct hist *h);
/* Exact; 0 when empty. */
uint64_t hist_min(const struct hist *h);
uint64_t hist_max(const struct hist *h);
double hist_mean(const struct hist *h);
/* The value that the share q (0 to 1) of all values does not exceed; 0 when empty. */
uint64_t hist_at(const struct hist *h, double q);

#endif
