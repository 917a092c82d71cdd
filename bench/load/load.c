// SPDX-License-Identifier: Apache-2.0
// load: phases of a run, and the schedule of the open loop.
#define _GNU_SOURCE
#include "bench/load/load.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "bench/load/proc.h"
#include "bench/load/user.h"

enum phase { PREPARE, WARM, RUN, DRAIN, HOLD, OVER };
enum { PREPARE_AT_ONCE = 64, TICK_MS = 100, SECOND_MS = 1000 };

struct load {
    struct user_host host;
    uv_loop_t loop;
    uv_timer_t phase_timer, second_timer, tick_timer;
    uv_poll_t due_poll; /* open loop: the time of the next request */
    uv_signal_t interrupt;
    int due_fd;
    enum phase phase;
    struct user *users;
    unsigned prepared; /* users whose preparation has begun */
    unsigned ready;
    struct list free;     /* open loop: users with room */
    uint64_t schedule_ns; /* when the first request of the open loop is due */
    uint64_t started;     /* requests of the schedule begun */
    uint64_t total;       /* of the schedule; known at the end */
    uint64_t run_ns;      /* the measured time began */
    uint64_t end_ns;      /* the phase ends, or the drain is given up */
    double own_cpu, server_cpu;
    struct stats_frame *frame;
    struct err *err;
    int rc;
};

static double server_cpu(const struct load_opts *o)
{
    double sum = o->pid_count ? 0 : -1;
    for (size_t i = 0; i < o->pid_count; i++) {
        double one = proc_cpu_seconds(o->pids[i]);
        sum += one > 0 ? one : 0;
    }
    return sum;
}

static void finish(struct load *l)
{
    if (l->phase == OVER)
        return;
    l->phase = OVER;
    uv_stop(&l->loop);
}

/* Takes the figures of the measured time. */
static void measure_end(struct load *l)
{
    const struct load_opts *o = l->host.opts;
    struct stats_frame *f = l->frame;
    double cpu = server_cpu(o);
    f->seconds = (double)(uv_hrtime() - l->run_ns) / 1e9;
    f->own_cpu = proc_own_seconds() - l->own_cpu;
    f->server_cpu = cpu < 0 ? -1 : cpu - l->server_cpu;
    for (size_t i = 0; i < o->pid_count; i++)
        f->server_rss += proc_rss_bytes(o->pids[i]);
}

static void phase_over(uv_timer_t *timer);

static void enter(struct load *l, enum phase phase, double seconds)
{
    l->phase = phase;
    l->end_ns = uv_hrtime() + (uint64_t)(seconds * 1e9);
    uv_timer_start(&l->phase_timer, phase_over, (uint64_t)(seconds * 1e3), 0);
}

static void enter_run(struct load *l)
{
    stats_clear(l->host.stats);
    l->run_ns = uv_hrtime();
    l->own_cpu = proc_own_seconds();
    l->server_cpu = server_cpu(l->host.opts);
    enter(l, RUN, l->host.opts->duration);
}

static uint64_t due_until(const struct load *l, uint64_t now)
{
    if (now < l->schedule_ns)
        return 0;
    return (uint64_t)((double)(now - l->schedule_ns) / 1e9 * l->host.opts->rate) + 1;
}

static uint64_t due_at(const struct load *l, uint64_t index)
{
    return l->schedule_ns + (uint64_t)((double)index * 1e9 / l->host.opts->rate);
}

static void arm(struct load *l)
{
    uint64_t at = due_at(l, l->started);
    const struct itimerspec next = {
        .it_value = {.tv_sec = (time_t)(at / 1000000000), .tv_nsec = (long)(at % 1000000000)}};
    timerfd_settime(l->due_fd, TFD_TIMER_ABSTIME, &next, NULL);
}

static void drained(struct load *l)
{
    if (l->phase != DRAIN || l->started < l->total)
        return;
    for (unsigned i = 0; i < l->host.opts->users; i++)
        if (user_is_busy(&l->users[i]))
            return;
    finish(l);
}

/* Begins what is due with the users who are free. */
static void dispatch(struct load *l)
{
    if (l->phase == OVER)
        return;
    uint64_t due = l->phase == DRAIN ? l->total : due_until(l, uv_hrtime());
    while (l->started < due && !list_is_empty(&l->free)) {
        struct user *u = container_of(list_shift(&l->free), struct user, node);
        if (!user_has_room(u))
            continue;
        user_begin(u, due_at(l, l->started++));
        user_flush(u);
        if (user_has_room(u))
            list_push(&l->free, &u->node);
    }
    if (l->phase == DRAIN)
        drained(l);
    else if (!list_is_empty(&l->free))
        arm(l);
}

static void due(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    struct load *l = poll->data;
    uint64_t times;
    if (read(l->due_fd, &times, sizeof(times)) < 0)
        return;
    l->host.now = uv_hrtime();
    dispatch(l);
}

static void user_room(struct user_host *h, struct user *u)
{
    struct load *l = container_of(h, struct load, host);
    if (l->phase == PREPARE || l->phase == OVER || l->phase == HOLD)
        return;
    if (h->opts->rate > 0) {
        list_remove(&u->node);
        list_push(&l->free, &u->node);
        return dispatch(l);
    }
    while (l->phase != DRAIN && user_has_room(u))
        user_begin(u, h->now);
    user_flush(u);
}

static void begin_all(struct load *l)
{
    l->host.is_preparing = false;
    l->host.now = uv_hrtime();
    l->schedule_ns = l->host.now;
    if (l->host.opts->warmup > 0 && !l->host.opts->idle)
        enter(l, WARM, l->host.opts->warmup);
    else
        enter_run(l);
    for (unsigned i = 0; i < l->host.opts->users; i++)
        user_room(&l->host, &l->users[i]);
}

static void user_ready(struct user_host *h, struct user *u)
{
    (void)u;
    struct load *l = container_of(h, struct load, host);
    l->ready++;
    if (l->prepared < h->opts->users)
        user_prepare(&l->users[l->prepared++]);
    else if (l->ready == h->opts->users)
        begin_all(l);
}

static void user_broken(struct user_host *h, const char *message)
{
    struct load *l = container_of(h, struct load, host);
    if (!l->rc)
        l->rc = err_set(l->err, E_UNREACHABLE, "%s: %s", h->opts->url, message);
    finish(l);
}

static void unstarted(struct load *l)
{
    uint64_t now = uv_hrtime();
    for (; l->started < l->total; l->started++) {
        stats_fault(l->host.stats, FAULT_UNSTARTED, "the server did not keep up with the rate");
        hist_add(l->host.stats->latency, now - due_at(l, l->started));
    }
}

static void enter_drain(struct load *l)
{
    measure_end(l);
    if (l->host.opts->rate <= 0)
        return finish(l);
    l->total = due_until(l, l->end_ns);
    enter(l, DRAIN, l->host.opts->timeout);
    dispatch(l);
}

static void phase_over(uv_timer_t *timer)
{
    struct load *l = timer->data;
    if (l->phase == PREPARE)
        user_broken(&l->host, "the preparation took too long");
    else if (l->phase == WARM)
        enter_run(l);
    else if (l->phase == RUN)
        enter_drain(l);
    else
        finish(l);
}

static void second(uv_timer_t *timer)
{
    struct load *l = timer->data;
    if (l->phase == RUN && !l->host.opts->quiet)
        stats_line(l->host.stats, (double)(uv_hrtime() - l->run_ns) / 1e9, stderr);
}

static void check_idle(struct load *l)
{
    const struct stats *s = l->host.stats;
    if (!l->host.opts->idle || l->phase != RUN ||
        s->answers + stats_faults(s) < l->host.opts->users)
        return;
    enter(l, HOLD, l->host.opts->duration);
    printf("holding %llu connections, %llu errors\n", (unsigned long long)s->answers,
        (unsigned long long)stats_faults(s));
    fflush(stdout);
}

static void tick(uv_timer_t *timer)
{
    struct load *l = timer->data;
    l->host.now = uv_hrtime();
    for (unsigned i = 0; i < l->host.opts->users; i++)
        user_check_timeout(&l->users[i]);
    check_idle(l);
    drained(l);
}

static void interrupted(uv_signal_t *handle, int number)
{
    (void)number;
    struct load *l = handle->data;
    l->frame->interrupted = true;
    if (l->phase == RUN)
        measure_end(l);
    finish(l);
}

static void raise_file_limit(void)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
        r.rlim_cur = r.rlim_max;
        setrlimit(RLIMIT_NOFILE, &r);
    }
}

struct place {
    char host[96]; /* for the Host header */
    char address[64];
    uint16_t port;
    bool tls;
};

static int parse_url(const char *url, struct place *p, struct err *err)
{
    str rest = str_from(url);
    p->tls = str_starts(rest, STR("https://"));
    if (!p->tls && !str_starts(rest, STR("http://")))
        return err_set(err, E_INVALID, "%s does not begin with http:// or https://", url);
    rest = str_slice(rest, p->tls ? 8 : 7, rest.n);
    str host = str_cut(&rest, '/');
    ptrdiff_t colon = str_index(host, ':');
    bool v6 = host.n && host.p[0] == '[';
    if (v6)
        colon = str_find(host, STR("]:")) + 1;
    uint64_t port;
    str address = v6 ? str_slice(host, 1, (size_t)colon - 1) : str_slice(host, 0, (size_t)colon);
    if (rest.n || colon < 1 || str_to_u64(str_slice(host, (size_t)colon + 1, host.n), &port) ||
        !port || port > 65535 || str_to_c(host, p->host, sizeof(p->host)) ||
        str_to_c(address, p->address, sizeof(p->address)))
        return err_set(err, E_INVALID, "%s should look like http://127.0.0.1:8080", url);
    p->port = (uint16_t)port;
    return 0;
}

static int open_all(struct load *l, struct place *place)
{
    const struct load_opts *o = l->host.opts;
    if ((o->close && o->depth > 1) || (o->idle && (o->rate > 0 || o->close)))
        return err_set(l->err, E_CONFIG, "these options do not go together");
    int rc = parse_url(o->url, place, l->err);
    const struct scenario_opts so = {.file = o->scenario,
        .host = place->host,
        .tls = place->tls,
        .close = o->close,
        .words = o->words};
    if (!rc)
        rc = scenario_open(&l->host.scenario, &so, l->err);
    if (rc)
        return rc;
    if (scenario_kind(l->host.scenario) == SCENARIO_JOURNEY && o->depth > 1)
        return err_set(l->err, E_CONFIG, "--depth goes with requests and setup only");
    return conn_pool_open(&l->host.pool,
        &(struct conn_pool_opts){.loop = &l->loop,
            .address = place->address,
            .port = place->port,
            .tls = place->tls,
            .sources = o->sources},
        l->err);
}

static void open_handles(struct load *l)
{
    uv_timer_t *const timers[] = {&l->phase_timer, &l->second_timer, &l->tick_timer};
    for (size_t i = 0; i < countof(timers); i++) {
        uv_timer_init(&l->loop, timers[i]);
        timers[i]->data = l;
    }
    uv_timer_start(&l->second_timer, second, SECOND_MS, SECOND_MS);
    uv_timer_start(&l->tick_timer, tick, TICK_MS, TICK_MS);
    l->due_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    uv_poll_init(&l->loop, &l->due_poll, l->due_fd);
    l->due_poll.data = l;
    uv_poll_start(&l->due_poll, UV_READABLE, due);
    uv_signal_init(&l->loop, &l->interrupt);
    l->interrupt.data = l;
    uv_signal_start(&l->interrupt, interrupted, SIGINT);
}

static void close_handles(struct load *l)
{
    uv_handle_t *const handles[] = {(uv_handle_t *)&l->phase_timer, (uv_handle_t *)&l->second_timer,
        (uv_handle_t *)&l->tick_timer, (uv_handle_t *)&l->due_poll, (uv_handle_t *)&l->interrupt};
    for (size_t i = 0; i < countof(handles); i++)
        uv_close(handles[i], NULL);
    for (unsigned i = 0; i < l->host.opts->users; i++)
        user_close(&l->users[i]);
    uv_run(&l->loop, UV_RUN_DEFAULT);
    close(l->due_fd);
}

static void run(struct load *l)
{
    unsigned users = l->host.opts->users;
    l->users = mem_zalloc(users, sizeof(*l->users));
    for (unsigned i = 0; i < users; i++)
        user_init(&l->users[i], &l->host, i + 1);
    open_handles(l);
    l->host.now = uv_hrtime();
    l->host.is_preparing = true;
    enter(l, PREPARE, l->host.opts->timeout + users / 200.0);
    l->prepared = users < PREPARE_AT_ONCE ? users : PREPARE_AT_ONCE;
    for (unsigned i = 0, n = l->prepared; i < n; i++)
        user_prepare(&l->users[i]);
    if (l->phase != OVER)
        uv_run(&l->loop, UV_RUN_DEFAULT);
    stats_settle(l->host.stats);
    unstarted(l);
    close_handles(l);
    for (unsigned i = 0; i < users; i++)
        user_release(&l->users[i]);
    free(l->users);
}

int load_run(
    const struct load_opts *o, struct stats *stats, struct stats_frame *frame, struct err *err)
{
    struct load l = {.host = {.opts = o,
                         .stats = stats,
                         .ready = user_ready,
                         .room = user_room,
                         .broken = user_broken},
        .frame = frame,
        .err = err};
    struct place place = {0};
    *frame = (struct stats_frame){.scenario = o->scenario,
        .url = o->url,
        .users = o->users,
        .depth = o->depth,
        .rate = o->rate,
        .server_cpu = -1};
    raise_file_limit();
    list_init(&l.free);
    uv_loop_init(&l.loop);
    l.host.loop = &l.loop;
    l.rc = open_all(&l, &place);
    if (!l.rc)
        run(&l);
    scenario_close(l.host.scenario);
    conn_pool_close(l.host.pool);
    uv_loop_close(&l.loop);
    return l.rc;
}
