// SPDX-License-Identifier: Apache-2.0
// secret: files of secrets.
#define _GNU_SOURCE
#include "core/loop/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_credential(const char *path)
{
    const char *dir = getenv("CREDENTIALS_DIRECTORY");
    return dir && *dir && str_starts(str_from(path), str_from(dir));
}

static int check_file(int fd, const char *what, const char *path, size_t limit, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return err_set(err, E_INVALID, "the %s %s is not a file", what, path);
    if (!is_credential(path) && (st.st_mode & 077))
        return err_set(err, E_DENIED,
            "the %s %s is open to other users (mode %04o); run: chmod 400 %s", what, path,
            st.st_mode & 07777, path);
    if (st.st_size < 1 || st.st_size > (off_t)limit)
        return err_set(err, E_CORRUPT, "the %s %s is empty or too long", what, path);
    return 0;
}

int secret_read(const char *path, const char *what, size_t limit, struct buf *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set(
            err, err_from_errno(errno), "cannot read the %s %s: %s", what, path, strerror(errno));
    int rc = check_file(fd, what, path, limit, err);
    ssize_t n = rc ? 0 : read(fd, buf_reserve(out, limit), limit);
    if (n < 0)
        rc = err_set(err, E_IO, "cannot read the %s %s", what, path);
    close(fd);
    buf_added(out, n > 0 ? (size_t)n : 0);
    return rc;
}

int secret_read_line(
    const char *path, const char *what, size_t limit, struct buf *out, struct err *err)
{
    int rc = secret_read(path, what, limit, out, err);
    while (out->n && (out->p[out->n - 1] == '\n' || out->p[out->n - 1] == '\r'))
        out->n--;
    return rc;
}

int secret_make_folders(const char *path, struct err *err)
{
    char dir[PATH_MAX];
    if (str_to_c(str_from(path), dir, sizeof(dir)) || !strchr(dir, '/'))
        return err_set(err, E_INVALID, "the path %.100s must name a directory", path);
    for (char *slash = strchr(dir + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(dir, 0755) != 0 && errno != EEXIST)
            return err_set(err, err_from_errno(errno), "cannot make the directory %s: %s", dir,
                strerror(errno));
        *slash = '/';
    }
    return 0;
}

static int sync_folder(const char *path)
{
    char dir[PATH_MAX];
    if (str_to_c(str_from(path), dir, sizeof(dir)))
        return -1;
    *strrchr(dir, '/') = 0;
    int fd = open(*dir ? dir : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int rc = fsync(fd);
    close(fd);
    return rc;
}

int secret_make(const char *path, const char *what, str bytes, struct err *err)
{
    int rc = secret_make_folders(path, err);
    if (rc)
        return rc;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (fd < 0)
        return err_set(
            err, err_from_errno(errno), "cannot make the %s %s: %s", what, path, strerror(errno));
    bool written =
        write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n && fsync(fd) == 0 && sync_folder(path) == 0;
    close(fd);
    if (written)
        return 0;
    unlink(path);
    return err_set(err, E_IO, "cannot write the %s %s", what, path);
}

void secret_release(struct buf *b)
{
    if (b->p)
        mem_wipe(b->p, b->cap);
    buf_release(b);
}
