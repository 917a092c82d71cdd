// SPDX-License-Identifier: Apache-2.0
// process: the process_* families every Prometheus client has, out of /proc.
#define _GNU_SOURCE
#include "core/app/metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/app/prom.h"

static uint64_t cpu_us(void)
{
    struct rusage r;
    if (getrusage(RUSAGE_SELF, &r) != 0)
        return 0;
    return ((uint64_t)r.ru_utime.tv_sec + (uint64_t)r.ru_stime.tv_sec) * 1000000 +
           (uint64_t)r.ru_utime.tv_usec + (uint64_t)r.ru_stime.tv_usec;
}

/* Pages of address space and of memory. */
static void read_statm(uint64_t *virtual_pages, uint64_t *resident_pages)
{
    unsigned long long v = 0, r = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f && fscanf(f, "%llu %llu", &v, &r) != 2)
        v = r = 0;
    if (f)
        fclose(f);
    *virtual_pages = v;
    *resident_pages = r;
}

static uint64_t open_files(void)
{
    DIR *d = opendir("/proc/self/fd");
    uint64_t n = 0;
    if (!d)
        return 0;
    while (readdir(d))
        n++;
    closedir(d);
    return n > 3 ? n - 3 : 0; /* ".", ".." and the directory itself */
}

void metrics_write_process(struct prom *p, int64_t started_ms)
{
    struct rlimit files = {0, 0};
    uint64_t virtual_pages, resident_pages, page = (uint64_t)sysconf(_SC_PAGESIZE);
    read_statm(&virtual_pages, &resident_pages);
    getrlimit(RLIMIT_NOFILE, &files);
    prom_family(p, PROM_COUNTER, "process_cpu_seconds_total", "Processor time of all threads.");
    prom_put_us(p, "", NULL, 0, cpu_us());
    prom_one(
        p, PROM_GAUGE, "process_resident_memory_bytes", "Memory in use.", resident_pages * page);
    prom_one(p, PROM_GAUGE, "process_virtual_memory_bytes", "Address space in use.",
        virtual_pages * page);
    prom_one(p, PROM_GAUGE, "process_open_fds", "File descriptors open.", open_files());
    prom_one(p, PROM_GAUGE, "process_max_fds", "File descriptors allowed.", files.rlim_cur);
    prom_family(p, PROM_GAUGE, "process_start_time_seconds", "When the process started.");
    prom_put_us(p, "", NULL, 0, (uint64_t)started_ms * 1000);
}
