// SPDX-License-Identifier: Apache-2.0
// source: reads the scripts folder.
#define _GNU_SOURCE /* O_CLOEXEC, fdopendir under -std=c17 */
#include "core/script/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 8 };

struct reader {
    struct arena *arena;
    struct source *files;
    size_t count;
    size_t room;
    struct err *err;
};

static int fail_errno(struct reader *r, const char *what)
{
    int e = errno;
    err_set(r->err, err_from_errno(e), "%s: %s", what, strerror(e));
    return err_from_errno(e);
}

static bool is_wanted(str name)
{
    return str_ends(name, STR(".lua")) || str_ends(name, STR(".html")) ||
           str_ends(name, STR(".txt"));
}

static int read_all(struct reader *r, int fd, str name, size_t size)
{
    char *text = arena_alloc(r->arena, size + 1);
    size_t n = 0;
    while (n < size) {
        ssize_t got = read(fd, text + n, size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno(r, name.p);
        if (got == 0)
            break;
        n += (size_t)got;
    }
    if (r->count == r->room) {
        r->room = r->room ? r->room * 2 : 64;
        r->files = mem_realloc(r->files, r->room * sizeof(*r->files));
    }
    r->files[r->count++] = (struct source){name, str_of(text, n)};
    return 0;
}

static int read_file(struct reader *r, int dir, const char *entry, str name)
{
    int fd = openat(dir, entry, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return errno == ENOENT
                   ? 0
                   : fail_errno(r, name.p); /* gone meanwhile: an editor's temporary file */
    struct stat st;
    int rc = 0;
    if (fstat(fd, &st))
        rc = fail_errno(r, name.p);
    else if (st.st_size > SOURCE_FILE_MAX || r->count == SOURCE_FILES_MAX)
        rc = err_set(r->err, E_TOO_BIG, "%s: too big, or too many files", name.p);
    else if (S_ISREG(st.st_mode))
        rc = read_all(r, fd, name, (size_t)st.st_size);
    close(fd);
    return rc;
}

static int read_dir(struct reader *r, int fd, str prefix, int depth);

static int read_entry(struct reader *r, int dir, const char *entry, str prefix, int depth)
{
    struct stat st;
    if (entry[0] == '.' || fstatat(dir, entry, &st, 0))
        return 0;
    str name = arena_printf(r->arena, "%.*s%s", STR_ARG(prefix), entry);
    if (S_ISREG(st.st_mode))
        return is_wanted(name) ? read_file(r, dir, entry, name) : 0;
    if (!S_ISDIR(st.st_mode) || depth == DEPTH_MAX)
        return 0;
    int fd = openat(dir, entry, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail_errno(r, name.p);
    return read_dir(r, fd, arena_printf(r->arena, "%.*s/", STR_ARG(name)), depth + 1);
}

/* Takes fd. */
static int read_dir(struct reader *r, int fd, str prefix, int depth)
{
    DIR *d = fdopendir(fd);
    if (!d) {
        close(fd);
        return fail_errno(r, "scripts");
    }
    int rc = 0;
    for (struct dirent *e; !rc && (e = readdir(d));)
        rc = read_entry(r, fd, e->d_name, prefix, depth);
    closedir(d);
    return rc;
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const struct source *)a)->name, ((const struct source *)b)->name);
}

static uint64_t mix(uint64_t h, str s)
{
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return (h ^ s.n) * 1099511628211u;
}

static void publish(struct reader *r, struct source_set *out)
{
    if (r->count)
        qsort(r->files, r->count, sizeof(*r->files), by_name);
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < r->count; i++)
        h = mix(mix(h, r->files[i].name), r->files[i].text);
    struct source *files = arena_alloc(r->arena, (r->count + 1) * sizeof(*files));
    if (r->count)
        memcpy(files, r->files, r->count * sizeof(*files));
    *out = (struct source_set){.files = files, .count = r->count};
    snprintf(out->version, sizeof(out->version), "%016llx", (unsigned long long)h);
}

static int read_root(struct reader *r, const char *dir, str prefix)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        return read_dir(r, fd, prefix, 0);
    int e = errno;
    return err_set(
        r->err, err_from_errno(e), "the scripts folder %s cannot be read: %s", dir, strerror(e));
}

int source_read(const char *dir, const char *tests_dir, struct arena *arena, struct source_set *out,
    struct err *err)
{
    struct reader r = {.arena = arena, .err = err};
    int rc = read_root(&r, dir, STR(""));
    if (!rc && tests_dir)
        rc = read_root(&r, tests_dir, STR("tests/"));
    if (!rc)
        publish(&r, out);
    free(r.files);
    return rc;
}

const struct source *source_find(const struct source_set *set, str name)
{
    size_t lo = 0, hi = set->count;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int d = str_cmp(set->files[mid].name, name);
        if (d == 0)
            return &set->files[mid];
        if (d < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}
