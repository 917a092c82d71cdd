// SPDX-License-Identifier: Apache-2.0
// upload: pull, feed, pull …, each step on the side it belongs to: sockets on the loop, disk and
// walker on the pool.
#include "core/script/upload.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = STORE_BLOB_CHUNK };

enum step { STEP_OPEN, STEP_FEED, STEP_FINISH, STEP_ABORT };

struct upload {
    struct work_op work;
    struct upload_opts opts;
    struct buf data_key;
    struct request *request; /* NULL: must not be touched any more */
    bool pulling;
    bool ended; /* the body's last byte was seen */
    enum step step;
    struct buf chunk; /* pulled, not yet fed */
    size_t total;
    struct store_blob_writer *writer;
    struct image *image; /* NULL while raw, or nothing was fed yet */
    bool begun;          /* the kind is decided */
    int status;
    struct upload_file file;
    enum image_reason reason;
    void (*done)(void *arg, int status);
    void *arg;
};

static const struct {
    unsigned kind;
    const char *name;
    const char *magic;
} kinds[] = {
    {UPLOAD_JPEG, "jpeg", "\xff\xd8\xff"},
    {UPLOAD_PNG, "png", "\x89PNG\r\n\x1a\n"},
    {UPLOAD_BMP, "bmp", "BM"},
    {UPLOAD_PDF, "pdf", "%PDF-"},
    {UPLOAD_OTHER, "other", ""},
};

const char *upload_kind_name(unsigned kind)
{
    for (size_t i = 0; i < countof(kinds); i++)
        if (kinds[i].kind == kind)
            return kinds[i].name;
    return "";
}

unsigned upload_kind_of(str name)
{
    for (size_t i = 0; i < countof(kinds); i++)
        if (str_eq(name, str_from(kinds[i].name)))
            return kinds[i].kind;
    return 0;
}

static unsigned sniff(str head)
{
    size_t i = 0;
    while (!str_starts(head, str_from(kinds[i].magic)))
        i++;
    return kinds[i].kind;
}

static void refuse(struct upload *u, enum image_reason reason)
{
    u->reason = reason;
    u->status = E_INVALID;
}

static void emit(void *arg, str bytes)
{
    struct upload *u = arg;
    if (!u->status)
        u->status = store_blob_write(u->writer, bytes);
}

/* What is no picture goes by unseen only when the caller takes it; the walker names the rest. */
static void decide(struct upload *u, str head)
{
    unsigned kind = sniff(head);
    bool wanted = kind & u->opts.kinds;
    u->begun = true;
    u->file.kind = wanted ? kind : UPLOAD_OTHER;
    if (wanted ? kind >= UPLOAD_PDF : u->opts.kinds & UPLOAD_OTHER)
        return;
    const struct image_opts opts = {.max_bytes = u->opts.limit, .max_pixels = u->opts.max_pixels};
    u->image = image_new(&opts, emit, u);
    if (kind < UPLOAD_PDF && !wanted)
        refuse(u, IMAGE_UNSUPPORTED);
}

static void feed(struct upload *u)
{
    str bytes = buf_str(&u->chunk);
    if (!bytes.n)
        return;
    if (!u->begun)
        decide(u, bytes);
    if (u->status)
        return;
    if (!u->image)
        emit(u, bytes);
    else if (image_feed(u->image, bytes) && !u->status)
        refuse(u, image_reason(u->image));
    buf_clear(&u->chunk);
}

static void finish(struct upload *u)
{
    feed(u);
    if (!u->status && !u->begun)
        refuse(u, IMAGE_EMPTY);
    if (!u->status && u->image && image_end(u->image, &u->file.info))
        refuse(u, image_reason(u->image));
    if (u->status)
        return;
    struct store_blob_writer *w = u->writer;
    u->writer = NULL;
    u->status = store_blob_finish(w, &u->file.blob);
}

/* On a pool thread. */
static void run(void *arg)
{
    struct upload *u = arg;
    switch (u->step) {
    case STEP_OPEN:
        u->status = store_blob_start(u->opts.store, buf_str(&u->data_key), &u->writer, NULL);
        break;
    case STEP_FEED:
        feed(u);
        break;
    case STEP_FINISH:
        finish(u);
        break;
    case STEP_ABORT:
        break;
    }
    if (!u->status && u->step != STEP_ABORT)
        return;
    store_blob_abort(u->writer);
    u->writer = NULL;
}

static void pull(struct upload *u);
static void go(struct upload *u, enum step step);

static void ran(void *arg, int status)
{
    struct upload *u = arg;
    if (status && !u->status)
        u->status = status;
    if (!u->status && u->step != STEP_FINISH && !u->request)
        u->status = E_CLOSED;
    if (!u->status && u->step != STEP_FINISH) {
        pull(u);
        return;
    }
    if (u->writer && u->step != STEP_ABORT) {
        go(u, STEP_ABORT);
        return;
    }
    store_blob_abort(u->writer); /* the pool was too full even for that */
    u->writer = NULL;
    u->done(u->arg, u->status);
}

static void go(struct upload *u, enum step step)
{
    u->step = step;
    int rc = work_start(u->opts.work, &u->work, WORK_FILE, run, ran, u);
    if (rc)
        ran(u, rc);
}

static void fail(struct upload *u, int status)
{
    u->status = status;
    go(u, STEP_ABORT);
}

static void pulled(void *arg, int status, str bytes)
{
    struct upload *u = arg;
    u->pulling = false;
    if (status == 1) {
        go(u, STEP_FINISH);
        return;
    }
    if (status < 0) {
        fail(u, status);
        return;
    }
    buf_append(&u->chunk, bytes);
    u->total += bytes.n;
    if (u->total > u->opts.limit)
        fail(u, E_TOO_BIG);
    else if (u->chunk.n >= CHUNK)
        go(u, STEP_FEED);
    else
        pull(u);
}

/* The next bytes; nothing is read from the socket before. */
static void pull(struct upload *u)
{
    u->pulling = true;
    int rc = body_read(u->request, pulled, u);
    if (!rc)
        return;
    u->pulling = false;
    fail(u, rc);
}

int upload_start(struct upload **out, struct request *r, const struct upload_opts *opts,
    void (*done)(void *arg, int status), void *arg)
{
    struct upload *u = mem_zalloc(1, sizeof(*u));
    u->opts = *opts;
    u->request = r;
    u->done = done;
    u->arg = arg;
    buf_append(&u->data_key, opts->data_key);
    int rc = work_start(opts->work, &u->work, WORK_FILE, run, ran, u);
    if (rc)
        upload_free(u);
    else
        *out = u;
    return rc;
}

void upload_cancel(struct upload *u, bool gone)
{
    struct request *r = u->request;
    u->request = NULL;
    if (!u->pulling)
        return; /* the step on the pool ends first */
    if (!gone)
        body_cancel(r);
    u->pulling = false;
    fail(u, E_CANCELLED);
}

const struct upload_file *upload_file(const struct upload *u)
{
    return &u->file;
}

const char *upload_reason(const struct upload *u)
{
    return image_reason_name(u->reason);
}

const char *upload_reason_text(const struct upload *u)
{
    return image_reason_text(u->reason);
}

void upload_free(struct upload *u)
{
    if (!u)
        return;
    image_free(u->image);
    buf_release(&u->chunk);
    buf_release(&u->data_key);
    free(u);
}
