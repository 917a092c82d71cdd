// SPDX-License-Identifier: Apache-2.0
// stats: what a run counts, and how it is told: a line a second, a summary, JSON.
#ifndef BENCH_LOAD_STATS_H
#define BENCH_LOAD_STATS_H

#include <stdio.h>

#include "bench/load/hist.h"
#include "core/base/buf.h"

enum fault {
    FAULT_CONNECT,   /* no connection */
    FAULT_TLS,       /* handshake or record */
    FAULT_CLOSED,    /* the connection ended before the answer */
    FAULT_PROTOCOL,  /* not an HTTP answer */
    FAULT_TIMEOUT,   /* no answer in time */
    FAULT_STATUS,    /* another status than expected */
    FAULT_CHECK,     /* a journey raised */
    FAULT_UNSTARTED, /* open loop: its time came, but no user was free until the end */
    FAULTS
};

/* Static. */
const char *fault_name(enum fault f);

struct stats {
    struct hist *latency;  /* of answers, from the intended start, ns */
    struct hist *journeys; /* of whole journeys */
    struct hist *second;   /* of answers since the last line */
    uint64_t answers;      /* complete and right */
    uint64_t answers_told; /* of them, told in lines before */
    uint64_t faults[FAULTS];
    uint64_t bytes_in;
    uint64_t connections; /* opened */
    char first_fault[256];
};

void stats_init(struct stats *s);
void stats_release(struct stats *s);
/* Forgets everything counted (the warm-up). */
void stats_clear(struct stats *s);
void stats_answer(struct stats *s, uint64_t latency_ns);
/* `detail` may be NULL; the first one is kept for the summary. */
void stats_fault(struct stats *s, enum fault f, const char *detail);
uint64_t stats_faults(const struct stats *s);

/* Before reading `latency`. */
void stats_settle(struct stats *s);

/* What the summary says besides. */
struct stats_frame {
    const char *scenario;
    const char *url;
    unsigned users;
    unsigned depth;
    double rate;         /* intended, a second; 0: closed loop */
    double seconds;      /* measured */
    double own_cpu;      /* seconds of processor time of this process */
    double server_cpu;   /* of the watched processes; negative: none watched */
    uint64_t server_rss; /* bytes of the watched processes at the end */
    bool interrupted;
};

/* One line about the second that passed. */
void stats_line(struct stats *s, double at, FILE *out);
void stats_summary(const struct stats *s, const struct stats_frame *f, FILE *out);
void stats_json(const struct stats *s, const struct stats_frame *f, struct buf *out);

#endif
