// SPDX-License-Identifier: Apache-2.0
// plain_lmdb: the entries that the store writes (store/README.md), written to LMDB by nothing but a
// loop: keys and values of the same shapes and sizes in the same number, in batches, each batch one
// durable commit. What the store could reach if it did nothing else.
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/load/proc.h"
#include "core/base/clock.h"

enum { SEALED = 8 + 12 + 16, TIME_KEY = 16, VALUE_MAX = 65536, MAP_GIB = 64, FILL_BATCH = 2000 };

/* What stands in a key behind its fixed text. */
enum key_shape {
    KEY_TIME,        /* time key of this member: append-ordered */
    KEY_HASH_TIME,   /* 16 random bytes, time key: a blind index */
    KEY_WORD_TIME,   /* a word of two, time key: a plain index */
    KEY_WORD,        /* a word of two: a counter by a field */
    KEY_FIXED,       /* nothing: a free counter */
    KEY_SEQ,         /* number of the record */
    KEY_SUBJECT,     /* 26 characters, 00, number of the record */
    KEY_TIME_EARLIER /* time key of a member of the batch before */
};

enum action { PUT, ADD, DELETE };

struct entry {
    const char *database;
    enum key_shape key;
    enum action action;
    int value;   /* bytes; -1: --json bytes, sealed */
    bool by_job; /* only for the share of members whose job has run */
};

struct profile {
    const char *name;
    const char *text;
    const struct entry *entries;
    size_t count;
};

/* One row, one blind index, one counter, one audit record. */
static const struct entry row_entries[] = {
    {"rows", KEY_TIME, PUT, -1, false},
    {"index.blind", KEY_HASH_TIME, PUT, 0, false},
    {"counters", KEY_WORD, ADD, 8, false},
    {"log", KEY_SEQ, PUT, 8 + 32 + 32 + 1 + 26 + 28 + 40, false},
    {"subject", KEY_SUBJECT, PUT, 0, false},
};

/* What POST /bench/welcomed writes: row, two indexes, counter, audit record, job; then the job's
 * transaction: a counter, the job's end. */
static const struct entry form_entries[] = {
    {"rows", KEY_TIME, PUT, -1, false},
    {"index.blind", KEY_HASH_TIME, PUT, 0, false},
    {"index.plain", KEY_WORD_TIME, PUT, 0, false},
    {"counters", KEY_WORD, ADD, 8, false},
    {"log", KEY_SEQ, PUT, 8 + 32 + 32 + 1 + 26 + 28 + 22, false},
    {"subject", KEY_SUBJECT, PUT, 0, false},
    {"outbox", KEY_TIME, PUT, SEALED + 110, false},
    {"outbox", KEY_TIME_EARLIER, DELETE, 0, true},
    {"counters", KEY_FIXED, ADD, 8, true},
};

static const struct profile profiles[] = {
    {"row", "a row, a blind index, a counter, an audit record", row_entries, countof(row_entries)},
    {"form", "what POST /bench/welcomed writes", form_entries, countof(form_entries)},
};

enum { ENTRIES_MAX = 16 };

struct options {
    const char *dir;
    const struct profile *profile;
    uint64_t fill;   /* rows that must be there before */
    uint64_t count;  /* members to write and to measure */
    uint64_t batch;  /* members a commit */
    uint64_t warmup; /* members before, not measured */
    uint64_t json;   /* bytes of a row's JSON */
    double jobs;     /* share of members whose job runs */
};

struct plain {
    const struct options *o;
    MDB_env *env;
    MDB_dbi dbi[ENTRIES_MAX];
    MDB_dbi meta;
    uint64_t members; /* written ever */
    uint64_t commits;
    uint64_t random;
    double jobs_due;
    uint8_t earlier[8192][TIME_KEY]; /* time keys of the last members, by number */
    uint8_t bytes[VALUE_MAX];
};

static _Noreturn void die(const char *what, int rc)
{
    fprintf(stderr, "plain_lmdb: %s: %s\n", what, mdb_strerror(rc));
    exit(2);
}

static void must(const char *what, int rc)
{
    if (rc)
        die(what, rc);
}

static uint64_t next_random(struct plain *p)
{
    uint64_t x = p->random;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return p->random = x;
}

static size_t put_be(uint8_t *out, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
    return n;
}

static size_t put_random(struct plain *p, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(next_random(p) >> 32);
    return n;
}

static size_t put_bytes(uint8_t *out, const void *from, size_t n)
{
    memcpy(out, from, n);
    return n;
}

static void new_time_key(struct plain *p)
{
    uint8_t *key = p->earlier[p->members % countof(p->earlier)];
    put_be(key, (uint64_t)clock_wall_ms(), 6);
    put_random(p, key + 6, 10);
}

/* The member before the batch before, which has been committed. */
static const uint8_t *earlier_key(const struct plain *p)
{
    uint64_t back = p->o->batch < countof(p->earlier) / 2 ? p->o->batch : countof(p->earlier) / 2;
    return p->earlier[(p->members - back) % countof(p->earlier)];
}

static size_t make_key(struct plain *p, const struct entry *e, uint8_t *out)
{
    const uint8_t *time_key = p->earlier[p->members % countof(p->earlier)];
    const char *word = p->members % 2 ? "\x30unit\0\x01" : "\x30prsn\0\x01";
    size_t n = 0;
    switch (e->key) {
    case KEY_TIME:
        return put_bytes(out, time_key, TIME_KEY);
    case KEY_TIME_EARLIER:
        return put_bytes(out, earlier_key(p), TIME_KEY);
    case KEY_HASH_TIME:
        n = put_random(p, out, 16);
        return n + put_bytes(out + n, time_key, TIME_KEY);
    case KEY_WORD_TIME:
        n = put_bytes(out, word, 7);
        return n + put_bytes(out + n, time_key, TIME_KEY);
    case KEY_WORD:
        n = put_bytes(out, "form_by_kind", 13);
        return n + put_bytes(out + n, word, 7);
    case KEY_FIXED:
        return put_bytes(out, "form_welcomes", 14);
    case KEY_SEQ:
        return put_be(out, p->members, 8);
    case KEY_SUBJECT:
        for (; n < 26; n++)
            out[n] = (uint8_t)("0123456789abcdefghjkmnpqrstvwxyz"[time_key[n * 16 / 26] & 31]);
        put_be(out, p->members, 8); /* ordered as the real ones are: they begin with the time */
        out[n++] = 0;
        return n + put_be(out + n, p->members, 8);
    }
    return 0;
}

static size_t value_size(const struct plain *p, const struct entry *e)
{
    return e->value < 0 ? SEALED + (size_t)p->o->json : (size_t)e->value;
}

static void add(MDB_txn *txn, MDB_dbi dbi, MDB_val *key)
{
    MDB_val old;
    uint64_t sum = 1;
    if (mdb_get(txn, dbi, key, &old) == 0)
        for (int i = 7, shift = 0; i >= 0; i--, shift += 8)
            sum += (uint64_t)((const uint8_t *)old.mv_data)[i] << shift;
    uint8_t value[8];
    put_be(value, sum, 8);
    MDB_val fresh = {8, value};
    must("add", mdb_put(txn, dbi, key, &fresh, 0));
}

static void write_entry(struct plain *p, MDB_txn *txn, size_t i)
{
    const struct entry *e = &p->o->profile->entries[i];
    uint8_t bytes[128];
    MDB_val key = {make_key(p, e, bytes), bytes};
    if (e->action == ADD)
        return add(txn, p->dbi[i], &key);
    if (e->action == DELETE) {
        int rc = mdb_del(txn, p->dbi[i], &key, NULL);
        if (rc != MDB_NOTFOUND)
            must("delete", rc);
        return;
    }
    size_t size = value_size(p, e);
    /* Sealed bytes differ everywhere; LMDB does not care, the device might. */
    MDB_val value = {size, p->bytes + next_random(p) % 1024};
    must("put", mdb_put(txn, p->dbi[i], &key, &value, 0));
}

static void write_member(struct plain *p, MDB_txn *txn)
{
    new_time_key(p);
    p->jobs_due += p->o->jobs;
    bool job = p->jobs_due >= 1;
    if (job)
        p->jobs_due -= 1;
    for (size_t i = 0; i < p->o->profile->count; i++)
        if (job || !p->o->profile->entries[i].by_job)
            write_entry(p, txn, i);
    p->members++;
}

static void write_members(struct plain *p, uint64_t count, uint64_t batch)
{
    for (uint64_t done = 0; done < count;) {
        MDB_txn *txn;
        must("begin", mdb_txn_begin(p->env, NULL, 0, &txn));
        for (uint64_t i = 0; i < batch && done < count; i++, done++)
            write_member(p, txn);
        uint8_t number[16];
        put_be(number, ++p->commits, 8);
        put_be(number + 8, p->members, 8);
        MDB_val key = {6, (void *)(uintptr_t) "commit"}, value = {16, number};
        must("meta", mdb_put(txn, p->meta, &key, &value, 0));
        must("commit", mdb_txn_commit(txn));
    }
}

static void open_databases(struct plain *p)
{
    MDB_txn *txn;
    must("begin", mdb_txn_begin(p->env, NULL, 0, &txn));
    for (size_t i = 0; i < p->o->profile->count; i++)
        must("database",
            mdb_dbi_open(txn, p->o->profile->entries[i].database, MDB_CREATE, &p->dbi[i]));
    must("database", mdb_dbi_open(txn, "meta", MDB_CREATE, &p->meta));
    MDB_val key = {6, (void *)(uintptr_t) "commit"}, value;
    if (mdb_get(txn, p->meta, &key, &value) == 0 && value.mv_size == 16)
        for (int i = 8; i < 16; i++)
            p->members = p->members << 8 | ((const uint8_t *)value.mv_data)[i];
    must("commit", mdb_txn_commit(txn));
}

static void open_env(struct plain *p)
{
    if (mkdir(p->o->dir, 0700) != 0 && errno != EEXIST)
        die(p->o->dir, errno);
    must("env", mdb_env_create(&p->env));
    must("map", mdb_env_set_mapsize(p->env, (size_t)MAP_GIB << 30));
    must("databases", mdb_env_set_maxdbs(p->env, ENTRIES_MAX + 2));
    must("open", mdb_env_open(p->env, p->o->dir, MDB_NORDAHEAD, 0600));
    open_databases(p);
}

static void fill(struct plain *p)
{
    if (p->members >= p->o->fill)
        return;
    must("flags", mdb_env_set_flags(p->env, MDB_NOSYNC, 1));
    write_members(p, p->o->fill - p->members, FILL_BATCH);
    must("flags", mdb_env_set_flags(p->env, MDB_NOSYNC, 0));
    must("sync", mdb_env_sync(p->env, 1));
}

static bool set_option(struct options *o, const char *name, const char *value)
{
    const struct {
        const char *name;
        uint64_t *place;
    } numbers[] = {{"--fill", &o->fill}, {"--count", &o->count}, {"--batch", &o->batch},
        {"--warmup", &o->warmup}, {"--json", &o->json}};
    for (size_t i = 0; i < countof(numbers); i++)
        if (strcmp(name, numbers[i].name) == 0)
            return str_to_u64(str_from(value), numbers[i].place) == 0;
    for (size_t i = 0; i < countof(profiles); i++)
        if (strcmp(name, "--profile") == 0 && strcmp(value, profiles[i].name) == 0) {
            o->profile = &profiles[i];
            return true;
        }
    if (strcmp(name, "--dir") == 0)
        o->dir = value;
    else if (strcmp(name, "--jobs") == 0)
        o->jobs = strtod(value, NULL);
    else
        return false;
    return true;
}

static int usage(void)
{
    fprintf(stderr, "Usage: plain_lmdb --dir DIR [--profile NAME] [--fill ROWS] [--count N] "
                    "[--batch N] [--warmup N] [--json BYTES] [--jobs SHARE]\n");
    for (size_t i = 0; i < countof(profiles); i++)
        fprintf(stderr, "  %-5s %s\n", profiles[i].name, profiles[i].text);
    return 2;
}

int main(int argc, char **argv)
{
    struct options o = {
        .profile = &profiles[0], .count = 20000, .batch = 128, .json = 1000, .jobs = 1};
    for (int i = 1; i < argc; i += 2)
        if (i + 1 >= argc || !set_option(&o, argv[i], argv[i + 1]))
            return usage();
    if (!o.dir || !o.batch || o.json > VALUE_MAX / 2)
        return usage();
    struct plain *p = mem_zalloc(1, sizeof(*p));
    p->o = &o;
    p->random = clock_mono_ns() | 1;
    put_random(p, p->bytes, sizeof(p->bytes));
    open_env(p);
    fill(p);
    write_members(p, o.warmup, o.batch);
    double cpu = proc_own_seconds();
    uint64_t commits = p->commits, start = clock_mono_ns();
    write_members(p, o.count, o.batch);
    double seconds = (double)(clock_mono_ns() - start) / 1e9;
    cpu = proc_own_seconds() - cpu;
    printf("{\"members\":%" PRIu64 ",\"commits\":%" PRIu64
           ",\"seconds\":%.6f,\"cpu_seconds\":%.6f,\"per_second\":%.1f,"
           "\"rows\":%" PRIu64 "}\n",
        o.count, p->commits - commits, seconds, cpu, (double)o.count / seconds, p->members);
    mdb_env_close(p->env);
    free(p);
    return 0;
}
