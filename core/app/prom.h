// SPDX-License-Identifier: Apache-2.0
// prom: the Prometheus text format 0.0.4, one family after the other.
#ifndef CORE_APP_PROM_H
#define CORE_APP_PROM_H

#include "core/base/buf.h"

enum prom_type { PROM_COUNTER, PROM_GAUGE, PROM_HISTOGRAM };

struct prom_label {
    const char *name;
    str value; /* escaped by the writer */
};

/* Zero-initialise, then set out. */
struct prom {
    struct buf *out;
    const char *family; /* private */
};

/* Begins a family; the samples that follow are its own. */
void prom_family(struct prom *p, enum prom_type type, const char *name, const char *help);
/* One sample; suffix "" or "_bucket", "_sum", "_count". */
void prom_put(struct prom *p, const char *suffix, const struct prom_label *labels, size_t count,
    uint64_t value);
/* The same for microseconds, written as seconds. */
void prom_put_us(
    struct prom *p, const char *suffix, const struct prom_label *labels, size_t count, uint64_t us);
/* A family with one sample and no labels. */
void prom_one(
    struct prom *p, enum prom_type type, const char *name, const char *help, uint64_t value);
/* "0.005" for 5000, without trailing zeros; out holds at least 24 bytes. */
void prom_seconds(uint64_t us, char out[24]);

#endif
