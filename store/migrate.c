// SPDX-License-Identifier: Apache-2.0
// migrate: brings what follows from the rows in line with a changed schema, in one LMDB
// transaction: all of it, or nothing.
#include <inttypes.h>
#include <string.h>

#include "core/base/codec.h"
#include "store/admin.h"
#include "store/build.h"
#include "store/meta.h"

struct migrate {
    struct store *s;             /* opened with the schema it has */
    const struct schema *before; /* of s */
    const struct schema *now;
    MDB_txn *txn;
    FILE *out;
    struct err *err;
    struct arena arena; /* of one row */
    /* What is built in the table at hand. */
    const struct schema_table *table;
    bool builds[SCHEMA_INDEXES_MAX];
    MDB_dbi indexes[SCHEMA_INDEXES_MAX];
    const struct schema_counter *counts[SCHEMA_COUNTERS_MAX];
    size_t count_count;
    MDB_dbi counters;
    uint64_t rows;
};

static int refuse(struct migrate *m, const char *kind, str name, const char *why)
{
    return err_set(m->err, E_CONFIG, "%s %.*s %s", kind, STR_ARG(name), why);
}

static int count_entries(struct migrate *m, str database, uint64_t *n)
{
    MDB_dbi dbi;
    MDB_stat stat;
    int rc = build_open(m->txn, database, false, &dbi);
    *n = 0;
    if (rc)
        return rc == 1 ? 0 : rc;
    rc = env_err(mdb_stat(m->txn, dbi, &stat));
    *n = rc ? 0 : stat.ms_entries;
    return rc;
}

static int drop(struct migrate *m, str database)
{
    MDB_dbi dbi;
    int rc = build_open(m->txn, database, false, &dbi);
    if (rc)
        return rc == 1 ? 0 : rc;
    (void)fprintf(m->out, "drop %.*s\n", STR_ARG(database));
    return env_err(mdb_drop(m->txn, dbi, 1));
}

/* Refusals come before the first change. */
static int check_table(struct migrate *m, const struct schema_table *before)
{
    const struct schema_table *now = schema_table(m->now, before->name);
    uint64_t rows;
    if (now && now->key == before->key)
        return 0;
    int rc = count_entries(m, before->database, &rows);
    if (rc || !rows)
        return rc;
    return refuse(m, "table", before->name,
        now ? "has rows: its kind of key cannot change" : "has rows: it cannot be dropped");
}

static int check_log_gone(struct migrate *m, const struct schema_log *before)
{
    uint64_t records;
    if (schema_log(m->now, before->name))
        return 0;
    int rc = count_entries(m, before->records, &records);
    return rc || !records ? rc
                          : refuse(m, "log", before->name, "has records: it cannot be dropped");
}

static int check_job(void *arg, str key, str value)
{
    struct migrate *m = arg;
    const struct json *root;
    int rc = build_read(m->s->keys, STR("outbox"), key, value, &m->arena, &root);
    if (rc)
        return err_set(m->err, rc, "the outbox holds a damaged job; run `store check`");
    str job = json_str(json_get(root, STR("job")));
    if (!schema_has_job(m->now, job))
        rc = refuse(m, "job", job, "waits in the outbox: it cannot be dropped");
    arena_clear(&m->arena);
    return rc;
}

static int check_refusals(struct migrate *m)
{
    int rc = 0;
    for (size_t i = 0; i < m->before->table_count && !rc; i++)
        rc = check_table(m, &m->before->tables[i]);
    for (size_t i = 0; i < m->before->log_count && !rc; i++)
        rc = check_log_gone(m, &m->before->logs[i]);
    return rc ? rc : build_each(m->txn, env_dbi(m->s->env, ENV_OUTBOX), check_job, m);
}

static int drop_gone_index(
    struct migrate *m, const struct schema_table *now, const struct schema_index *before)
{
    const struct schema_index *kept = now ? schema_index(now, before->name) : NULL;
    return kept && schema_same_index(before, kept) ? 0 : drop(m, before->database);
}

static int drop_gone_table(struct migrate *m, const struct schema_table *before)
{
    const struct schema_table *now = schema_table(m->now, before->name);
    int rc = now ? 0 : drop(m, before->database);
    for (size_t i = 0; i < before->index_count && !rc; i++)
        rc = drop_gone_index(m, now, &before->indexes[i]);
    return rc;
}

static int drop_gone_log(struct migrate *m, const struct schema_log *before)
{
    if (schema_log(m->now, before->name))
        return 0;
    int rc = drop(m, before->records);
    if (!rc)
        rc = drop(m, before->subjects);
    return rc ? rc : drop(m, before->heads);
}

static const struct schema_table *table_of(const struct schema *s, const struct schema_counter *c)
{
    for (size_t i = 0; i < s->table_count; i++)
        for (size_t j = 0; j < s->tables[i].counter_count; j++)
            if (&s->tables[i].counters[j] == c)
                return &s->tables[i];
    return NULL;
}

/* The same counter of the same table's rows. */
static bool is_kept(struct migrate *m, const struct schema_counter *before)
{
    const struct schema_counter *now = schema_counter(m->now, before->name);
    const struct schema_table *a = table_of(m->before, before);
    const struct schema_table *b = now ? table_of(m->now, now) : NULL;
    return now && now->free == before->free && schema_same_counter(before, now) &&
           (!a || (b && str_eq(a->name, b->name)));
}

/* One deletion, one search: no cursor stands on what is gone. */
static int clear_counter(struct migrate *m, str name)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    struct buf prefix = {0};
    buf_append(&prefix, name);
    buf_append_byte(&prefix, '\0');
    int rc = env_err(mdb_cursor_open(m->txn, m->counters, &cursor));
    if (rc) {
        buf_release(&prefix);
        return rc;
    }
    while (!rc) {
        key = env_val(buf_str(&prefix));
        rc = env_err(mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE));
        if (!rc)
            rc = str_starts(env_str(key), buf_str(&prefix)) ? 0 : 1;
        if (!rc)
            rc = env_err(mdb_cursor_del(cursor, 0));
    }
    mdb_cursor_close(cursor);
    buf_release(&prefix);
    return rc == 1 ? 0 : rc;
}

static int drop_gone_counters(struct migrate *m, const struct schema_counter *list, size_t n)
{
    int rc = 0;
    for (size_t i = 0; i < n && !rc; i++) {
        if (is_kept(m, &list[i]))
            continue;
        (void)fprintf(m->out, "drop counter %.*s\n", STR_ARG(list[i].name));
        rc = clear_counter(m, list[i].name);
    }
    return rc;
}

static int drop_gone(struct migrate *m)
{
    const struct schema *s = m->before;
    int rc = drop_gone_counters(m, s->counters, s->counter_count);
    for (size_t i = 0; i < s->table_count && !rc; i++) {
        rc = drop_gone_table(m, &s->tables[i]);
        if (!rc)
            rc = drop_gone_counters(m, s->tables[i].counters, s->tables[i].counter_count);
    }
    for (size_t i = 0; i < s->log_count && !rc; i++)
        rc = drop_gone_log(m, &s->logs[i]);
    return rc;
}

static int build_row(void *arg, str key, str value)
{
    struct migrate *m = arg;
    const struct schema_table *t = m->table;
    const struct json *row;
    int rc = build_read(m->s->keys, t->database, key, value, &m->arena, &row);
    for (size_t i = 0; i < t->index_count && !rc; i++) {
        if (!m->builds[i])
            continue;
        rc = build_entries(m->s, m->txn, m->indexes[i], &t->indexes[i], key, row);
        if (rc == E_EXISTS)
            rc = err_set(m->err, rc, "%s has the same as another row, but index %.*s is unique",
                build_row_name(t, key, &m->arena), STR_ARG(t->indexes[i].name));
    }
    for (size_t i = 0; i < m->count_count && !rc; i++)
        rc = build_count(m->txn, m->counters, m->counts[i], row);
    if (rc && rc != E_MAP_FULL && !m->err->message[0])
        err_set(m->err, rc, "%s: %s", build_row_name(t, key, &m->arena), err_text(rc));
    arena_clear(&m->arena);
    m->rows++;
    return rc;
}

static int open_indexes(struct migrate *m, const struct schema_table *before, bool *any)
{
    int rc = 0;
    for (size_t i = 0; i < m->table->index_count && !rc; i++) {
        const struct schema_index *now = &m->table->indexes[i];
        const struct schema_index *was = before ? schema_index(before, now->name) : NULL;
        m->builds[i] = !was || !schema_same_index(was, now);
        *any = *any || m->builds[i];
        if (m->builds[i])
            (void)fprintf(m->out, "build %.*s\n", STR_ARG(now->database));
        rc = build_open(m->txn, now->database, true, &m->indexes[i]);
    }
    return rc;
}

static void pick_counters(struct migrate *m, bool *any)
{
    m->count_count = 0;
    for (size_t i = 0; i < m->table->counter_count; i++) {
        const struct schema_counter *now = &m->table->counters[i];
        const struct schema_counter *was = schema_counter(m->before, now->name);
        if (was && is_kept(m, was))
            continue;
        (void)fprintf(m->out, "build counter %.*s\n", STR_ARG(now->name));
        m->counts[m->count_count++] = now;
        *any = true;
    }
}

static int build_table(struct migrate *m, const struct schema_table *table)
{
    MDB_dbi rows;
    bool any = false;
    m->table = table;
    int rc = build_open(m->txn, table->database, true, &rows);
    if (!rc)
        rc = open_indexes(m, schema_table(m->before, table->name), &any);
    if (rc)
        return rc;
    pick_counters(m, &any);
    return any ? build_each(m->txn, rows, build_row, m) : 0;
}

static int create_log(struct migrate *m, const struct schema_log *log)
{
    MDB_dbi dbi;
    int rc = build_open(m->txn, log->records, true, &dbi);
    if (!rc)
        rc = build_open(m->txn, log->subjects, true, &dbi);
    return rc ? rc : build_open(m->txn, log->heads, true, &dbi);
}

/* A sequence never goes back, whatever the schema says; also a dropped one keeps its place. */
static int raise_sequence(struct migrate *m, const struct schema_sequence *sequence)
{
    MDB_dbi dbi = env_dbi(m->s->env, ENV_SEQUENCES);
    MDB_val key = env_val(sequence->name), value;
    uint8_t bytes[8];
    int rc = env_err(mdb_get(m->txn, dbi, &key, &value));
    if (rc)
        return rc == 1 ? 0 : rc;
    if (value.mv_size == 8 && (int64_t)codec_get_be64(value.mv_data) >= sequence->first)
        return 0;
    codec_put_be64(bytes, (uint64_t)sequence->first);
    return build_put(m->txn, dbi, sequence->name, str_of(bytes, sizeof(bytes)));
}

static int build_new(struct migrate *m)
{
    const struct schema *s = m->now;
    int rc = 0;
    for (size_t i = 0; i < s->table_count && !rc; i++)
        rc = build_table(m, &s->tables[i]);
    for (size_t i = 0; i < s->log_count && !rc; i++)
        rc = create_log(m, &s->logs[i]);
    for (size_t i = 0; i < s->sequence_count && !rc; i++)
        rc = raise_sequence(m, &s->sequences[i]);
    return rc ? rc : meta_put_schema(m->s->env, m->txn, s->json);
}

static int attempt(struct migrate *m)
{
    int rc = env_err(mdb_txn_begin(env_mdb(m->s->env), NULL, 0, &m->txn));
    if (rc)
        return rc;
    m->counters = env_dbi(m->s->env, ENV_COUNTERS);
    rc = check_refusals(m);
    if (!rc)
        rc = drop_gone(m);
    if (!rc)
        rc = build_new(m);
    if (rc)
        mdb_txn_abort(m->txn);
    else
        rc = env_err(mdb_txn_commit(m->txn));
    return rc;
}

static int run(struct migrate *m)
{
    int rc = attempt(m);
    while (rc == E_MAP_FULL && !(rc = env_grow(m->s->env))) {
        m->rows = 0;
        rc = attempt(m);
    }
    if (rc && !m->err->message[0])
        err_set(m->err, rc, "the store could not be changed: %s; it is as it was", err_text(rc));
    return rc;
}

static int migrate_open(
    struct store *s, const struct schema *now, const char *backup, FILE *out, struct err *err)
{
    struct migrate m = {.s = s, .before = &s->schema, .now = now, .out = out, .err = err};
    if (str_eq(s->schema.json, now->json)) {
        (void)fprintf(out, "the schema has not changed\n");
        return 0;
    }
    int rc = store_backup(s, backup, err);
    if (rc)
        return rc;
    (void)fprintf(out, "backup in %s\n", backup);
    rc = run(&m);
    arena_release(&m.arena);
    if (!rc)
        (void)fprintf(out, "done; %" PRIu64 " rows read\n", m.rows);
    return rc;
}

int store_migrate(const struct store_opts *opts, const char *backup, FILE *out, struct err *err)
{
    struct err local = {0};
    struct arena arena = {0};
    struct schema now;
    struct store_opts own = *opts;
    struct store *s;
    err = err ? err : &local;
    int rc = schema_parse(opts->schema, &arena, &now, err);
    own.schema = STR("");
    if (!rc)
        rc = store_open(&s, &own, err);
    if (!rc) {
        err_set(err, 0, "%s", "");
        rc = migrate_open(s, &now, backup, out, err);
        store_close(s);
    }
    arena_release(&arena);
    return rc;
}
