// SPDX-License-Identifier: Apache-2.0
// stats: counting and telling.
#include "bench/load/stats.h"

#include <string.h>

#include "core/base/json.h"

static const struct {
    const char *name;
    double q;
} quantiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}, {"p99.99", 0.9999}};

const char *fault_name(enum fault f)
{
    static const char *const names[FAULTS] = {
        "connect", "tls", "closed", "protocol", "timeout", "status", "check", "unstarted"};
    return names[f];
}

void stats_init(struct stats *s)
{
    *s = (struct stats){.latency = hist_new(), .journeys = hist_new(), .second = hist_new()};
}

void stats_release(struct stats *s)
{
    hist_free(s->latency);
    hist_free(s->journeys);
    hist_free(s->second);
}

void stats_clear(struct stats *s)
{
    struct stats empty = {.latency = s->latency, .journeys = s->journeys, .second = s->second};
    hist_clear(s->latency);
    hist_clear(s->journeys);
    hist_clear(s->second);
    *s = empty;
}

void stats_answer(struct stats *s, uint64_t latency_ns)
{
    s->answers++;
    hist_add(s->second, latency_ns);
}

void stats_fault(struct stats *s, enum fault f, const char *detail)
{
    s->faults[f]++;
    if (detail && !s->first_fault[0])
        snprintf(s->first_fault, sizeof(s->first_fault), "%s: %s", fault_name(f), detail);
}

uint64_t stats_faults(const struct stats *s)
{
    uint64_t sum = 0;
    for (int f = 0; f < FAULTS; f++)
        sum += s->faults[f];
    return sum;
}

void stats_settle(struct stats *s)
{
    hist_merge(s->latency, s->second);
    hist_clear(s->second);
}

static double ms(uint64_t ns)
{
    return (double)ns / 1e6;
}

void stats_line(struct stats *s, double at, FILE *out)
{
    fprintf(out, "%5.0f s %9llu answers  p50 %.3f ms  p99 %.3f ms  max %.3f ms  errors %llu\n", at,
        (unsigned long long)(s->answers - s->answers_told), ms(hist_at(s->second, 0.5)),
        ms(hist_at(s->second, 0.99)), ms(hist_max(s->second)), (unsigned long long)stats_faults(s));
    s->answers_told = s->answers;
    stats_settle(s);
}

static void summary_faults(const struct stats *s, FILE *out)
{
    for (int f = 0; f < FAULTS; f++)
        if (s->faults[f])
            fprintf(out, "  errors    %s %llu\n", fault_name((enum fault)f),
                (unsigned long long)s->faults[f]);
    if (s->first_fault[0])
        fprintf(out, "  the first %s\n", s->first_fault);
}

static void summary_hist(const char *what, const struct hist *h, FILE *out)
{
    if (!hist_count(h))
        return;
    fprintf(out, "  %-9s", what);
    for (size_t i = 0; i < countof(quantiles); i++)
        fprintf(out, " %s %.3f ms ", quantiles[i].name, ms(hist_at(h, quantiles[i].q)));
    fprintf(out, " max %.3f ms\n", ms(hist_max(h)));
}

void stats_summary(const struct stats *s, const struct stats_frame *f, FILE *out)
{
    fprintf(out, "%s at %s, %u users", f->scenario, f->url, f->users);
    if (f->depth > 1)
        fprintf(out, ", %u requests outstanding each", f->depth);
    if (f->rate > 0)
        fprintf(out, ", %.0f intended a second", f->rate);
    fprintf(out, "%s\n  answers   %llu in %.2f s = %.0f a second, %.1f MB\n",
        f->interrupted ? " (interrupted)" : "", (unsigned long long)s->answers, f->seconds,
        f->seconds > 0 ? (double)s->answers / f->seconds : 0, (double)s->bytes_in / 1e6);
    summary_hist("latency", s->latency, out);
    summary_hist("journeys", s->journeys, out);
    fprintf(out, "  processor %.2f s here", f->own_cpu);
    if (f->server_cpu >= 0)
        fprintf(out, ", %.2f s in the server (%.0f %% of a core)", f->server_cpu,
            f->seconds > 0 ? 100 * f->server_cpu / f->seconds : 0);
    fprintf(out, "\n");
    summary_faults(s, out);
}

static void put_real(struct json_writer *w, str name, double v)
{
    json_key(w, name);
    json_put_real(w, v);
}

static void put_uint(struct json_writer *w, str name, uint64_t v)
{
    json_key(w, name);
    json_put_uint(w, v);
}

static void put_hist(struct json_writer *w, str name, const struct hist *h)
{
    json_key(w, name);
    json_begin_object(w);
    put_uint(w, STR("count"), hist_count(h));
    put_real(w, STR("mean"), hist_mean(h) / 1e3);
    for (size_t i = 0; i < countof(quantiles); i++)
        put_real(w, str_from(quantiles[i].name), (double)hist_at(h, quantiles[i].q) / 1e3);
    put_real(w, STR("min"), (double)hist_min(h) / 1e3);
    put_real(w, STR("max"), (double)hist_max(h) / 1e3);
    json_end_object(w);
}

static void put_faults(struct json_writer *w, const struct stats *s)
{
    json_key(w, STR("errors"));
    json_begin_object(w);
    for (int f = 0; f < FAULTS; f++)
        put_uint(w, str_from(fault_name((enum fault)f)), s->faults[f]);
    json_end_object(w);
    json_key(w, STR("first_error"));
    json_put_str(w, str_from(s->first_fault));
}

void stats_json(const struct stats *s, const struct stats_frame *f, struct buf *out)
{
    struct json_writer w = {.out = out};
    json_begin_object(&w);
    json_key(&w, STR("scenario"));
    json_put_str(&w, str_from(f->scenario));
    json_key(&w, STR("url"));
    json_put_str(&w, str_from(f->url));
    put_uint(&w, STR("users"), f->users);
    put_uint(&w, STR("depth"), f->depth);
    put_real(&w, STR("rate"), f->rate);
    put_real(&w, STR("seconds"), f->seconds);
    put_uint(&w, STR("answers"), s->answers);
    put_real(&w, STR("per_second"), f->seconds > 0 ? (double)s->answers / f->seconds : 0);
    put_uint(&w, STR("bytes_in"), s->bytes_in);
    put_uint(&w, STR("connections"), s->connections);
    put_real(&w, STR("own_cpu_seconds"), f->own_cpu);
    put_real(&w, STR("server_cpu_seconds"), f->server_cpu);
    put_uint(&w, STR("server_rss_bytes"), f->server_rss);
    json_key(&w, STR("interrupted"));
    json_put_bool(&w, f->interrupted);
    put_hist(&w, STR("latency_us"), s->latency);
    put_hist(&w, STR("journey_us"), s->journeys);
    put_faults(&w, s);
    json_end_object(&w);
    buf_append_byte(out, '\n');
}
