// SPDX-License-Identifier: Apache-2.0
// file: whole files, atomic replacement, walking a tree.
#define _GNU_SOURCE
#include "core/loop/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(struct err *err, const char *doing, const char *path)
{
    int code = err_from_errno(errno);
    return err_set(err, code, "cannot %s %s: %s", doing, path, strerror(errno));
}

static int read_all(int fd, const char *path, size_t limit, struct buf *out, struct err *err)
{
    size_t from = out->n;
    for (;;) {
        char *to = buf_reserve(out, 65536);
        ssize_t n = read(fd, to, 65536);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(err, "read", path);
        if (n == 0)
            return 0;
        buf_added(out, (size_t)n);
        if (out->n - from > limit)
            return err_set(err, E_TOO_BIG, "%s is larger than %zu bytes", path, limit);
    }
}

int file_read(const char *path, size_t limit, struct buf *out, struct err *err)
{
    size_t from = out->n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(err, "open", path);
    int rc = read_all(fd, path, limit, out, err);
    if (rc)
        out->n = from;
    close(fd);
    return rc;
}

static int write_all(int fd, str bytes)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes = str_slice(bytes, (size_t)n, bytes.n);
    }
    return fsync(fd);
}

static int sync_parent(const char *path)
{
    char dir[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 0;
    if (n >= sizeof(dir))
        return -1;
    memcpy(dir, slash ? path : ".", slash ? n : 1);
    dir[slash ? n : 1] = '\0';
    int fd = open(n || !slash ? dir : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int rc = fsync(fd);
    close(fd);
    return rc;
}

int file_write(const char *path, str bytes, unsigned mode, struct err *err)
{
    char temporary[PATH_MAX];
    if (snprintf(temporary, sizeof(temporary), "%s.tmp", path) >= (int)sizeof(temporary))
        return err_set(err, E_TOO_BIG, "the path %.60s… is too long", path);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode);
    if (fd < 0)
        return fail(err, "create", temporary);
    int rc = write_all(fd, bytes) || fchmod(fd, (mode_t)mode) ? fail(err, "write", temporary) : 0;
    if (close(fd) && !rc)
        rc = fail(err, "close", temporary);
    if (!rc && (rename(temporary, path) || sync_parent(path)))
        rc = fail(err, "replace", path);
    if (rc)
        (void)unlink(temporary);
    return rc;
}

struct walk {
    const char *root;
    int (*fn)(void *arg, const char *path, uint64_t mtime_ns);
    void *arg;
    struct err *err;
};

static int walk_dir(const struct walk *w, const char *relative);

static int visit(const struct walk *w, const char *relative, const char *name)
{
    char path[PATH_MAX];
    char below[PATH_MAX];
    struct stat st;
    if (snprintf(below, sizeof(below), "%s%s%s", relative, *relative ? "/" : "", name) >=
            (int)sizeof(below) ||
        snprintf(path, sizeof(path), "%s/%s", w->root, below) >= (int)sizeof(path))
        return err_set(w->err, E_TOO_BIG, "a path below %.200s is too long", w->root);
    if (stat(path, &st))
        return errno == ENOENT ? 0 : fail(w->err, "look at", path);
    if (S_ISDIR(st.st_mode))
        return walk_dir(w, below);
    if (!S_ISREG(st.st_mode))
        return 0;
    return w->fn(
        w->arg, below, (uint64_t)st.st_mtim.tv_sec * 1000000000u + (uint64_t)st.st_mtim.tv_nsec);
}

static int bytewise(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int walk_dir(const struct walk *w, const char *relative)
{
    char path[PATH_MAX];
    struct dirent **names;
    if (snprintf(path, sizeof(path), "%s/%s", w->root, relative) >= (int)sizeof(path))
        return err_set(w->err, E_TOO_BIG, "a path below %.200s is too long", w->root);
    int count = scandir(path, &names, NULL, bytewise);
    if (count < 0)
        return fail(w->err, "list", path);
    int rc = 0;
    for (int i = 0; i < count; i++) {
        if (!rc && names[i]->d_name[0] != '.')
            rc = visit(w, relative, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return rc;
}

int file_walk(const char *dir, int (*fn)(void *arg, const char *path, uint64_t mtime_ns), void *arg,
    struct err *err)
{
    struct walk w = {dir, fn, arg, err};
    return walk_dir(&w, "");
}
