// SPDX-License-Identifier: Apache-2.0
// start_data: the data directory: rights and space.
#define _GNU_SOURCE
#include "core/app/start.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int system_error(const char *what, const char *path, struct err *err)
{
    int e = errno;
    return err_set(err, err_from_errno(e), "cannot %s %s: %s", what, path, strerror(e));
}

int start_check_data(const char *path, uid_t owner, struct err *err)
{
    struct stat st;
    if (stat(path, &st) != 0 && errno == ENOENT)
        return err_set(
            err, E_NOT_FOUND, "the data directory %s does not exist; certhall init makes it", path);
    if (stat(path, &st) != 0)
        return system_error("look at the data directory", path, err);
    if (!S_ISDIR(st.st_mode))
        return err_set(err, E_INVALID, "%s is not a directory", path);
    if (st.st_mode & 077)
        return err_set(err, E_DENIED,
            "the data directory %s is open to other users (mode %04o); run: chmod 700 %s", path,
            st.st_mode & 07777, path);
    if (st.st_uid != owner)
        return err_set(err, E_DENIED,
            "the data directory %s belongs to user %u, but the server runs as user %u", path,
            (unsigned)st.st_uid, (unsigned)owner);
    if (access(path, R_OK | W_OK | X_OK) != 0)
        return system_error("write into the data directory", path, err);
    return 0;
}

static int make_parents(char *path, struct err *err)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            return system_error("make the directory", path, err);
        *slash = '/';
    }
    return 0;
}

int start_make_data(const char *path, uid_t owner, gid_t group, struct err *err)
{
    char copy[PATH_MAX];
    if (str_to_c(str_from(path), copy, sizeof(copy)))
        return err_set(err, E_TOO_BIG, "the path of the data directory is too long");
    int rc = make_parents(copy, err);
    if (rc)
        return rc;
    if (mkdir(path, 0700) != 0)
        return errno == EEXIST ? 0 : system_error("make the data directory", path, err);
    if (geteuid() == 0 && chown(path, owner, group) != 0)
        return system_error("give away the data directory", path, err);
    return 0;
}

/* Of the nearest directory that is there already. */
static int ask_space(const char *path, struct statvfs *out)
{
    char copy[PATH_MAX];
    if (str_to_c(str_from(path), copy, sizeof(copy)))
        return -1;
    while (statvfs(copy, out) != 0) {
        char *slash = strrchr(copy, '/');
        if (errno != ENOENT || !slash)
            return -1;
        slash[slash == copy] = 0;
    }
    return 0;
}

int start_check_disk(const char *path, int64_t mib, struct err *err)
{
    struct statvfs v;
    if (ask_space(path, &v) != 0)
        return system_error("ask for the free space of", path, err);
    uint64_t free_mib = (uint64_t)v.f_bavail * v.f_frsize >> 20;
    if (free_mib < (uint64_t)mib)
        return err_set(err, E_NO_SPACE,
            "the disk that holds %s has %llu MiB left, disk_free_mib asks for %lld", path,
            (unsigned long long)free_mib, (long long)mib);
    return 0;
}
