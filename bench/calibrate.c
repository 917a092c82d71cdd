// SPDX-License-Identifier: Apache-2.0
// calibrate: the same integer work again and again, timed: how fast is this core at this moment?
// For each byte on standard input one line: wall and processor nanoseconds of one loop.
#include <inttypes.h>
#include <stdio.h>

#include "core/base/clock.h"

enum { ROUNDS = 4000000 };

/* Each step needs the one before: neither caches nor width of the processor matter. */
static uint64_t work(uint64_t x)
{
    for (int i = 0; i < ROUNDS; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    return x;
}

int main(void)
{
    uint64_t x = 88172645463325252u;
    while (getchar() != EOF) {
        uint64_t wall = clock_mono_ns(), cpu = clock_thread_ns();
        x = work(x);
        cpu = clock_thread_ns() - cpu;
        wall = clock_mono_ns() - wall;
        printf("%" PRIu64 " %" PRIu64 " %u\n", wall, cpu, (unsigned)(x & 1));
        fflush(stdout);
    }
    return 0;
}
