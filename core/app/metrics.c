// SPDX-License-Identifier: Apache-2.0
// metrics: one function for each object that counts something.
#include "core/app/metrics.h"

#include <stdio.h>
#include <string.h>

#include "core/app/prom.h"
#include "core/app/server.h"
#include "core/app/version.h"
#include "core/base/log.h"
#include "core/client/client.h"
#include "core/http/topics.h"

static void put_build(struct prom *p)
{
    const struct prom_label labels[] = {
        {"version", STR(CERTHALL_VERSION)}, {"build", STR(CERTHALL_BUILD)}};
    prom_family(p, PROM_GAUGE, "certhall_build_info", "Always 1; the labels say what runs.");
    prom_put(p, "", labels, countof(labels), 1);
}

static void put_requests(struct prom *p, const struct serve *serve)
{
    prom_family(p, PROM_COUNTER, "certhall_http_requests_total", "Requests answered.");
    for (size_t i = 0; i < serve_route_stats_count(serve); i++) {
        const struct route_stats *r = serve_route_stats(serve, i);
        for (int c = 0; c < HTTP_CODES && r->codes[c].code; c++) {
            char code[16];
            snprintf(code, sizeof(code), "%d", r->codes[c].code);
            const struct prom_label labels[] = {{"route", str_from(r->pattern)},
                {"method", str_from(r->method)}, {"code", str_from(code)}};
            prom_put(p, "", labels, countof(labels), r->codes[c].count);
        }
    }
}

static void put_histogram(struct prom *p, const struct route_stats *r)
{
    uint64_t sum = 0;
    struct prom_label labels[] = {
        {"route", str_from(r->pattern)}, {"method", str_from(r->method)}, {"le", STR("+Inf")}};
    for (int b = 0; b < HTTP_BUCKETS; b++) {
        char bound[24] = "+Inf";
        if (b < HTTP_BUCKETS - 1)
            prom_seconds(http_bucket_us[b], bound);
        labels[2].value = str_from(bound);
        sum += r->buckets[b];
        prom_put(p, "_bucket", labels, 3, sum);
    }
    prom_put_us(p, "_sum", labels, 2, r->sum_us);
    prom_put(p, "_count", labels, 2, sum);
}

static void put_http(struct prom *p, const struct serve *serve)
{
    const struct http_stats *h = serve_stats(serve);
    put_requests(p, serve);
    prom_family(p, PROM_HISTOGRAM, "certhall_http_request_duration_seconds",
        "From the complete head to the last byte of the answer handed to the kernel.");
    for (size_t i = 0; i < serve_route_stats_count(serve); i++)
        put_histogram(p, serve_route_stats(serve, i));
    prom_one(p, PROM_GAUGE, "certhall_connections", "Client connections now.", h->connections);
    prom_one(
        p, PROM_COUNTER, "certhall_connections_total", "Client connections accepted.", h->accepted);
    prom_one(p, PROM_COUNTER, "certhall_connections_rejected_total",
        "Client connections over a limit.", h->rejected);
    prom_one(p, PROM_COUNTER, "certhall_http_refused_total",
        "Heads refused before any route was looked up.", h->refused);
    prom_one(p, PROM_COUNTER, "certhall_http_timeouts_total", "Connections cut by a timeout.",
        h->timeouts);
    prom_one(
        p, PROM_GAUGE, "certhall_http_active_requests", "Requests being answered now.", h->active);
    prom_one(p, PROM_GAUGE, "certhall_http_streams", "Answers that come piece by piece now.",
        h->streams);
    prom_one(p, PROM_COUNTER, "certhall_http_received_bytes_total", "Bytes of heads and bodies.",
        h->bytes_in);
    prom_one(p, PROM_COUNTER, "certhall_http_sent_bytes_total", "Bytes of answers.", h->bytes_out);
    prom_one(p, PROM_COUNTER, "certhall_upload_bytes_total", "Bytes of uploads.", h->upload_bytes);
}

static void put_net(struct prom *p, struct net *net)
{
    const struct net_stats *n = net_stats(net);
    prom_one(p, PROM_COUNTER, "certhall_tls_handshakes_total", "TLS handshakes finished.",
        n->handshakes);
    prom_one(p, PROM_COUNTER, "certhall_tls_handshakes_failed_total", "TLS handshakes that failed.",
        n->handshakes_failed);
    prom_one(p, PROM_GAUGE, "certhall_tls_connections", "TLS connections now.", n->open_tls);
    prom_one(p, PROM_COUNTER, "certhall_out_of_files_total",
        "Times a connection could not be accepted for want of descriptors.", n->out_of_files);
}

/* The processor's time: what a call took from others. */
static void put_bundle_times(struct prom *p, const struct script_stats *s)
{
    uint64_t sum = 0;
    prom_family(p, PROM_HISTOGRAM, "certhall_bundle_call_seconds",
        "Processor time of calls into business rules, those that were stopped included.");
    for (int i = 0; i < SCRIPT_TIMES; i++) {
        char bound[24] = "+Inf";
        if (script_time_bound_us(i))
            prom_seconds(script_time_bound_us(i), bound);
        const struct prom_label le = {"le", str_from(bound)};
        sum += s->bundle_times[i];
        prom_put(p, "_bucket", &le, 1, sum);
    }
    prom_put_us(p, "_sum", NULL, 0, s->bundle_busy_us);
    prom_put(p, "_count", NULL, 0, sum);
}

static void put_script(struct prom *p, const struct script *script)
{
    struct script_stats s;
    script_read_stats(script, &s);
    const struct prom_label ok = {"result", STR("ok")}, failed = {"result", STR("error")};
    prom_family(p, PROM_COUNTER, "certhall_lua_reloads_total",
        "Generations of scripts put in service or refused, the first included.");
    prom_put(p, "", &ok, 1, s.reloads_ok);
    prom_put(p, "", &failed, 1, s.reloads_failed);
    prom_one(p, PROM_COUNTER, "certhall_lua_errors_total",
        "Tasks that ended with an error nobody meant.", s.errors);
    prom_one(p, PROM_COUNTER, "certhall_lua_killed_total",
        "Tasks stopped by their budget, memory or deadline.", s.killed);
    prom_one(p, PROM_COUNTER, "certhall_lua_interrupted_total",
        "Slices that ended so that others could be served.", s.interrupted);
    prom_one(
        p, PROM_COUNTER, "certhall_lua_requests_total", "Requests handed to scripts.", s.requests);
    prom_one(p, PROM_GAUGE, "certhall_lua_tasks", "Tasks now.", s.tasks);
    prom_one(p, PROM_GAUGE, "certhall_lua_generations", "Generations alive now.", s.generations);
    prom_one(
        p, PROM_GAUGE, "certhall_lua_memory_bytes", "Memory of the live generation.", s.memory);
    prom_one(p, PROM_COUNTER, "certhall_jobs_total", "Outbox jobs done.", s.jobs_done);
    prom_one(p, PROM_COUNTER, "certhall_jobs_failed_total", "Attempts of outbox jobs that failed.",
        s.jobs_failed);
    prom_one(
        p, PROM_GAUGE, "certhall_bundle_states", "States of business rules loaded now.", s.bundles);
    prom_one(p, PROM_COUNTER, "certhall_bundle_calls_total", "Calls into business rules.",
        s.bundle_calls);
    prom_one(p, PROM_COUNTER, "certhall_bundle_killed_total",
        "Bundle states dropped for an overrun.", s.bundle_killed);
    prom_one(p, PROM_GAUGE, "certhall_bundle_texts",
        "Bundles of business rules whose texts are held now.", s.bundles_known);
    put_bundle_times(p, &s);
    const struct prom_label version = {"version", str_from(s.version)};
    prom_family(
        p, PROM_GAUGE, "certhall_script_info", "Always 1; the label names the live generation.");
    prom_put(p, "", &version, 1, 1);
}

static void put_outside(struct prom *p, const struct server *s)
{
    const struct client_stats c =
        s->client ? client_stats(s->client) : (struct client_stats){.open = 0};
    prom_one(
        p, PROM_COUNTER, "certhall_client_calls_total", "Outgoing calls and mails ended.", c.done);
    prom_one(p, PROM_COUNTER, "certhall_client_failed_total",
        "Of these, those that brought no answer.", c.failed);
    prom_one(p, PROM_GAUGE, "certhall_client_open", "Outgoing calls and mails now.", c.open);
    prom_one(
        p, PROM_GAUGE, "certhall_event_streams", "Event streams now.", topics_count(s->topics));
}

static void put_store(struct prom *p, struct store *store)
{
    struct store_stats s;
    store_read_stats(store, &s);
    prom_one(
        p, PROM_GAUGE, "certhall_lmdb_map_used_bytes", "Bytes of the map in use.", s.used_bytes);
    prom_one(p, PROM_GAUGE, "certhall_lmdb_map_size_bytes", "Size of the map.", s.map_bytes);
    prom_one(p, PROM_GAUGE, "certhall_lmdb_readers", "Snapshots open now.", s.readers);
    prom_family(p, PROM_GAUGE, "certhall_lmdb_reader_age_seconds", "Age of the oldest snapshot.");
    prom_put_us(p, "", NULL, 0, s.reader_ms * 1000);
    prom_one(p, PROM_COUNTER, "certhall_store_commits_total", "Commits to disk.", s.commits);
    prom_one(
        p, PROM_COUNTER, "certhall_store_transactions_total", "Transactions committed.", s.members);
    prom_one(p, PROM_COUNTER, "certhall_store_conflicts_total",
        "Transactions that lost a race and ran again.", s.conflicts);
    prom_one(p, PROM_COUNTER, "certhall_store_failed_total",
        "Transactions refused for another reason.", s.failed);
    prom_one(
        p, PROM_GAUGE, "certhall_store_queue", "Transactions waiting for the writer.", s.queued);
    prom_one(
        p, PROM_GAUGE, "certhall_store_batch", "Transactions of the last commit.", s.batch_last);
    prom_family(p, PROM_GAUGE, "certhall_store_sync_seconds", "Write and sync of the last commit.");
    prom_put_us(p, "", NULL, 0, s.sync_us_last);
    prom_one(p, PROM_GAUGE, "certhall_store_read_only",
        "1 after an error at commit: nothing is written until a restart.", s.read_only);
}

static void put_work(struct prom *p, struct work *work)
{
    struct work_stats all[WORK_KINDS];
    for (int k = 0; k < WORK_KINDS; k++)
        all[k] = work_stats(work, (enum work_kind)k);
    static const struct {
        enum prom_type type;
        const char *name, *help;
    } families[] = {
        {PROM_GAUGE, "certhall_work_running", "Operations on pool threads now."},
        {PROM_GAUGE, "certhall_work_waiting", "Operations waiting for a pool thread."},
        {PROM_COUNTER, "certhall_work_finished_total", "Operations finished by the pool."},
        {PROM_COUNTER, "certhall_work_refused_total",
            "Operations refused because too many waited."},
    };
    for (size_t f = 0; f < countof(families); f++) {
        prom_family(p, families[f].type, families[f].name, families[f].help);
        for (int k = 0; k < WORK_KINDS; k++) {
            const uint64_t values[] = {
                all[k].running, all[k].waiting, all[k].finished, all[k].refused};
            const struct prom_label kind = {"kind", str_from(work_kind_name((enum work_kind)k))};
            prom_put(p, "", &kind, 1, values[f]);
        }
    }
}

static void put_loop(struct prom *p, const struct server *s)
{
    static const uint32_t bounds[LOOP_BUCKETS - 1] = {50, 100, 500, 1000, 2000, 5000, 20000};
    const struct loop_stats *l = loop_stats(s->loop);
    prom_family(p, PROM_HISTOGRAM, "certhall_loop_callback_seconds",
        "How long single callbacks held the loop.");
    uint64_t sum = 0;
    for (int b = 0; b < LOOP_BUCKETS; b++) {
        char bound[24] = "+Inf";
        if (b < LOOP_BUCKETS - 1)
            prom_seconds(bounds[b], bound);
        const struct prom_label le = {"le", str_from(bound)};
        sum += l->buckets[b];
        prom_put(p, "_bucket", &le, 1, sum);
    }
    prom_put_us(p, "_sum", NULL, 0, l->busy_us);
    prom_put(p, "_count", NULL, 0, sum);
    prom_family(
        p, PROM_GAUGE, "certhall_loop_longest_callback_seconds", "Longest since the start.");
    prom_put_us(p, "", NULL, 0, l->longest_us);
    prom_family(p, PROM_GAUGE, "certhall_loop_lag_seconds",
        "How late the last beat of the loop came, at a resolution of 8 ms.");
    prom_put_us(p, "", NULL, 0, s->lag_us);
}

void metrics_write(const struct server *s, struct buf *out)
{
    struct prom p = {.out = out};
    put_build(&p);
    put_http(&p, s->hall);
    put_net(&p, s->net);
    put_script(&p, s->script);
    put_outside(&p, s);
    put_store(&p, s->store);
    put_work(&p, s->work);
    put_loop(&p, s);
    prom_one(&p, PROM_COUNTER, "certhall_log_lost_total", "Log lines that could not be written.",
        log_lost());
    if (s->tls)
        prom_one(&p, PROM_GAUGE, "certhall_tls_cert_expiry_timestamp_seconds",
            "When the server's certificate ends.", (uint64_t)tlsctx_not_after(s->tls));
    metrics_write_process(&p, s->started_ms);
}
