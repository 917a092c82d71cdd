// SPDX-License-Identifier: Apache-2.0
// stat: how much is in a store.
#define _GNU_SOURCE
#include "store/stat.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/codec.h"
#include "store/blob_file.h"
#include "store/env.h"
#include "store/files.h"
#include "store/log_view.h"
#include "store/meta.h"

struct report {
    struct env *env;
    MDB_txn *txn;
    FILE *out;
    uint64_t blobs;
    uint64_t blob_bytes;
    uint64_t writing; /* files in blobs/new */
};

static void print_count(struct report *r, const char *kind, str name, MDB_dbi dbi)
{
    MDB_stat stat;
    if (!dbi || mdb_stat(r->txn, dbi, &stat))
        return;
    uint64_t pages = stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
    (void)fprintf(r->out, "%-10s %-40.*s %12zu entries %14" PRIu64 " bytes\n", kind, STR_ARG(name),
        stat.ms_entries, pages * stat.ms_psize);
}

static MDB_dbi slot_dbi(const struct report *r, unsigned slot)
{
    return env_dbi(r->env, ENV_FIXED + slot);
}

static void print_log(struct report *r, const struct schema_log *log)
{
    struct log_view view;
    struct store_head head = {0};
    log_view_init(&view, r->env, r->txn, log);
    print_count(r, "log", log->name, slot_dbi(r, log->slot));
    if (view.heads && !log_view_last_head(&view, &head))
        (void)fprintf(r->out, "%-10s %-40.*s up to record %" PRIu64 "\n", "  signed",
            STR_ARG(log->name), head.seq);
}

static void print_sequence(struct report *r, const struct schema_sequence *sequence)
{
    MDB_val key = env_val(sequence->name), value;
    MDB_dbi dbi = env_dbi(r->env, ENV_SEQUENCES);
    int64_t next = sequence->first;
    if (dbi && !mdb_get(r->txn, dbi, &key, &value) && value.mv_size == 8)
        next = (int64_t)codec_get_be64(value.mv_data);
    (void)fprintf(
        r->out, "%-10s %-40.*s below %" PRId64 "\n", "sequence", STR_ARG(sequence->name), next);
}

static void print_schema(struct report *r, const struct schema *s)
{
    for (size_t i = 0; i < s->table_count; i++) {
        const struct schema_table *t = &s->tables[i];
        print_count(r, "table", t->name, slot_dbi(r, t->slot));
        for (size_t j = 0; j < t->index_count; j++)
            print_count(r, "  index", t->indexes[j].name, slot_dbi(r, t->indexes[j].slot));
    }
    for (size_t i = 0; i < s->log_count; i++)
        print_log(r, &s->logs[i]);
    for (size_t i = 0; i < s->sequence_count; i++)
        print_sequence(r, &s->sequences[i]);
    print_count(r, "counters", STR(""), env_dbi(r->env, ENV_COUNTERS));
    print_count(r, "outbox", STR("waiting"), env_dbi(r->env, ENV_OUTBOX));
    print_count(r, "outbox", STR("given up"), env_dbi(r->env, ENV_DEAD));
}

static int count_file(void *arg, int dir, const char *name)
{
    struct report *r = arg;
    struct stat st;
    if (strlen(name) == STORE_BLOB_NAME && !fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW)) {
        r->blobs++;
        r->blob_bytes += (uint64_t)st.st_size;
    }
    return 0;
}

static int count_folder(void *arg, int dir, const char *name)
{
    struct report *r = arg;
    int fd, rc = files_open_dir(dir, name, &fd);
    if (rc)
        return rc == E_NOT_FOUND ? 0 : rc;
    uint64_t before = r->blobs, bytes = r->blob_bytes;
    rc = files_each(fd, count_file, r);
    (void)close(fd);
    if (strcmp(name, "new") == 0) {
        r->writing += r->blobs - before;
        r->blobs = before;
        r->blob_bytes = bytes;
    }
    return rc;
}

static int print_blobs(struct report *r)
{
    int dir, blobs, rc = files_open_dir(AT_FDCWD, env_dir(r->env), &dir);
    if (rc)
        return rc;
    rc = files_open_dir(dir, "blobs", &blobs);
    (void)close(dir);
    if (rc)
        return rc == E_NOT_FOUND ? 0 : rc;
    rc = files_each(blobs, count_folder, r);
    (void)close(blobs);
    (void)fprintf(r->out,
        "%-10s %-40s %12" PRIu64 " files   %14" PRIu64 " bytes, %" PRIu64 " being written\n",
        "blobs", "", r->blobs, r->blob_bytes, r->writing);
    return rc;
}

static int print_all(struct report *r, struct err *err)
{
    struct arena arena = {0};
    struct schema schema;
    struct meta meta;
    uint64_t used, map;
    int rc = meta_read(r->env, r->txn, &meta, err);
    if (rc == 1)
        rc = err_set(err, E_NOT_FOUND, "there is no store in %s", env_dir(r->env));
    if (!rc)
        rc = schema_parse(meta.schema, &arena, &schema, err);
    if (!rc)
        rc = env_open_schema(r->env, r->txn, &schema, false, err);
    if (!rc) {
        env_sizes(r->env, &used, &map);
        (void)fprintf(r->out,
            "commit %" PRIu64 ", epoch %u, %" PRIu64 " of %" PRIu64 " bytes used\n", meta.commit,
            meta.epoch, used, map);
        print_schema(r, &schema);
        rc = print_blobs(r);
        if (rc)
            err_set(err, rc, "the blobs cannot be counted: %s", err_text(rc));
    }
    arena_release(&arena);
    return rc;
}

int stat_print(const char *dir, FILE *out, struct err *err)
{
    struct env_opts opts = {.dir = dir, .read_only = true};
    struct report r = {.out = out};
    int rc = env_open(&r.env, &opts, err);
    if (rc)
        return rc;
    rc = env_read_begin(r.env, &r.txn);
    if (rc) {
        err_set(err, rc, "no snapshot: %s", err_text(rc));
    } else {
        rc = print_all(&r, err);
        env_read_end(r.env, r.txn);
    }
    env_close(r.env);
    return rc;
}
