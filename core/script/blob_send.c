// SPDX-License-Identifier: Apache-2.0
// blob_send: one chunk under way at a time, from the disk to the socket.
#include "core/script/blob_send.h"

#include <stdlib.h>

#include "core/base/log.h"
#include "core/script/state.h"
#include "store/blob.h"

enum { RETRY_MS = 50 };

struct blob_send {
    struct script *script; /* held open while this lives (ops) */
    struct work_op work;
    struct timer again;
    struct buf name, data_key;
    struct store_blob_reader *reader;
    uint64_t offset;
    struct buf chunk;
    int status;
    struct request *request; /* NULL: not sending yet, or its end has come */
    bool busy;               /* on the pool */
    bool stopped;
    void (*opened)(void *arg, int status);
    void *arg;
};

static void destroy(struct blob_send *b)
{
    struct script *s = b->script;
    if (b->reader)
        store_blob_close(b->reader);
    timer_cancel(&b->again);
    buf_release(&b->name);
    buf_release(&b->data_key);
    buf_release(&b->chunk);
    free(b);
    s->ops--;
    script_check_closed(s);
}

/* On a pool thread. */
static void run_open(void *arg)
{
    struct blob_send *b = arg;
    b->status = store_blob_open(
        b->script->opts.store, buf_str(&b->name), buf_str(&b->data_key), &b->reader);
}

static void was_opened(void *arg, int status)
{
    struct blob_send *b = arg;
    b->busy = false;
    b->opened(b->arg, status ? status : b->status);
}

/* On a pool thread. */
static void run_read(void *arg)
{
    struct blob_send *b = arg;
    buf_clear(&b->chunk);
    b->status = store_blob_read(b->reader, b->offset, STORE_BLOB_CHUNK, &b->chunk);
}

static void was_read(void *arg, int status)
{
    struct blob_send *b = arg;
    b->busy = false;
    if (b->stopped) {
        destroy(b);
        return;
    }
    status = status ? status : b->status;
    if (status) {
        log_error("a blob cannot be read to its end", LOG_STR("blob", buf_str(&b->name)),
            LOG_STR("error", str_from(err_text(status))));
        response_abort(b->request);
        return;
    }
    b->offset += b->chunk.n;
    if (b->chunk.n)
        response_write(b->request, buf_str(&b->chunk));
    else
        response_end(b->request);
}

/* A full pool is waited for: the head has left already. */
static void proceed(void *arg)
{
    struct blob_send *b = arg;
    if (b->offset == store_blob_size(b->reader)) {
        response_end(b->request);
        return;
    }
    struct work *w = b->script->opts.work;
    b->busy = work_start(w, &b->work, WORK_FILE, run_read, was_read, b) == 0;
    if (!b->busy)
        timer_start(b->script->opts.loop, &b->again, RETRY_MS, proceed, b);
}

static void stop(void *arg, int status)
{
    struct blob_send *b = arg;
    (void)status;
    b->stopped = true;
    b->request = NULL;
    if (!b->busy)
        destroy(b);
}

int blob_send_open(struct blob_send **out, struct script *s, str name, str data_key,
    void (*opened)(void *arg, int status), void *arg)
{
    struct blob_send *b = mem_zalloc(1, sizeof(*b));
    b->script = s;
    b->opened = opened;
    b->arg = arg;
    buf_append(&b->name, name);
    buf_append(&b->data_key, data_key);
    s->ops++;
    int rc = work_start(s->opts.work, &b->work, WORK_FILE, run_open, was_opened, b);
    b->busy = rc == 0;
    if (rc)
        destroy(b);
    else
        *out = b;
    return rc;
}

void blob_send_start(struct blob_send *b, struct request *r)
{
    static const struct generator generator = {proceed, stop};
    b->request = r;
    response_stream(r, (int64_t)store_blob_size(b->reader), &generator, b);
}

void blob_send_free(struct blob_send *b)
{
    if (b)
        destroy(b);
}
