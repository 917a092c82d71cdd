// SPDX-License-Identifier: Apache-2.0
// keep: over uv_spawn.
#define _GNU_SOURCE
#include "core/loop/keep.h"

#include <signal.h>
#include <stdlib.h>

#include "core/base/arena.h"
#include "core/base/log.h"
#include "core/loop/loop_private.h"
#include "core/loop/timer.h"

enum { WAIT_MS = 250, WAIT_MOST_MS = 30000, WELL_MS = 10000, PATIENCE_MS = 10000 };

struct keep {
    struct loop *loop;
    struct arena arena;
    char **argv;
    const char *file;
    uv_process_t process;
    uv_pipe_t input;
    int open; /* handles of the present run */
    bool runs;
    unsigned starts;
    uint64_t started_ms;
    uint64_t wait_ms;
    struct timer timer; /* until the next start, or until patience ends */
    bool closing;
    void (*closed)(void *arg);
    void *arg;
    struct loop_deferred end;
};

static void start(void *arg);

static void finish(void *arg)
{
    struct keep *k = arg;
    timer_cancel(&k->timer);
    k->closed(k->arg);
    arena_release(&k->arena);
    free(k);
}

/* Both handles are closed: the run is over. */
static void on_closed(uv_handle_t *handle)
{
    struct keep *k = handle->data;
    if (--k->open)
        return;
    k->runs = false;
    if (k->closing) {
        loop_defer(k->loop, &k->end, finish, k);
        return;
    }
    bool well = loop_now_ms(k->loop) - k->started_ms > WELL_MS;
    k->wait_ms = well || !k->wait_ms ? WAIT_MS : k->wait_ms * 2;
    if (k->wait_ms > WAIT_MOST_MS)
        k->wait_ms = WAIT_MOST_MS;
    timer_start(k->loop, &k->timer, k->wait_ms, start, k);
}

static void on_exit_status(uv_process_t *process, int64_t code, int signum)
{
    struct keep *k = process->data;
    if (!k->closing)
        log_error("a helper process ended", LOG_STR("file", str_from(k->file)),
            LOG_INT("code", code), LOG_INT("signal", signum));
    uv_close((uv_handle_t *)&k->input, on_closed);
    uv_close((uv_handle_t *)process, on_closed);
}

static int spawn(struct keep *k)
{
    char *no_environment[] = {NULL};
    uv_stdio_container_t streams[3] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&k->input},
        {.flags = UV_INHERIT_FD, .data.fd = 2},
        {.flags = UV_INHERIT_FD, .data.fd = 2},
    };
    const uv_process_options_t options = {.exit_cb = on_exit_status,
        .file = k->file,
        .args = k->argv,
        .env = no_environment,
        .flags = UV_PROCESS_DETACHED, /* a terminal's Ctrl-C is for us */
        .stdio_count = 3,
        .stdio = streams};
    return uv_spawn(loop_uv(k->loop), &k->process, &options);
}

static void start(void *arg)
{
    struct keep *k = arg;
    uv_pipe_init(loop_uv(k->loop), &k->input, 0);
    k->input.data = k;
    k->process.data = k;
    k->open = 2;
    k->runs = true;
    k->starts++;
    k->started_ms = loop_now_ms(k->loop);
    int rc = spawn(k);
    if (!rc)
        return;
    log_error("a helper process cannot be started", LOG_STR("file", str_from(k->file)),
        LOG_STR("why", str_from(uv_strerror(rc))));
    uv_close((uv_handle_t *)&k->input, on_closed);
    uv_close((uv_handle_t *)&k->process, on_closed);
}

static void copy_words(struct keep *k, const char *const *argv)
{
    size_t n = 0;
    while (argv[n])
        n++;
    k->argv = arena_zalloc(&k->arena, n + 1, sizeof(*k->argv));
    for (size_t i = 0; i < n; i++)
        k->argv[i] = (char *)(uintptr_t)arena_str(&k->arena, str_from(argv[i])).p;
}

struct keep *keep_open(struct loop *l, const char *file, const char *const *argv)
{
    struct keep *k = mem_zalloc(1, sizeof(*k));
    k->loop = l;
    k->file = arena_str(&k->arena, str_from(file)).p;
    copy_words(k, argv);
    start(k);
    return k;
}

static void lose_patience(void *arg)
{
    struct keep *k = arg;
    (void)uv_process_kill(&k->process, SIGKILL);
}

void keep_close(struct keep *k, void (*closed)(void *arg), void *arg)
{
    k->closing = true;
    k->closed = closed;
    k->arg = arg;
    timer_cancel(&k->timer);
    if (!k->runs) {
        loop_defer(k->loop, &k->end, finish, k);
        return;
    }
    (void)uv_process_kill(&k->process, SIGTERM);
    timer_start(k->loop, &k->timer, PATIENCE_MS, lose_patience, k);
}

int keep_pid(const struct keep *k)
{
    return k->runs ? uv_process_get_pid(&k->process) : 0;
}

unsigned keep_starts(const struct keep *k)
{
    return k->starts;
}
