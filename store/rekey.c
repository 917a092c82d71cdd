// SPDX-License-Identifier: Apache-2.0
// rekey: a second data file sealed with the new key, renamed over the first one when it is whole.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "core/base/codec.h"
#include "store/admin.h"
#include "store/build.h"
#include "store/files.h"

enum { BATCH = 20000, DATABASES_MAX = 4096 };
static const uint64_t MAP_DEFAULT = (uint64_t)64 << 30;
static const char FRESH[] = "rekey.mdb", OLD[] = "data.mdb", LOCK[] = "lock.mdb";

struct rekey {
    struct store *from;
    struct store to; /* only its keys and schema */
    MDB_txn *read;
    MDB_env *mdb;
    MDB_txn *txn;
    MDB_dbi dbi;
    uint32_t epoch;
    uint64_t written;
    uint64_t in_batch;
    const struct schema_table *table; /* the one at hand */
    MDB_dbi indexes[SCHEMA_INDEXES_MAX];
    str database; /* of what is sealed anew */
    struct arena arena;
    struct err *err;
};

static int begin_batch(struct rekey *r)
{
    r->in_batch = 0;
    return env_err(mdb_txn_begin(r->mdb, NULL, 0, &r->txn));
}

static int end_batch(struct rekey *r)
{
    int rc = env_err(mdb_txn_commit(r->txn));
    r->txn = NULL;
    return rc;
}

/* A transaction holds what it wrote in memory: it ends now and then. Nobody sees the file yet. */
static int count_write(struct rekey *r)
{
    r->written++;
    if (keys_is_epoch_worn(r->to.keys))
        keys_begin_epoch(r->to.keys, ++r->epoch);
    if (++r->in_batch < BATCH)
        return 0;
    int rc = end_batch(r);
    return rc ? rc : begin_batch(r);
}

static int copy_entry(void *arg, str key, str value)
{
    struct rekey *r = arg;
    int rc = build_put(r->txn, r->dbi, key, value);
    return rc ? rc : count_write(r);
}

static int open_pair(struct rekey *r, str name, MDB_dbi *from)
{
    int rc = build_open(r->txn, name, true, &r->dbi);
    return rc ? rc : build_open(r->read, name, false, from);
}

/* Databases without anything of the seal key: as they are. */
static int copy_database(struct rekey *r, str name)
{
    MDB_dbi from;
    int rc = open_pair(r, name, &from);
    if (rc)
        return rc == 1 ? 0 : rc;
    return build_each(r->read, from, copy_entry, r);
}

static int seal_again(struct rekey *r, str key, str value, struct buf *plain, struct buf *out)
{
    if (value.n < 8)
        return E_CORRUPT;
    int rc = keys_unseal(r->from->keys, r->database, key, str_slice(value, 8, value.n), plain);
    buf_append(out, str_slice(value, 0, 8));
    return rc ? rc : keys_seal(r->to.keys, r->database, key, buf_str(plain), out);
}

static int add_indexes(struct rekey *r, str key, str plain)
{
    const struct json *row;
    int rc = json_parse(plain, BUILD_DEPTH, &r->arena, &row, NULL) ? E_CORRUPT : 0;
    for (size_t i = 0; i < r->table->index_count && !rc; i++)
        rc = build_entries(&r->to, r->txn, r->indexes[i], &r->table->indexes[i], key, row);
    return rc;
}

static int fail_at(struct rekey *r, int rc, str key)
{
    if (r->table)
        return err_set(r->err, rc, "%s: %s; run `store check` first",
            build_row_name(r->table, key, &r->arena), err_text(rc));
    return err_set(
        r->err, rc, "%.*s holds a damaged value; run `store check` first", STR_ARG(r->database));
}

static int seal_entry(void *arg, str key, str value)
{
    struct rekey *r = arg;
    struct buf plain = {0}, sealed = {0};
    int rc = seal_again(r, key, value, &plain, &sealed);
    if (!rc && r->table)
        rc = add_indexes(r, key, buf_str(&plain));
    if (!rc)
        rc = build_put(r->txn, r->dbi, key, buf_str(&sealed));
    if (rc)
        rc = fail_at(r, rc, key);
    if (plain.p)
        mem_wipe(plain.p, plain.cap);
    buf_release(&plain);
    buf_release(&sealed);
    arena_clear(&r->arena);
    return rc ? rc : count_write(r);
}

static int seal_database(struct rekey *r, str name)
{
    MDB_dbi from;
    int rc = open_pair(r, name, &from);
    r->database = name;
    if (rc)
        return rc == 1 ? 0 : rc;
    return build_each(r->read, from, seal_entry, r);
}

static int seal_table(struct rekey *r, const struct schema_table *table)
{
    int rc = 0;
    for (size_t i = 0; i < table->index_count && !rc; i++)
        rc = build_open(r->txn, table->indexes[i].database, true, &r->indexes[i]);
    r->table = table;
    if (!rc)
        rc = seal_database(r, table->database);
    r->table = NULL;
    return rc;
}

static int copy_log(struct rekey *r, const struct schema_log *log)
{
    int rc = copy_database(r, log->records);
    if (!rc)
        rc = copy_database(r, log->subjects);
    return rc ? rc : copy_database(r, log->heads);
}

static int wrap_again(struct rekey *r, str key, str value)
{
    struct buf plain = {0}, wrapped = {0};
    int rc = keys_unwrap(r->from->keys, STR("meta"), key, value, &plain);
    if (!rc)
        rc = keys_wrap(r->to.keys, STR("meta"), key, buf_str(&plain), &wrapped);
    if (!rc)
        rc = build_put(r->txn, r->dbi, key, buf_str(&wrapped));
    if (plain.p)
        mem_wipe(plain.p, plain.cap);
    buf_release(&plain);
    buf_release(&wrapped);
    return rc;
}

static int copy_meta_entry(void *arg, str key, str value)
{
    static const char *const wrapped[] = {"check", "log key", "blob key", "head seed"};
    struct rekey *r = arg;
    for (size_t i = 0; i < countof(wrapped); i++)
        if (str_eq(key, str_from(wrapped[i])))
            return wrap_again(r, key, value);
    return build_put(r->txn, r->dbi, key, value);
}

/* Last: the epoch is the one the last value was sealed in. */
static int copy_meta(struct rekey *r)
{
    uint8_t epoch[4];
    MDB_dbi from;
    int rc = open_pair(r, STR("meta"), &from);
    if (!rc)
        rc = build_each(r->read, from, copy_meta_entry, r);
    codec_put_be32(epoch, r->epoch);
    return rc ? rc : build_put(r->txn, r->dbi, STR("epoch"), str_of(epoch, sizeof(epoch)));
}

static int copy_everything(struct rekey *r)
{
    const struct schema *s = &r->from->schema;
    int rc = 0;
    for (size_t i = 0; i < s->table_count && !rc; i++)
        rc = seal_table(r, &s->tables[i]);
    for (size_t i = 0; i < s->log_count && !rc; i++)
        rc = copy_log(r, &s->logs[i]);
    if (!rc)
        rc = copy_database(r, STR("counters"));
    if (!rc)
        rc = copy_database(r, STR("sequences"));
    if (!rc)
        rc = seal_database(r, STR("outbox"));
    if (!rc)
        rc = seal_database(r, STR("outbox.dead"));
    return rc ? rc : copy_meta(r);
}

static int read_epoch(struct rekey *r)
{
    MDB_dbi meta;
    MDB_val key = env_val(STR("epoch")), value;
    int rc = build_open(r->read, STR("meta"), false, &meta);
    if (!rc)
        rc = env_err(mdb_get(r->read, meta, &key, &value));
    if (rc || value.mv_size != 4)
        return rc < 0 ? rc : E_CORRUPT;
    r->epoch = codec_get_be32(value.mv_data) + 1;
    keys_begin_epoch(r->to.keys, r->epoch);
    return 0;
}

static int open_fresh(struct rekey *r, int rows, const struct store_opts *opts)
{
    char path[4096];
    struct buf text = {0};
    if (unlinkat(rows, FRESH, 0) && errno != ENOENT)
        return err_from_errno(errno);
    buf_printf(&text, "%s/rows/%s", opts->dir, FRESH);
    int rc = str_to_c(buf_str(&text), path, sizeof(path));
    buf_release(&text);
    if (!rc)
        rc = env_err(mdb_env_create(&r->mdb));
    if (!rc)
        rc = env_err(mdb_env_set_maxdbs(r->mdb, DATABASES_MAX));
    if (!rc)
        rc = env_err(mdb_env_set_mapsize(r->mdb, opts->map_size ? opts->map_size : MAP_DEFAULT));
    /* Synced once, before it gets its name. */
    return rc ? rc
              : env_err(mdb_env_open(r->mdb, path, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC, 0600));
}

static int write_fresh(struct rekey *r)
{
    int rc = env_read_begin(r->from->env, &r->read);
    if (rc)
        return rc;
    rc = read_epoch(r);
    if (!rc)
        rc = begin_batch(r);
    if (!rc)
        rc = copy_everything(r);
    if (!rc)
        rc = end_batch(r);
    if (r->txn)
        mdb_txn_abort(r->txn);
    env_read_end(r->from->env, r->read);
    return rc ? rc : env_err(mdb_env_sync(r->mdb, 1));
}

/* The lock file belongs to the old data file, and whoever still reads that keeps both. */
static int swap(int rows)
{
    int fd = openat(rows, FRESH, O_RDONLY | O_CLOEXEC);
    int rc = fd < 0 ? err_from_errno(errno) : files_sync(fd);
    if (fd >= 0)
        (void)close(fd);
    if (!rc && unlinkat(rows, LOCK, 0) && errno != ENOENT)
        rc = err_from_errno(errno);
    if (!rc && renameat(rows, FRESH, rows, OLD))
        rc = err_from_errno(errno);
    return rc ? rc : files_sync(rows);
}

static int run(struct rekey *r, int rows, const struct store_opts *opts)
{
    int rc = open_fresh(r, rows, opts);
    if (!rc)
        rc = write_fresh(r);
    if (r->mdb)
        mdb_env_close(r->mdb);
    if (!rc)
        rc = swap(rows);
    if (rc)
        (void)unlinkat(rows, FRESH, 0);
    return rc;
}

static int rekey_open(struct store *s, const struct store_opts *opts,
    const uint8_t new_key[STORE_SEAL_KEY_SIZE], FILE *out, struct err *err)
{
    struct rekey r = {.from = s, .err = err};
    int data, rows, rc = files_open_dir(AT_FDCWD, opts->dir, &data);
    if (!rc) {
        rc = files_open_dir(data, "rows", &rows);
        (void)close(data);
    }
    if (rc)
        return err_set(err, rc, "cannot open %s/rows: %s", opts->dir, err_text(rc));
    r.to.schema = s->schema;
    r.to.keys = keys_new(new_key);
    keys_set_secrets(r.to.keys, keys_secrets(s->keys));
    err_set(err, 0, "%s", "");
    rc = run(&r, rows, opts);
    if (rc && !err->message[0])
        err_set(err, rc, "cannot write the rows anew: %s; the store is as it was", err_text(rc));
    if (!rc)
        (void)fprintf(out, "sealed %" PRIu64 " values with the new key\n", r.written);
    keys_free(r.to.keys);
    arena_release(&r.arena);
    (void)close(rows);
    return rc;
}

int store_rekey(const struct store_opts *opts, const uint8_t new_key[STORE_SEAL_KEY_SIZE],
    FILE *out, struct err *err)
{
    struct store_opts own = *opts;
    struct err local;
    struct store *s;
    own.schema = STR("");
    int rc = store_open(&s, &own, err);
    if (rc)
        return rc;
    /* The swap happens while this process holds the directory's lock. */
    rc = rekey_open(s, opts, new_key, out, err ? err : &local);
    store_close(s);
    return rc;
}
