// SPDX-License-Identifier: Apache-2.0
// proc: reads /proc/PID/stat (proc(5)): the name in brackets may hold anything, so counting starts
// behind the last bracket.
#define _GNU_SOURCE
#include "bench/load/proc.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { FIELD_UTIME = 14, FIELD_STIME = 15, FIELD_RSS = 24, FIELD_AFTER_NAME = 3 };

static bool read_stat(int pid, char *out, size_t size)
{
    char path[40];
    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    FILE *f = fopen(path, "r");
    if (!f)
        return false;
    size_t n = fread(out, 1, size - 1, f);
    fclose(f);
    out[n] = 0;
    return n > 0;
}

static uint64_t field(const char *stat, int number)
{
    const char *end = strrchr(stat, ')');
    str rest = str_from(end ? end + 2 : "");
    str word = {0};
    for (int i = FIELD_AFTER_NAME; i <= number; i++)
        word = str_cut(&rest, ' ');
    uint64_t v = 0;
    return str_to_u64(word, &v) ? 0 : v;
}

double proc_cpu_seconds(int pid)
{
    char stat[1024];
    if (!read_stat(pid, stat, sizeof(stat)))
        return -1;
    return (double)(field(stat, FIELD_UTIME) + field(stat, FIELD_STIME)) /
           (double)sysconf(_SC_CLK_TCK);
}

uint64_t proc_rss_bytes(int pid)
{
    char stat[1024];
    if (!read_stat(pid, stat, sizeof(stat)))
        return 0;
    return field(stat, FIELD_RSS) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

double proc_own_seconds(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return seconds(u.ru_utime) + seconds(u.ru_stime);
}
