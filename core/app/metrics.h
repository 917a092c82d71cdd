// SPDX-License-Identifier: Apache-2.0
// metrics: reads the stats of every long-lived object and writes them for Prometheus; the only
// reader of those structs.
#ifndef CORE_APP_METRICS_H
#define CORE_APP_METRICS_H

#include "core/base/buf.h"

struct server;

/* Appends all families. */
void metrics_write(const struct server *s, struct buf *out);
/* The process's own families (process.c). */
struct prom;
void metrics_write_process(struct prom *p, int64_t started_ms);

#endif
