// SPDX-License-Identifier: Apache-2.0
// clock: monotonic time for timeouts, wall time for dates, and calendar arithmetic without time
// zones' tables.
#ifndef CORE_BASE_CLOCK_H
#define CORE_BASE_CLOCK_H

#include "core/base/base.h"

/* Nanoseconds of the monotonic clock. */
uint64_t clock_mono_ns(void);
/* Milliseconds of the monotonic clock. */
uint64_t clock_mono_ms(void);
/* Milliseconds since 1970-01-01 UTC. */
int64_t clock_wall_ms(void);
/* Nanoseconds of processor time of the calling thread. */
uint64_t clock_thread_ns(void);

struct civil {
    int year, month, day, hour, minute, second, millisecond;
};

/* The proleptic Gregorian date of `ms` at `offset_minutes` east of UTC (480 for China). */
struct civil clock_civil(int64_t ms, int offset_minutes);
/* The reverse; fields need not be normalised. */
int64_t clock_from_civil(const struct civil *c, int offset_minutes);
/* "2026-11-23T16:20:50.123+08:00" into out (at least 30 bytes); returns its length. */
size_t clock_rfc3339(int64_t ms, int offset_minutes, char out[30]);
/* "Mon, 23 Nov 2026 08:20:50 GMT" (RFC 9110 5.6.7) into out (at least 30 bytes); returns 29. */
size_t clock_http_date(int64_t ms, char out[30]);
/* Parses the IMF-fixdate form of RFC 9110 5.6.7; E_PARSE otherwise. */
must_use int clock_parse_http_date(str s, int64_t *ms);

#endif
