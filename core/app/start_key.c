// SPDX-License-Identifier: Apache-2.0
// start_key: the seal key: made once, read at the start, never shown.
#define _GNU_SOURCE
#include "core/app/start.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/crypto/token.h"

enum { SECRET_MAX = 1024 };

static bool is_credential(const char *path)
{
    const char *dir = getenv("CREDENTIALS_DIRECTORY");
    return dir && *dir && str_starts(str_from(path), str_from(dir));
}

static int check_rights(int fd, const char *what, const char *path, off_t *size, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return err_set(err, E_INVALID, "the %s %s is not a file", what, path);
    if (!is_credential(path) && (st.st_mode & 077))
        return err_set(err, E_DENIED,
            "the %s %s is open to other users (mode %04o); run: chmod 400 %s", what, path,
            st.st_mode & 07777, path);
    *size = st.st_size;
    return 0;
}

int start_read_key(const char *path, uint8_t key[START_KEY_SIZE], struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT)
        return err_set(err, E_NOT_FOUND, "there is no seal key %s; certhall init makes it", path);
    if (fd < 0)
        return err_set(
            err, err_from_errno(errno), "cannot read the seal key %s: %s", path, strerror(errno));
    off_t size;
    int rc = check_rights(fd, "seal key", path, &size, err);
    if (!rc && size != START_KEY_SIZE)
        rc = err_set(err, E_CORRUPT, "the seal key %s has %lld bytes instead of %d", path,
            (long long)size, START_KEY_SIZE);
    if (!rc && read(fd, key, START_KEY_SIZE) != START_KEY_SIZE)
        rc = err_set(err, E_IO, "cannot read the seal key %s", path);
    close(fd);
    return rc;
}

int start_read_secret(const char *path, const char *what, struct buf *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    off_t size;
    if (fd < 0)
        return err_set(
            err, err_from_errno(errno), "cannot read the %s %s: %s", what, path, strerror(errno));
    int rc = check_rights(fd, what, path, &size, err);
    if (!rc && (size < 1 || size > SECRET_MAX))
        rc = err_set(err, E_CORRUPT, "the %s %s is empty or too long", what, path);
    ssize_t n = rc ? 0 : read(fd, buf_reserve(out, SECRET_MAX), SECRET_MAX);
    if (n < 0)
        rc = err_set(err, E_IO, "cannot read the %s %s", what, path);
    close(fd);
    buf_added(out, n > 0 ? (size_t)n : 0);
    while (out->n && (out->p[out->n - 1] == '\n' || out->p[out->n - 1] == '\r'))
        out->n--;
    return rc;
}

static int make_folder(const char *path, char *dir, struct err *err)
{
    if (str_to_c(str_from(path), dir, PATH_MAX) || !strchr(dir, '/'))
        return err_set(err, E_INVALID, "the path of the seal key must name a directory");
    for (char *slash = strchr(dir + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(dir, 0755) != 0 && errno != EEXIST)
            return err_set(err, err_from_errno(errno), "cannot make the directory %s: %s", dir,
                strerror(errno));
        *slash = '/';
    }
    *strrchr(dir, '/') = 0;
    return 0;
}

static int sync_folder(const char *dir)
{
    int fd = open(*dir ? dir : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int rc = fsync(fd);
    close(fd);
    return rc;
}

int start_make_key(const char *path, struct err *err)
{
    char dir[PATH_MAX];
    uint8_t key[START_KEY_SIZE];
    int rc = make_folder(path, dir, err);
    if (rc)
        return rc;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (fd < 0)
        return err_set(
            err, err_from_errno(errno), "cannot make the seal key %s: %s", path, strerror(errno));
    token_random(key, sizeof(key));
    bool written = write(fd, key, sizeof(key)) == (ssize_t)sizeof(key) && fsync(fd) == 0 &&
                   sync_folder(dir) == 0;
    mem_wipe(key, sizeof(key));
    close(fd);
    if (written)
        return 0;
    unlink(path);
    return err_set(err, E_IO, "cannot write the seal key %s", path);
}
