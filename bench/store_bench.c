// SPDX-License-Identifier: Apache-2.0
// store_bench: the store alone: transactions of one sealed row with a blind index, a counter and an
// audit record, kept so many in flight that the writer commits them in batches.
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/load/proc.h"
#include "core/base/clock.h"
#include "store/tx.h"

static const char schema[] =
    "{\"tables\":{\"row\":{\"key\":\"time\",\"indexes\":[{\"name\":\"phone\",\"kind\":\"blind\","
    "\"fields\":[\"phone\"]}],\"counters\":[{\"name\":\"by_kind\",\"by\":[\"kind\"]}]}},"
    "\"counters\":[],\"logs\":[\"audit\"],\"sequences\":[],\"jobs\":[]}";

struct options {
    const char *dir;
    uint64_t fill;     /* rows that must be there before */
    uint64_t count;    /* transactions to measure */
    uint64_t inflight; /* transactions waiting for the writer */
    uint64_t warmup;   /* transactions before, not measured */
    uint64_t json;     /* bytes of a row's JSON, about */
};

struct bench {
    const struct options *o;
    struct store *store;
    struct buf json;
    uint64_t sent, done, failed;
    uint64_t random;
};

static _Noreturn void die(const char *what, int rc)
{
    fprintf(stderr, "store_bench: %s: %s\n", what, err_text(rc));
    exit(2);
}

/* The store may refuse what does not concern the figures: those are counted. */
static void completed(void *arg, struct store_tx *tx, int status)
{
    struct bench *b = arg;
    b->done++;
    if (status)
        b->failed++;
    store_tx_end(tx);
}

static uint64_t next_random(struct bench *b)
{
    uint64_t x = b->random;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return b->random = x;
}

static void make_json(struct bench *b)
{
    uint64_t r = next_random(b);
    buf_clear(&b->json);
    buf_printf(&b->json,
        "{\"phone\":\"1%010" PRIu64 "\",\"kind\":\"%s\",\"number\":%" PRIu64 ",\"note\":\"",
        r % 10000000000u, r & 1 ? "unit" : "prsn", b->sent);
    while (b->json.n + 2 < b->o->json)
        buf_append_byte(&b->json, (char)('a' + b->json.n % 26));
    buf_append(&b->json, STR("\"}"));
}

static int write_one(struct bench *b, struct store_tx *tx)
{
    char key[STORE_KEY_TEXT + 1];
    make_json(b);
    store_key_new(tx, key);
    int rc = store_insert(tx, STR("row"), str_from(key), buf_str(&b->json));
    if (!rc)
        rc = store_append(
            tx, STR("audit"), str_from(key), STR("{\"event\":\"bench.added\",\"by\":\"nobody\"}"));
    return rc;
}

static void send_one(struct bench *b)
{
    struct store_tx *tx = store_tx_begin(b->store, STORE_TX_WRITE);
    int rc = write_one(b, tx);
    if (!rc)
        rc = store_submit(tx, completed, b);
    if (rc)
        die("a transaction", rc);
    b->sent++;
}

/* Keeps `inflight` transactions in flight until `count` more are done. */
static void run(struct bench *b, uint64_t count, uint64_t inflight)
{
    uint64_t until = b->sent + count;
    while (b->done < until) {
        while (b->sent < until && b->sent - b->done < inflight)
            send_one(b);
        store_poll_wait(b->store, 1000);
    }
}

static uint64_t rows_now(struct bench *b)
{
    struct store_tx *tx = store_tx_begin(b->store, STORE_TX_READ);
    int64_t unit = 0, person = 0;
    int rc = store_count(tx, STR("by_kind"), STR("[\"unit\"]"), &unit);
    if (!rc)
        rc = store_count(tx, STR("by_kind"), STR("[\"prsn\"]"), &person);
    if (rc < 0)
        die("the counter", rc);
    store_tx_end(tx);
    return (uint64_t)(unit + person);
}

static void open_store(struct bench *b)
{
    static const uint8_t key[STORE_SEAL_KEY_SIZE] = "no secret: a key for measuring.";
    struct err err = {0};
    const struct store_opts opts = {.dir = b->o->dir, .seal_key = key, .schema = str_from(schema)};
    if (store_open(&b->store, &opts, &err)) {
        fprintf(stderr, "store_bench: %s\n", err.message);
        exit(2);
    }
}

static bool set_option(struct options *o, const char *name, const char *value)
{
    const struct {
        const char *name;
        uint64_t *place;
    } numbers[] = {{"--fill", &o->fill}, {"--count", &o->count}, {"--inflight", &o->inflight},
        {"--warmup", &o->warmup}, {"--json", &o->json}};
    for (size_t i = 0; i < countof(numbers); i++)
        if (strcmp(name, numbers[i].name) == 0)
            return str_to_u64(str_from(value), numbers[i].place) == 0;
    if (strcmp(name, "--dir") == 0)
        o->dir = value;
    return strcmp(name, "--dir") == 0;
}

static void report(struct bench *b, const struct store_stats *before, double seconds, double cpu)
{
    struct store_stats s;
    store_read_stats(b->store, &s);
    printf("{\"members\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"commits\":%" PRIu64
           ",\"seconds\":%.6f,\"cpu_seconds\":%.6f,\"per_second\":%.1f,\"rows\":%" PRIu64 "}\n",
        b->o->count, b->failed, s.commits - before->commits, seconds, cpu,
        (double)b->o->count / seconds, rows_now(b));
}

int main(int argc, char **argv)
{
    struct options o = {.count = 20000, .inflight = 256, .json = 1000};
    for (int i = 1; i < argc; i += 2)
        if (i + 1 >= argc || !set_option(&o, argv[i], argv[i + 1]))
            o.dir = NULL;
    if (!o.dir || !o.inflight) {
        fprintf(stderr, "Usage: store_bench --dir DIR [--fill ROWS] [--count N] [--inflight N] "
                        "[--warmup N] [--json BYTES]\n");
        return 2;
    }
    struct bench b = {.o = &o, .random = clock_mono_ns() | 1};
    struct store_stats before;
    open_store(&b);
    uint64_t rows = rows_now(&b);
    if (rows < o.fill)
        run(&b, o.fill - rows, 2048);
    run(&b, o.warmup, o.inflight);
    store_read_stats(b.store, &before);
    b.failed = 0;
    uint64_t start = clock_mono_ns();
    double cpu = proc_own_seconds();
    run(&b, o.count, o.inflight);
    report(&b, &before, (double)(clock_mono_ns() - start) / 1e9, proc_own_seconds() - cpu);
    store_close(b.store);
    buf_release(&b.json);
    return b.failed ? 1 : 0;
}
