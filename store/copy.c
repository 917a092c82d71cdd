// SPDX-License-Identifier: Apache-2.0
// copy: the pieces of a backup and of its way back.
#define _GNU_SOURCE
#include "store/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/codec.h"
#include "core/crypto/token.h"
#include "store/blob_file.h"
#include "store/env.h"
#include "store/files.h"

/* Epochs a restored store skips: more than the lost one can have begun, random above that, so that
 * two stores restored from one backup differ. */
enum { EPOCH_SKIP_LEAST = 1 << 16, EPOCH_SKIP_RANDOM = 1 << 24 };

static const char MARK[] = "complete";
static const char MARK_HEAD[] = "certhall backup 1\nblobs ";

static int fail(struct err *err, int rc, const char *what, const char *path)
{
    return err_set(err, rc, "%s %s: %s", what, path, err_text(rc));
}

static int open_from(struct copy *c)
{
    int dir, rc = files_open_dir(AT_FDCWD, c->from, &dir);
    if (rc)
        return rc;
    rc = files_open_dir(dir, "blobs", &c->from_blobs);
    (void)close(dir);
    return rc == E_NOT_FOUND ? 0 : rc;
}

static int open_to(struct copy *c)
{
    int rc = files_open_dir(AT_FDCWD, c->to, &c->to_dir);
    if (!rc)
        rc = files_make_dir(c->to_dir, "rows");
    if (!rc)
        rc = files_make_dir(c->to_dir, "blobs");
    if (!rc)
        rc = files_open_dir(c->to_dir, "rows", &c->to_rows);
    if (!rc)
        rc = files_open_dir(c->to_dir, "blobs", &c->to_blobs);
    return rc;
}

int copy_begin(struct copy *c, const char *from, const char *to, struct err *err)
{
    *c = (struct copy){
        .from = from, .to = to, .from_blobs = -1, .to_dir = -1, .to_rows = -1, .to_blobs = -1};
    int rc = open_from(c);
    if (rc)
        return fail(err, rc, "cannot read", from);
    rc = files_make_empty_dir(to, err);
    if (!rc && (rc = open_to(c)))
        fail(err, rc, "cannot write into", to);
    if (rc)
        copy_end(c);
    return rc;
}

void copy_end(struct copy *c)
{
    int fds[] = {c->from_blobs, c->to_dir, c->to_rows, c->to_blobs};
    for (size_t i = 0; i < countof(fds); i++)
        if (fds[i] >= 0)
            (void)close(fds[i]);
}

static int path_of(const char *dir, const char *name, char out[4096])
{
    int n = snprintf(out, 4096, "%s/%s", dir, name);
    return n < 0 || n >= 4096 ? E_TOO_BIG : 0;
}

/* LMDB leaves the copy's bytes to the kernel; here they are on disk before anything counts on them.
 */
static int sync_rows(struct copy *c, const char *name)
{
    int fd = openat(c->to_rows, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_from_errno(errno);
    int rc = files_sync(fd);
    (void)close(fd);
    return rc ? rc : files_sync(c->to_rows);
}

int copy_rows(struct copy *c, MDB_env *mdb, struct err *err)
{
    char rows[4096];
    int rc = path_of(c->to, "rows", rows);
    if (rc)
        return fail(err, rc, "cannot write", c->to);
    int code = mdb_env_copy2(mdb, rows, MDB_CP_COMPACT);
    if (code)
        return err_set(
            err, env_err(code), "cannot copy the rows to %s: %s", rows, mdb_strerror(code));
    rc = sync_rows(c, "data.mdb");
    return rc ? fail(err, rc, "cannot write", rows) : 0;
}

static int skip_epochs_in(MDB_txn *txn)
{
    MDB_dbi meta;
    MDB_val key = {5, (void *)(uintptr_t) "epoch"}, value;
    int code = mdb_dbi_open(txn, "meta", 0, &meta);
    if (!code)
        code = mdb_get(txn, meta, &key, &value);
    if (code)
        return env_err(code) == 1 ? E_CORRUPT : env_err(code);
    if (value.mv_size != 4)
        return E_CORRUPT;
    uint32_t epoch = codec_get_be32(value.mv_data);
    uint32_t skip = EPOCH_SKIP_LEAST + token_below(EPOCH_SKIP_RANDOM);
    uint8_t bytes[4];
    if (epoch > UINT32_MAX - 2 * skip)
        return E_TOO_BIG;
    codec_put_be32(bytes, epoch + skip);
    value = (MDB_val){sizeof(bytes), bytes};
    return env_err(mdb_put(txn, meta, &key, &value, 0));
}

static int skip_epochs(const char *path)
{
    MDB_env *mdb;
    MDB_txn *txn = NULL;
    int rc = env_err(mdb_env_create(&mdb));
    if (rc)
        return rc;
    rc = env_err(mdb_env_set_maxdbs(mdb, 4));
    if (!rc)
        rc = env_err(mdb_env_open(mdb, path, MDB_NOSUBDIR | MDB_NOLOCK, 0600));
    if (!rc)
        rc = env_err(mdb_txn_begin(mdb, NULL, 0, &txn));
    if (!rc && (rc = skip_epochs_in(txn)))
        mdb_txn_abort(txn);
    else if (!rc)
        rc = env_err(mdb_txn_commit(txn));
    mdb_env_close(mdb);
    return rc;
}

static int bring_rows(struct copy *c)
{
    char path[4096];
    int rows, dir, rc = files_open_dir(AT_FDCWD, c->from, &dir);
    if (rc)
        return rc;
    rc = files_open_dir(dir, "rows", &rows);
    (void)close(dir);
    if (rc)
        return rc;
    /* Copied under another name: only whole rows get the name that a store opens. */
    rc = files_copy_as(rows, "data.mdb", c->to_rows, "new.mdb");
    (void)close(rows);
    if (!rc)
        rc = sync_rows(c, "new.mdb");
    if (!rc)
        rc = path_of(c->to, "rows/new.mdb", path);
    if (!rc)
        rc = skip_epochs(path);
    if (!rc && renameat(c->to_rows, "new.mdb", c->to_rows, "data.mdb"))
        rc = err_from_errno(errno);
    return rc ? rc : files_sync(c->to_rows);
}

int copy_rows_back(struct copy *c, struct err *err)
{
    int rc = bring_rows(c);
    return rc ? fail(err, rc, "cannot copy the rows into", c->to) : 0;
}

struct folder {
    struct copy *copy;
    int to;
};

static int copy_blob(void *arg, int dir, const char *name)
{
    struct folder *f = arg;
    struct stat st;
    uint8_t raw[BLOB_RAW];
    if (!blob_name_read(str_from(name), raw))
        return 0;
    int rc = files_copy_as(dir, name, f->to, name);
    /* Removed meanwhile: impossible under the lock, so its row never counted on it. */
    if (rc == E_NOT_FOUND)
        return 0;
    if (!rc && !fstatat(f->to, name, &st, 0))
        f->copy->bytes += (uint64_t)st.st_size;
    f->copy->blobs += rc ? 0 : 1;
    return rc;
}

static int copy_folder(void *arg, int dir, const char *name)
{
    struct folder f = {.copy = arg};
    int from, rc;
    if (strlen(name) != 2 || (rc = files_open_dir(dir, name, &from)) == E_NOT_FOUND)
        return 0;
    if (rc)
        return rc;
    rc = files_make_dir(f.copy->to_blobs, name);
    if (!rc)
        rc = files_open_dir(f.copy->to_blobs, name, &f.to);
    if (!rc) {
        rc = files_each(from, copy_blob, &f);
        (void)close(f.to);
    }
    (void)close(from);
    return rc;
}

static int sync_blob(void *arg, int dir, const char *name)
{
    (void)arg;
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_from_errno(errno);
    int rc = files_sync(fd);
    (void)close(fd);
    return rc;
}

static int sync_folder(void *arg, int dir, const char *name)
{
    int fd, rc = files_open_dir(dir, name, &fd);
    if (rc)
        return rc;
    rc = files_each(fd, sync_blob, arg);
    if (!rc)
        rc = files_sync(fd);
    (void)close(fd);
    return rc;
}

/* Everything is sent to the disk at once; the single syncs then find little to do, but tell which
 * error there was. */
static int sync_blobs(struct copy *c)
{
    if (syncfs(c->to_blobs))
        return err_from_errno(errno);
    int rc = files_each(c->to_blobs, sync_folder, NULL);
    return rc ? rc : files_sync(c->to_blobs);
}

int copy_blobs(struct copy *c, struct err *err)
{
    int rc = c->from_blobs < 0 ? 0 : files_each(c->from_blobs, copy_folder, c);
    if (!rc)
        rc = sync_blobs(c);
    return rc ? fail(err, rc, "cannot copy the blobs to", c->to) : 0;
}

int copy_complete(struct copy *c, struct err *err)
{
    struct buf text = {0};
    buf_printf(&text, "%s%" PRIu64 "\nbytes %" PRIu64 "\n", MARK_HEAD, c->blobs, c->bytes);
    int rc = files_put(c->to_dir, MARK, buf_str(&text));
    buf_release(&text);
    return rc ? fail(err, rc, "cannot write into", c->to) : 0;
}

static int read_mark(const char *backup, uint64_t *blobs)
{
    char path[4096];
    struct buf text = {0};
    struct stat st;
    int rc = path_of(backup, MARK, path);
    int fd = rc ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return rc ? rc : err_from_errno(errno);
    rc = fstat(fd, &st) || st.st_size > 4096 ? E_CORRUPT
                                             : files_read(fd, 0, (size_t)st.st_size, &text);
    (void)close(fd);
    str rest = buf_str(&text);
    if (!rc && str_starts(rest, str_from(MARK_HEAD))) {
        rest = str_slice(rest, sizeof(MARK_HEAD) - 1, rest.n);
        rc = str_to_u64(str_cut(&rest, '\n'), blobs);
    } else if (!rc) {
        rc = E_CORRUPT;
    }
    buf_release(&text);
    return rc;
}

int copy_check_complete(const char *backup, struct err *err)
{
    uint64_t blobs;
    int rc = read_mark(backup, &blobs);
    if (rc == E_NOT_FOUND)
        return err_set(err, E_INVALID,
            "%s is no finished backup: the file `%s`, which is written last, is not there", backup,
            MARK);
    return rc ? fail(err, rc, "cannot read the backup", backup) : 0;
}

int copy_check_count(const struct copy *c, const char *backup, struct err *err)
{
    uint64_t blobs;
    int rc = read_mark(backup, &blobs);
    if (rc)
        return fail(err, rc, "cannot read the backup", backup);
    if (c->blobs < blobs)
        return err_set(err, E_CORRUPT,
            "%s holds %" PRIu64 " blobs and should hold %" PRIu64 "; nothing was restored", backup,
            c->blobs, blobs);
    return 0;
}
