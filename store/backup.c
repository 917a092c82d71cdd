// SPDX-License-Identifier: Apache-2.0
// backup: copies a store, running or not, and brings a copy back.
#define _GNU_SOURCE
#include "store/admin.h"

#include <errno.h>
#include <stdio.h>

#include "core/base/clock.h"
#include "store/blobs.h"
#include "store/copy.h"
#include "store/env_pin.h"
#include "store/files.h"
#include "store/store_private.h"

static bool backup_starts(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    bool starts = s->backup_since == 0;
    if (starts)
        s->backup_since = clock_mono_ms();
    pthread_mutex_unlock(&s->lock);
    return starts;
}

static void backup_ends(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    s->backup_since = 0;
    pthread_mutex_unlock(&s->lock);
}

/* Rows first, then blobs: every blob that a copied row names was whole before its row was. */
static int copy_all(MDB_env *mdb, const char *dir, const char *to, struct err *err)
{
    struct copy copy;
    int rc = copy_begin(&copy, dir, to, err);
    if (rc)
        return rc;
    rc = blobs_lock_backup(copy.from_blobs);
    if (rc)
        rc = err_set(err, rc, "cannot lock %s/blobs: %s", dir, err_text(rc));
    if (!rc)
        rc = copy_rows(&copy, mdb, err);
    if (!rc)
        rc = copy_blobs(&copy, err);
    if (!rc)
        rc = copy_complete(&copy, err);
    copy_end(&copy);
    return rc;
}

/* A second environment on the same file, without the lock file: LMDB's own copy would read through
 * the map that the writer may replace at any time. */
static int open_beside(const char *dir, MDB_env **out)
{
    char rows[4096];
    int n = snprintf(rows, sizeof(rows), "%s/rows", dir);
    if (n < 0 || (size_t)n >= sizeof(rows))
        return ENAMETOOLONG;
    int rc = mdb_env_create(out);
    if (rc)
        return rc;
    rc = mdb_env_open(*out, rows, MDB_RDONLY | MDB_NOLOCK | MDB_NOTLS, 0600);
    if (rc)
        mdb_env_close(*out);
    return rc;
}

static int backup_beside(struct store *s, const char *to, struct err *err)
{
    MDB_env *mdb;
    MDB_txn *pin;
    int rc = env_pin(s->env, &pin);
    if (rc)
        return err_set(err, rc, "no snapshot for the backup: %s", err_text(rc));
    int code = open_beside(env_dir(s->env), &mdb);
    if (code) {
        rc = err_set(err, env_err(code), "cannot read the rows: %s", mdb_strerror(code));
    } else {
        rc = copy_all(mdb, env_dir(s->env), to, err);
        mdb_env_close(mdb);
    }
    env_unpin(s->env, pin);
    return rc;
}

int store_backup(struct store *s, const char *to, struct err *err)
{
    if (!backup_starts(s))
        return err_set(err, E_BUSY, "a backup is running already");
    int rc = backup_beside(s, to, err);
    backup_ends(s);
    return rc;
}

int store_backup_dir(const char *dir, const char *to, struct err *err)
{
    struct env_opts opts = {.dir = dir, .read_only = true};
    struct env *env;
    int rc = env_open(&env, &opts, err);
    if (rc)
        return rc;
    rc = copy_all(env_mdb(env), dir, to, err);
    env_close(env);
    return rc;
}

int store_restore(const char *backup, const char *dir, struct err *err)
{
    struct copy copy;
    int rc = copy_check_complete(backup, err);
    if (!rc)
        rc = copy_begin(&copy, backup, dir, err);
    if (rc)
        return rc;
    /* Blobs first: a store with blobs and without rows is refused at open, so a restore that was
     * cut off is never taken for an empty store. */
    rc = copy_blobs(&copy, err);
    if (!rc)
        rc = copy_check_count(&copy, backup, err);
    if (!rc)
        rc = copy_rows_back(&copy, err);
    copy_end(&copy);
    return rc;
}
