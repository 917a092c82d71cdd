// SPDX-License-Identifier: Apache-2.0
// env: opening, databases, growth, codes.
#define _GNU_SOURCE
#include "store/env.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/deadline.h"
#include "store/env_private.h"
#include "store/files.h"

enum { UNBORN_PAGES = 64 };
enum {
    SLOTS_MAX = SCHEMA_TABLES_MAX * (1 + SCHEMA_INDEXES_MAX) + 3 * SCHEMA_LOGS_MAX,
    /* A migration has the databases of two schemas open. */
    DATABASES_MAX = ENV_FIXED + 2 * SLOTS_MAX,
    READERS_MAX = 1024
};

static const char *const fixed_names[ENV_FIXED] = {
    "meta", "counters", "sequences", "outbox", "outbox.dead"};

int env_err(int code)
{
    switch (code) {
    case MDB_SUCCESS:
        return 0;
    case MDB_NOTFOUND:
        return 1;
    case MDB_MAP_FULL:
        return E_MAP_FULL;
    case MDB_TXN_FULL:
    case MDB_BAD_VALSIZE:
        return E_TOO_BIG;
    case MDB_READERS_FULL:
    case MDB_MAP_RESIZED:
        return E_BUSY;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
    case MDB_INCOMPATIBLE:
        return E_CORRUPT;
    case MDB_PANIC:
        return E_IO;
    default:
        return code > 0 ? err_from_errno(code) : E_SYSTEM;
    }
}

static int path_below(char out[PATH_MAX], const char *dir, const char *name)
{
    int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);
    return n < 0 || n >= PATH_MAX ? E_TOO_BIG : 0;
}

static int make_dir(const char *path, struct err *err)
{
    if (!mkdir(path, 0700) || errno == EEXIST)
        return 0;
    return err_set(
        err, err_from_errno(errno), "cannot make the folder %s: %s", path, strerror(errno));
}

static int make_below(const struct env *e, const char *name, struct err *err)
{
    char path[PATH_MAX];
    int rc = path_below(path, e->dir, name);
    return rc ? err_set(err, rc, "the data directory's path is too long") : make_dir(path, err);
}

static int take_lock(struct env *e, struct err *err)
{
    char path[PATH_MAX];
    if (path_below(path, e->dir, "lock"))
        return err_set(err, E_TOO_BIG, "the data directory's path is too long");
    e->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (e->lock_fd < 0)
        return err_set(err, err_from_errno(errno), "cannot open %s: %s", path, strerror(errno));
    if (!flock(e->lock_fd, LOCK_EX | LOCK_NB))
        return 0;
    if (errno == EWOULDBLOCK)
        return err_set(err, E_BUSY, "another process has the store in %s open", e->dir);
    return err_set(err, err_from_errno(errno), "cannot lock %s: %s", path, strerror(errno));
}

/* Blobs are made after the rows' first commit: with them and without rows something is lost. */
static int check_not_lost(const struct env *e, struct err *err)
{
    char rows[PATH_MAX], blobs[PATH_MAX];
    struct stat st;
    if (path_below(rows, e->dir, "rows/data.mdb") || path_below(blobs, e->dir, "blobs"))
        return err_set(err, E_TOO_BIG, "the data directory's path is too long");
    if ((!stat(rows, &st) && st.st_size > 0) || stat(blobs, &st))
        return 0;
    return err_set(err, E_CORRUPT, "%s is missing or empty although there are blobs", rows);
}

/* The power went while a new store wrote its first pages, before its first commit (blobs come after
 * that): nothing was ever in it. What is there is put aside, not destroyed. */
static bool put_unborn_aside(const struct env *e)
{
    char rows[PATH_MAX], blobs[PATH_MAX], aside[PATH_MAX];
    struct stat st;
    return !path_below(rows, e->dir, "rows/data.mdb") && !path_below(blobs, e->dir, "blobs") &&
           !path_below(aside, e->dir, "rows/data.unborn") && !stat(rows, &st) &&
           st.st_size <= UNBORN_PAGES * sysconf(_SC_PAGESIZE) && stat(blobs, &st) &&
           !rename(rows, aside);
}

static int try_open(struct env *e, const struct env_opts *opts, const char *path)
{
    unsigned flags = MDB_NOTLS | (opts->read_only ? MDB_RDONLY : 0);
    int rc = mdb_env_create(&e->mdb);
    if (!rc)
        rc = mdb_env_set_maxdbs(e->mdb, DATABASES_MAX);
    if (!rc)
        rc = mdb_env_set_maxreaders(e->mdb, READERS_MAX);
    if (!rc && !opts->read_only)
        rc = mdb_env_set_mapsize(e->mdb, opts->map_size);
    return rc ? rc : mdb_env_open(e->mdb, path, flags, 0600);
}

static int open_mdb(struct env *e, const struct env_opts *opts, struct err *err)
{
    char path[PATH_MAX];
    if (path_below(path, e->dir, "rows"))
        return err_set(err, E_TOO_BIG, "the data directory's path is too long");
    int rc = try_open(e, opts, path);
    if (rc == MDB_INVALID && !opts->read_only && put_unborn_aside(e)) {
        mdb_env_close(e->mdb);
        rc = try_open(e, opts, path);
    }
    if (!rc)
        return 0;
    if (rc == ENOENT)
        return err_set(err, E_NOT_FOUND, "there is no store in %s", e->dir);
    return err_set(err, env_err(rc), "cannot open the rows in %s: %s", e->dir, mdb_strerror(rc));
}

static int open_fixed(struct env *e, MDB_txn *txn)
{
    for (unsigned i = 0; i < ENV_FIXED; i++) {
        int rc = mdb_dbi_open(txn, fixed_names[i], e->read_only ? 0 : MDB_CREATE, &e->fixed[i]);
        if (rc == MDB_NOTFOUND)
            e->fixed[i] = 0;
        else if (rc)
            return rc;
    }
    return 0;
}

static int open_databases(struct env *e, struct err *err)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(e->mdb, NULL, e->read_only ? MDB_RDONLY : 0, &txn);
    if (!rc) {
        rc = open_fixed(e, txn);
        if (rc)
            mdb_txn_abort(txn);
        else
            rc = mdb_txn_commit(txn);
    }
    return rc ? err_set(err, env_err(rc), "cannot open the databases in %s: %s", e->dir,
                    mdb_strerror(rc))
              : 0;
}

/* The entries of what was just made: without them a power cut takes the files away, whatever was
 * synced into them. */
static int sync_folders(const struct env *e, struct err *err)
{
    int dir, rows, rc = files_open_dir(AT_FDCWD, e->dir, &dir);
    if (!rc) {
        rc = files_open_dir(dir, "rows", &rows);
        if (!rc) {
            rc = files_sync(rows);
            close(rows);
        }
        if (!rc)
            rc = files_sync(dir);
        close(dir);
    }
    if (!rc)
        rc = files_sync_parent(e->dir);
    if (rc == E_DENIED) /* then somebody else made the directory */
        rc = 0;
    return rc ? err_set(err, rc, "cannot sync the folder %s: %s", e->dir, err_text(rc)) : 0;
}

static int open_files(struct env *e, const struct env_opts *opts, struct err *err)
{
    int rc = 0;
    if (!opts->read_only) {
        rc = make_dir(e->dir, err);
        if (!rc)
            rc = take_lock(e, err);
        if (!rc)
            rc = make_below(e, "rows", err);
    }
    if (!rc)
        rc = check_not_lost(e, err);
    if (!rc)
        rc = open_mdb(e, opts, err);
    if (!rc)
        rc = env_check_length(e, err);
    if (!rc)
        rc = open_databases(e, err);
    if (!rc && !opts->read_only)
        rc = make_below(e, "blobs", err);
    if (!rc && !opts->read_only)
        rc = sync_folders(e, err);
    return rc;
}

int env_open(struct env **out, const struct env_opts *opts, struct err *err)
{
    struct env *e = mem_zalloc(1, sizeof(*e));
    e->dir = mem_dup(opts->dir, strlen(opts->dir));
    e->read_only = opts->read_only;
    e->map_limit = opts->map_limit;
    e->lock_fd = -1;
    e->slots = mem_zalloc(SLOTS_MAX, sizeof(*e->slots));
    pthread_mutex_init(&e->lock, NULL);
    deadline_init_cond(&e->changed);
    int rc = open_files(e, opts, err);
    if (rc) {
        env_close(e);
        return rc;
    }
    *out = e;
    return 0;
}

void env_close(struct env *e)
{
    if (!e)
        return;
    for (size_t i = 0; i < e->idle_count; i++)
        mdb_txn_abort(e->idle[i]);
    free(e->idle);
    if (e->mdb)
        mdb_env_close(e->mdb);
    if (e->lock_fd >= 0)
        close(e->lock_fd);
    pthread_mutex_destroy(&e->lock);
    pthread_cond_destroy(&e->changed);
    free(e->slots);
    free(e->dir);
    free(e);
}

const char *env_dir(const struct env *e)
{
    return e->dir;
}

MDB_env *env_mdb(const struct env *e)
{
    return e->mdb;
}

struct opening {
    struct env *env;
    MDB_txn *txn;
    bool create;
    int code; /* LMDB's, of the first failure */
    str failed;
};

static void open_slot(struct opening *o, str name, unsigned slot)
{
    char text[2 * SCHEMA_NAME_MAX + 16];
    MDB_dbi dbi = 0;
    if (o->code)
        return;
    int rc = str_to_c(name, text, sizeof(text))
                 ? MDB_BAD_VALSIZE
                 : mdb_dbi_open(o->txn, text, o->create ? MDB_CREATE : 0, &dbi);
    if (rc == MDB_NOTFOUND)
        dbi = 0;
    else if (rc) {
        o->code = rc;
        o->failed = name;
    }
    o->env->slots[slot] = dbi;
}

int env_open_schema(
    struct env *e, MDB_txn *txn, const struct schema *s, bool create, struct err *err)
{
    struct opening o = {.env = e, .txn = txn, .create = create};
    memset(e->slots, 0, SLOTS_MAX * sizeof(*e->slots));
    for (size_t i = 0; i < s->table_count; i++) {
        const struct schema_table *t = &s->tables[i];
        open_slot(&o, t->database, t->slot);
        for (size_t j = 0; j < t->index_count; j++)
            open_slot(&o, t->indexes[j].database, t->indexes[j].slot);
    }
    for (size_t i = 0; i < s->log_count; i++) {
        open_slot(&o, s->logs[i].records, s->logs[i].slot);
        open_slot(&o, s->logs[i].subjects, s->logs[i].slot + 1);
        open_slot(&o, s->logs[i].heads, s->logs[i].slot + 2);
    }
    return o.code ? err_set(err, env_err(o.code), "cannot open the database %.*s: %s",
                        STR_ARG(o.failed), mdb_strerror(o.code))
                  : 0;
}

MDB_dbi env_dbi(const struct env *e, unsigned slot)
{
    return slot < ENV_FIXED ? e->fixed[slot] : e->slots[slot - ENV_FIXED];
}
