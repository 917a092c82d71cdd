// SPDX-License-Identifier: Apache-2.0
// child: over uv_spawn; done when the process and its three pipes have all ended.
#define _GNU_SOURCE
#include "core/loop/child.h"

#include <signal.h>
#include <stdlib.h>

#include "core/loop/loop_private.h"
#include "core/loop/timer.h"

struct child_pipe {
    uv_pipe_t uv;
    struct child *owner;
    struct buf bytes;
};

struct child {
    uv_process_t process;
    struct child_pipe in, out, error;
    uv_write_t write;
    struct loop *loop;
    struct timer timeout;
    size_t output_limit;
    int open; /* handles not yet closed */
    struct child_result result;
    void (*done)(void *arg, const struct child_result *result);
    void *arg;
};

static void stop(struct child *c, int status)
{
    if (!c->result.status)
        c->result.status = status;
    /* The child leads a session of its own: what it started dies with it and lets go of the pipes. */
    (void)kill(-uv_process_get_pid(&c->process), SIGKILL);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct child *c = handle->data;
    if (--c->open)
        return;
    c->result.output = buf_str(&c->out.bytes);
    c->result.error = buf_str(&c->error.bytes);
    loop_enter(c->loop, "child");
    c->done(c->arg, &c->result);
    loop_leave(c->loop);
    buf_release(&c->in.bytes);
    buf_release(&c->out.bytes);
    buf_release(&c->error.bytes);
    free(c);
}

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, on_handle_closed);
}

static void on_exit_status(uv_process_t *process, int64_t code, int signum)
{
    struct child *c = process->data;
    timer_cancel(&c->timeout);
    c->result.code = code;
    c->result.signal = signum;
    close_handle((uv_handle_t *)process);
}

static void on_timeout(void *arg)
{
    stop(arg, E_TIMEOUT);
}

static struct child_pipe *pipe_of(uv_handle_t *handle)
{
    struct child *c = handle->data;
    return handle == (uv_handle_t *)&c->out.uv ? &c->out : &c->error;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *to)
{
    (void)suggested;
    *to = uv_buf_init(buf_reserve(&pipe_of(handle)->bytes, 16384), 16384);
}

static void on_output(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
{
    struct child *c = stream->data;
    struct child_pipe *p = pipe_of((uv_handle_t *)stream);
    (void)bytes;
    if (n < 0) {
        close_handle((uv_handle_t *)stream);
        return;
    }
    buf_added(&p->bytes, (size_t)n);
    if (p->bytes.n > c->output_limit) {
        p->bytes.n = c->output_limit;
        stop(c, E_TOO_BIG);
    }
}

static void on_written(uv_write_t *request, int status)
{
    struct child *c = request->data;
    (void)status; /* a child that does not read its input says so by its exit code */
    close_handle((uv_handle_t *)&c->in.uv);
}

static void open_pipe(struct child *c, struct child_pipe *p)
{
    uv_pipe_init(loop_uv(c->loop), &p->uv, 0);
    p->owner = c;
    p->uv.data = c;
    c->open++;
}

static int spawn(struct child *c, const struct child_opts *opts)
{
    char *no_environment[] = {NULL};
    uv_stdio_container_t pipes[3] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&c->in.uv},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->out.uv},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->error.uv},
    };
    uv_process_options_t options = {
        .exit_cb = on_exit_status,
        .file = opts->file,
        .args = (char **)(uintptr_t)opts->argv,
        .env = no_environment,
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = 3,
        .stdio = pipes,
    };
    return uv_spawn(loop_uv(c->loop), &c->process, &options);
}

static void on_stillborn_closed(uv_handle_t *handle)
{
    struct child *c = handle->data;
    if (--c->open == 0) {
        buf_release(&c->in.bytes);
        free(c);
    }
}

static void abandon(struct child *c)
{
    uv_close((uv_handle_t *)&c->process, on_stillborn_closed);
    uv_close((uv_handle_t *)&c->in.uv, on_stillborn_closed);
    uv_close((uv_handle_t *)&c->out.uv, on_stillborn_closed);
    uv_close((uv_handle_t *)&c->error.uv, on_stillborn_closed);
}

static void start_pipes(struct child *c)
{
    uv_buf_t input = uv_buf_init(c->in.bytes.p, (unsigned)c->in.bytes.n);
    c->write.data = c;
    if (!c->in.bytes.n || uv_write(&c->write, (uv_stream_t *)&c->in.uv, &input, 1, on_written))
        close_handle((uv_handle_t *)&c->in.uv);
    uv_read_start((uv_stream_t *)&c->out.uv, on_alloc, on_output);
    uv_read_start((uv_stream_t *)&c->error.uv, on_alloc, on_output);
}

int child_start(struct child **out, struct loop *l, const struct child_opts *opts,
    void (*done)(void *arg, const struct child_result *result), void *arg, struct err *err)
{
    if (opts->input.n > UINT32_MAX)
        return err_set(err, E_TOO_BIG, "the input of %s is too large", opts->file);
    struct child *c = mem_zalloc(1, sizeof(*c));
    c->loop = l;
    c->output_limit = opts->output_limit;
    c->done = done;
    c->arg = arg;
    c->process.data = c;
    c->open = 1;
    open_pipe(c, &c->in);
    open_pipe(c, &c->out);
    open_pipe(c, &c->error);
    buf_append(&c->in.bytes, opts->input);
    int rc = spawn(c, opts);
    if (rc) {
        abandon(c);
        return err_set(err, loop_err(rc), "cannot start %s: %s", opts->file, uv_strerror(rc));
    }
    timer_start(l, &c->timeout, opts->timeout_ms, on_timeout, c);
    start_pipes(c);
    *out = c;
    return 0;
}

void child_cancel(struct child *c)
{
    stop(c, E_CANCELLED);
}
