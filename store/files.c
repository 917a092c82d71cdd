// SPDX-License-Identifier: Apache-2.0
// files: durable file operations.
#define _GNU_SOURCE
#include "store/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPY_PIECE = 1 << 18 };

int files_write(int fd, str bytes)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_from_errno(errno);
        bytes = str_slice(bytes, (size_t)n, bytes.n);
    }
    return 0;
}

int files_read(int fd, uint64_t offset, size_t n, struct buf *out)
{
    size_t before = out->n;
    while (n) {
        ssize_t got = pread(fd, buf_reserve(out, n), n, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            out->n = before;
            return got < 0 ? err_from_errno(errno) : E_EOF;
        }
        buf_added(out, (size_t)got);
        offset += (uint64_t)got;
        n -= (size_t)got;
    }
    return 0;
}

int files_sync(int fd)
{
    return fsync(fd) ? err_from_errno(errno) : 0;
}

int files_close(int fd)
{
    return close(fd) && errno != EINTR ? err_from_errno(errno) : 0;
}

int files_open_dir(int at, const char *name, int *fd)
{
    *fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *fd < 0 ? err_from_errno(errno) : 0;
}

int files_make_dir(int at, const char *name)
{
    if (mkdirat(at, name, 0700))
        return errno == EEXIST ? 0 : err_from_errno(errno);
    return files_sync(at);
}

int files_sync_parent(const char *path)
{
    str whole = str_from(path);
    while (whole.n > 1 && whole.p[whole.n - 1] == '/')
        whole.n--;
    size_t n = whole.n;
    while (n > 0 && whole.p[n - 1] != '/')
        n--;
    char parent[4096] = ".";
    int fd, rc = n ? str_to_c(str_slice(whole, 0, n), parent, sizeof(parent)) : 0;
    if (rc || (rc = files_open_dir(AT_FDCWD, parent, &fd)))
        return rc;
    rc = files_sync(fd);
    (void)close(fd);
    return rc;
}

int files_each(int dir, files_fn *fn, void *arg)
{
    int fd, rc = files_open_dir(dir, ".", &fd);
    if (rc)
        return rc;
    DIR *d = fdopendir(fd);
    if (!d) {
        rc = err_from_errno(errno);
        (void)close(fd);
        return rc;
    }
    const struct dirent *entry;
    errno = 0;
    while (!rc && (entry = readdir(d))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rc = fn(arg, dir, entry->d_name);
        errno = 0;
    }
    if (!rc && errno)
        rc = err_from_errno(errno);
    (void)closedir(d);
    return rc;
}

static int found_something(void *arg, int dir, const char *name)
{
    (void)arg;
    (void)dir;
    (void)name;
    return E_EXISTS;
}

static int make_empty_dir(const char *path)
{
    int fd, rc;
    if (!mkdir(path, 0700))
        return files_sync_parent(path);
    if (errno != EEXIST)
        return err_from_errno(errno);
    rc = files_open_dir(AT_FDCWD, path, &fd);
    if (rc)
        return rc;
    rc = files_each(fd, found_something, NULL);
    (void)close(fd);
    return rc;
}

int files_make_empty_dir(const char *path, struct err *err)
{
    int rc = make_empty_dir(path);
    if (rc == E_EXISTS)
        return err_set(err, rc, "%s is not empty; name a new or empty folder", path);
    if (rc)
        return err_set(err, rc, "%s cannot be made or opened: %s", path, err_text(rc));
    return 0;
}

static int copy_bytes(int from, int to)
{
    struct buf piece = {0};
    int rc = 0;
    for (;;) {
        ssize_t n = read(from, buf_reserve(&piece, COPY_PIECE), COPY_PIECE);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            rc = err_from_errno(errno);
        if (n <= 0)
            break;
        rc = files_write(to, str_of(piece.p, (size_t)n));
        if (rc)
            break;
    }
    buf_release(&piece);
    return rc;
}

static int create(int dir, const char *name, int *fd)
{
    *fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return *fd < 0 ? err_from_errno(errno) : 0;
}

/* Ends a new file: it is whole, or it is removed. */
static int settle(int dir, const char *name, int fd, int rc)
{
    int closed = files_close(fd);
    rc = rc ? rc : closed;
    if (rc)
        (void)unlinkat(dir, name, 0);
    return rc;
}

int files_copy_as(int from, const char *name, int to, const char *as)
{
    int out, in = openat(from, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (in < 0)
        return err_from_errno(errno);
    int rc = create(to, as, &out);
    if (!rc)
        rc = settle(to, as, out, copy_bytes(in, out));
    (void)close(in);
    return rc;
}

int files_put(int dir, const char *name, str bytes)
{
    int fd, rc = create(dir, name, &fd);
    if (rc)
        return rc;
    rc = files_write(fd, bytes);
    if (!rc)
        rc = files_sync(fd);
    rc = settle(dir, name, fd, rc);
    return rc ? rc : files_sync(dir);
}
