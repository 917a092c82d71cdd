// SPDX-License-Identifier: Apache-2.0
// load: a run: virtual users with a connection each, driven by a scenario, in a closed loop (each
// asks again when it is answered) or in an open one (requests are due at given times, whether or
// not the server keeps up; latency counts from the time one was due).
#ifndef BENCH_LOAD_LOAD_H
#define BENCH_LOAD_LOAD_H

#include "bench/load/scenario.h"
#include "bench/load/stats.h"

enum { LOAD_DEPTH_MAX = 64, LOAD_PIDS_MAX = 64, LOAD_WORDS_MAX = 32 };

struct load_opts {
    const char *url; /* http://127.0.0.1:8080 */
    const char *scenario;
    unsigned users;   /* connections */
    unsigned depth;   /* requests outstanding on one connection */
    unsigned sources; /* source addresses in 127.0.0.0/8 */
    double rate;      /* requests (journeys) a second; 0: closed loop */
    double warmup;    /* seconds */
    double duration;  /* seconds */
    double timeout;   /* seconds without an answer */
    bool close;       /* a connection for each request */
    bool idle;        /* one request for each user, then hold the connections for `duration` */
    bool quiet;
    const char *json; /* file; NULL: none */
    int pids[LOAD_PIDS_MAX];
    size_t pid_count;
    const char *words[LOAD_WORDS_MAX + 1]; /* NAME=VALUE for the scenario */
};

/* Reads a command line. 0, 1 after it printed the help, E_CONFIG. */
must_use int load_options(struct load_opts *o, int argc, char **argv, struct err *err);

/* Runs; stats are the caller's (initialised). E_… if the scenario, the address or the preparation
 * failed; errors of the measured time are counted instead. */
must_use int load_run(
    const struct load_opts *o, struct stats *stats, struct stats_frame *frame, struct err *err);

#endif
