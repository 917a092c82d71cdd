// SPDX-License-Identifier: Apache-2.0
// bundle_dir: reading and writing the files of a bundle.
#define _GNU_SOURCE
#include "core/app/bundle_dir.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/codec.h"
#include "core/loop/file.h"

enum { TEXT_MAX = 1 << 20 };

/* What a walk over a directory gathers. */
struct walk {
    const char *dir;
    struct json_writer *w;
    const struct json *files; /* of the bundle that is written */
    struct err *err;
    size_t count;
    bool is_bundle; /* it has the file that every bundle has */
};

static bool is_rule(const char *path)
{
    return str_ends(str_from(path), STR(".lua"));
}

static int read_one(void *arg, const char *path, uint64_t mtime_ns)
{
    struct walk *d = arg;
    char full[PATH_MAX];
    struct buf text = {0};
    (void)mtime_ns;
    if (!is_rule(path))
        return 0;
    snprintf(full, sizeof(full), "%s/%s", d->dir, path);
    int rc = file_read(full, TEXT_MAX, &text, d->err);
    if (!rc && !codec_is_utf8(buf_str(&text)))
        rc = err_set(d->err, E_PARSE, "%s is not UTF-8", full);
    if (!rc) {
        json_key(d->w, str_from(path));
        json_put_str(d->w, buf_str(&text));
        d->count++;
    }
    buf_release(&text);
    return rc;
}

int bundle_dir_read(const char *dir, struct json_writer *w, struct err *err)
{
    struct walk d = {.dir = dir, .w = w, .err = err};
    json_begin_object(w);
    int rc = file_walk(dir, read_one, &d, err);
    json_end_object(w);
    if (!rc && !d.count)
        rc = err_set(err, E_NOT_FOUND, "%s holds no business rules (*.lua)", dir);
    return rc;
}

static int look_at(void *arg, const char *path, uint64_t mtime_ns)
{
    struct walk *d = arg;
    (void)mtime_ns;
    d->count++;
    d->is_bundle = d->is_bundle || strcmp(path, "kinds.lua") == 0;
    return 0;
}

static int remove_stale(void *arg, const char *path, uint64_t mtime_ns)
{
    struct walk *d = arg;
    char full[PATH_MAX];
    (void)mtime_ns;
    if (!is_rule(path) || json_get(d->files, str_from(path)))
        return 0;
    snprintf(full, sizeof(full), "%s/%s", d->dir, path);
    if (unlink(full) != 0)
        return err_set(d->err, err_from_errno(errno), "cannot remove %s", full);
    return 0;
}

static int make_dir(const char *path, struct err *err)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return 0;
    return err_set(err, err_from_errno(errno), "cannot make the directory %s", path);
}

/* The hall's names are plain, but it is the hall that says them. */
static bool is_plain_name(str name)
{
    return is_rule(name.p) && name.p[0] != '/' && str_find(name, STR("..")) < 0;
}

static int write_one(const char *dir, str name, str text, struct err *err)
{
    char full[PATH_MAX];
    int n = snprintf(full, sizeof(full), "%s/%.*s", dir, STR_ARG(name)), rc = 0;
    if (!is_plain_name(name) || n < 0 || (size_t)n >= sizeof(full))
        return err_set(err, E_INVALID, "the hall gave a name that is none: %.*s", STR_ARG(name));
    for (char *p = full + strlen(dir) + 1; !rc && (p = strchr(p, '/')); *p++ = '/') {
        *p = 0;
        rc = make_dir(full, err);
    }
    return rc ? rc : file_write(full, text, 0644, err);
}

static int refuse(const char *dir, struct err *err)
{
    return err_set(err, E_EXISTS,
        "%s is not empty and holds no business rules; --force writes into it all the same", dir);
}

int bundle_dir_write(const char *dir, const struct json *files, bool force, struct err *err)
{
    struct walk d = {.dir = dir, .files = files, .err = err};
    struct json_iter it;
    int rc = make_dir(dir, err);
    if (!rc)
        rc = file_walk(dir, look_at, &d, err);
    if (!rc && d.count && !d.is_bundle && !force)
        rc = refuse(dir, err);
    if (!rc && d.is_bundle)
        rc = file_walk(dir, remove_stale, &d, err);
    json_iter_init(&it, files);
    while (!rc && json_iter_next(&it))
        rc = write_one(dir, it.name, json_str(it.value), err);
    return rc;
}
