// SPDX-License-Identifier: Apache-2.0
// prom: the Prometheus text format.
#include "core/app/prom.h"

#include <stdio.h>
#include <string.h>

void prom_family(struct prom *p, enum prom_type type, const char *name, const char *help)
{
    static const char *const types[] = {
        [PROM_COUNTER] = "counter", [PROM_GAUGE] = "gauge", [PROM_HISTOGRAM] = "histogram"};
    p->family = name;
    buf_printf(p->out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, types[type]);
}

static void put_label_value(struct buf *out, str v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == '\n') {
            buf_append(out, STR("\\n"));
            continue;
        }
        if (v.p[i] == '"' || v.p[i] == '\\')
            buf_append_byte(out, '\\');
        buf_append_byte(out, v.p[i]);
    }
}

static void put_name(
    struct prom *p, const char *suffix, const struct prom_label *labels, size_t count)
{
    buf_append(p->out, str_from(p->family));
    buf_append(p->out, str_from(suffix));
    for (size_t i = 0; i < count; i++) {
        buf_printf(p->out, "%c%s=\"", i ? ',' : '{', labels[i].name);
        put_label_value(p->out, labels[i].value);
        buf_append_byte(p->out, '"');
    }
    buf_append(p->out, count ? STR("} ") : STR(" "));
}

void prom_put(struct prom *p, const char *suffix, const struct prom_label *labels, size_t count,
    uint64_t value)
{
    put_name(p, suffix, labels, count);
    buf_append_u64(p->out, value);
    buf_append_byte(p->out, '\n');
}

void prom_put_us(
    struct prom *p, const char *suffix, const struct prom_label *labels, size_t count, uint64_t us)
{
    char text[24];
    prom_seconds(us, text);
    put_name(p, suffix, labels, count);
    buf_append(p->out, str_from(text));
    buf_append_byte(p->out, '\n');
}

void prom_one(
    struct prom *p, enum prom_type type, const char *name, const char *help, uint64_t value)
{
    prom_family(p, type, name, help);
    prom_put(p, "", NULL, 0, value);
}

void prom_seconds(uint64_t us, char out[24])
{
    int n = snprintf(out, 24, "%llu.%06llu", (unsigned long long)(us / 1000000 % 100000000000),
        (unsigned long long)(us % 1000000));
    while (n > 1 && out[n - 1] == '0')
        out[--n] = 0;
    if (out[n - 1] == '.')
        out[n - 1] = 0;
}
