// SPDX-License-Identifier: Apache-2.0
// watch: one uv_fs_event per directory, opened anew after each burst so that new directories are
// seen.
#define _GNU_SOURCE
#include "core/loop/watch.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/loop/loop_private.h"
#include "core/loop/timer.h"

struct watch_dir {
    uv_fs_event_t uv;
    struct watch *owner; /* NULL once closing */
    struct list node;
};

struct watch {
    struct loop *loop;
    char *dir;
    unsigned settle_ms;
    void (*changed)(void *arg);
    void *arg;
    struct timer settle;
    struct list dirs;
};

static void on_dir_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void close_dirs(struct watch *w)
{
    struct list *node;
    while ((node = list_shift(&w->dirs))) {
        struct watch_dir *d = container_of(node, struct watch_dir, node);
        d->owner = NULL;
        uv_close((uv_handle_t *)&d->uv, on_dir_closed);
    }
}

static int watch_below(struct watch *w, const char *path);

static void on_settled(void *arg)
{
    struct watch *w = arg;
    close_dirs(w);
    (void)watch_below(w, w->dir);
    w->changed(w->arg);
}

static void on_event(uv_fs_event_t *uv, const char *name, int events, int status)
{
    struct watch_dir *d = uv->data;
    (void)name;
    (void)events;
    (void)status;
    if (d->owner)
        timer_start(d->owner->loop, &d->owner->settle, d->owner->settle_ms, on_settled, d->owner);
}

static int watch_one(struct watch *w, const char *path)
{
    struct watch_dir *d = mem_zalloc(1, sizeof(*d));
    d->owner = w;
    uv_fs_event_init(loop_uv(w->loop), &d->uv);
    d->uv.data = d;
    uv_unref((uv_handle_t *)&d->uv);
    list_init(&d->node);
    list_push(&w->dirs, &d->node);
    return loop_err(uv_fs_event_start(&d->uv, on_event, path, 0));
}

static bool is_dir(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int watch_below(struct watch *w, const char *path)
{
    int rc = watch_one(w, path);
    DIR *dir = rc ? NULL : opendir(path);
    struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        char below[PATH_MAX];
        if (entry->d_name[0] == '.' ||
            snprintf(below, sizeof(below), "%s/%s", path, entry->d_name) >= (int)sizeof(below))
            continue;
        if (is_dir(below) && !rc)
            rc = watch_below(w, below);
    }
    if (dir)
        closedir(dir);
    return rc;
}

int watch_open(struct watch **out, struct loop *l, const char *dir, unsigned settle_ms,
    void (*changed)(void *arg), void *arg, struct err *err)
{
    struct watch *w = mem_zalloc(1, sizeof(*w));
    *w = (struct watch){.loop = l, .settle_ms = settle_ms, .changed = changed, .arg = arg};
    w->dir = mem_dup(dir, strlen(dir));
    list_init(&w->dirs);
    int rc = watch_below(w, dir);
    if (rc) {
        watch_close(w);
        return err_set(err, rc, "cannot watch %s: %s", dir, err_text(rc));
    }
    *out = w;
    return 0;
}

void watch_close(struct watch *w)
{
    if (!w)
        return;
    timer_cancel(&w->settle);
    close_dirs(w);
    free(w->dir);
    free(w);
}
