// SPDX-License-Identifier: Apache-2.0
// proc: processor time and memory of other processes, from /proc.
#ifndef BENCH_LOAD_PROC_H
#define BENCH_LOAD_PROC_H

#include "core/base/base.h"

/* Seconds of user and system time of all threads of a process; negative if it is gone. */
double proc_cpu_seconds(int pid);
/* Resident bytes; 0 if it is gone. */
uint64_t proc_rss_bytes(int pid);
/* Seconds of processor time of this process. */
double proc_own_seconds(void);

#endif
