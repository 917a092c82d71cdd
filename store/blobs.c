// SPDX-License-Identifier: Apache-2.0
// blobs: the folder's locks, removing and sweeping.
#define _GNU_SOURCE
#include "store/blobs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/files.h"
#include "store/store_private.h"

enum { SWEEP_AGE_MS = 24 * 3600 * 1000 };

struct sweep {
    struct store *s;
    int64_t before_ms; /* files not touched since then may go */
    uint64_t removed;
};

int blobs_open_dir(const struct store *s, int *fd)
{
    int data, rc = files_open_dir(AT_FDCWD, env_dir(s->env), &data);
    if (rc)
        return rc;
    rc = files_open_dir(data, "blobs", fd);
    (void)close(data);
    return rc;
}

static int lock(int fd, int how)
{
    while (flock(fd, how)) {
        if (errno == EWOULDBLOCK)
            return E_BUSY;
        if (errno != EINTR)
            return err_from_errno(errno);
    }
    return 0;
}

int blobs_lock_removing(int fd)
{
    return lock(fd, LOCK_SH | LOCK_NB);
}

int blobs_lock_backup(int fd)
{
    return lock(fd, LOCK_EX);
}

static int index_names(
    const struct store *s, MDB_txn *txn, const struct schema_index *index, str raw, bool *named)
{
    MDB_cursor *cursor;
    MDB_val key = env_val(raw);
    int rc = env_err(mdb_cursor_open(txn, env_dbi(s->env, ENV_FIXED + index->slot), &cursor));
    if (rc)
        return rc;
    rc = env_err(mdb_cursor_get(cursor, &key, NULL, MDB_SET_RANGE));
    if (!rc && str_starts(env_str(key), raw))
        *named = true;
    mdb_cursor_close(cursor);
    return rc == 1 ? 0 : rc;
}

int blobs_is_named(const struct store *s, MDB_txn *txn, const uint8_t raw[BLOB_RAW], bool *named)
{
    *named = false;
    for (size_t t = 0; t < s->schema.table_count; t++) {
        const struct schema_table *table = &s->schema.tables[t];
        for (size_t i = 0; i < table->index_count && !*named; i++) {
            if (table->indexes[i].kind != SCHEMA_BLOB)
                continue;
            int rc = index_names(s, txn, &table->indexes[i], str_of(raw, BLOB_RAW), named);
            if (rc)
                return rc;
        }
    }
    return 0;
}

/* In the newest snapshot: a name may have been given a row a moment ago. */
static int is_named_now(struct store *s, const uint8_t raw[BLOB_RAW], bool *named)
{
    MDB_txn *txn;
    int rc = env_read_begin(s->env, &txn);
    if (rc)
        return rc;
    rc = blobs_is_named(s, txn, raw, named);
    env_read_end(s->env, txn);
    return rc;
}

static int remove_unnamed(struct store *s, int blobs, str name, const uint8_t raw[BLOB_RAW])
{
    char path[STORE_BLOB_NAME + 4];
    bool named;
    int rc = is_named_now(s, raw, &named);
    if (rc)
        return rc;
    if (named)
        return E_EXISTS;
    blob_name_path(name, path);
    return unlinkat(blobs, path, 0) ? err_from_errno(errno) : 0;
}

int store_blob_remove(struct store *s, str name)
{
    uint8_t raw[BLOB_RAW];
    int blobs, rc = blob_name_read(name, raw) ? blobs_open_dir(s, &blobs) : E_NOT_FOUND;
    if (rc)
        return rc;
    rc = blobs_lock_removing(blobs);
    if (!rc)
        rc = remove_unnamed(s, blobs, name, raw);
    (void)close(blobs);
    return rc;
}

static bool is_old(const struct sweep *sweep, int dir, const char *name)
{
    struct stat st;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
        return false;
    return (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000 < sweep->before_ms;
}

static int sweep_file(void *arg, int dir, const char *name)
{
    struct sweep *sweep = arg;
    uint8_t raw[BLOB_RAW];
    bool named = true;
    if (!blob_name_read(str_from(name), raw) || !is_old(sweep, dir, name))
        return 0;
    int rc = is_named_now(sweep->s, raw, &named);
    if (!rc && !named && !unlinkat(dir, name, 0))
        sweep->removed++;
    return rc;
}

/* DIR/blobs/new and DIR/blobs/ab alike: what is being written has no row yet and is young. */
static int sweep_folder(void *arg, int dir, const char *name)
{
    int fd, rc = files_open_dir(dir, name, &fd);
    if (rc)
        return rc == E_NOT_FOUND ? 0 : rc;
    rc = files_each(fd, sweep_file, arg);
    (void)close(fd);
    return rc;
}

int store_blob_sweep(struct store *s, int64_t now_ms, uint64_t *removed)
{
    struct sweep sweep = {.s = s, .before_ms = now_ms - SWEEP_AGE_MS};
    int blobs, rc = blobs_open_dir(s, &blobs);
    *removed = 0;
    if (rc)
        return rc;
    rc = blobs_lock_removing(blobs);
    if (!rc)
        rc = files_each(blobs, sweep_folder, &sweep);
    (void)close(blobs);
    *removed = sweep.removed;
    return rc == E_BUSY ? 0 : rc;
}
