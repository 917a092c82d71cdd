// SPDX-License-Identifier: Apache-2.0
// Tests of core/loop: deferred calls, wakers, timers, the pool's limits, children, watching, files.
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/clock.h"
#include "core/loop/child.h"
#include "core/loop/file.h"
#include "core/loop/loop.h"
#include "core/loop/timer.h"
#include "core/loop/watch.h"
#include "core/loop/work.h"

struct world {
    struct loop *loop;
    struct work *work;
    int count;
    int status;
    struct loop_deferred deferred;
};

/* Turns the loop until *count reaches n, 5 s at most. */
static void run_until(struct world *w, int n)
{
    uint64_t end = clock_mono_ms() + 5000;
    while (w->count < n && clock_mono_ms() < end) {
        loop_turn(w->loop);
        usleep(200);
    }
    assert_int_equal(w->count, n);
}

static void count_up(void *arg)
{
    ((struct world *)arg)->count++;
}

static void defer_again(void *arg)
{
    struct world *w = arg;
    if (++w->count < 3)
        loop_defer(w->loop, &w->deferred, defer_again, w);
}

static void deferred_calls_run_at_the_end_of_the_turn(void **state)
{
    (void)state;
    struct world w = {.loop = loop_new()};
    loop_defer(w.loop, &w.deferred, defer_again, &w);
    loop_defer(w.loop, &w.deferred, defer_again, &w);
    assert_int_equal(w.count, 0);
    loop_turn(w.loop);
    assert_int_equal(w.count, 1);
    run_until(&w, 3);
    loop_defer(w.loop, &w.deferred, count_up, &w);
    loop_undefer(&w.deferred);
    loop_turn(w.loop);
    assert_int_equal(w.count, 3);
    loop_free(w.loop);
}

struct one_timer {
    struct timer timer;
    struct world *world;
    uint64_t due;
};

static void timer_fired(void *arg)
{
    struct one_timer *t = arg;
    assert_true(clock_mono_ms() >= t->due);
    assert_true(clock_mono_ms() < t->due + 500);
    t->world->count++;
}

static void timers_fire_in_time_and_never_early(void **state)
{
    (void)state;
    struct world w = {.loop = loop_new()};
    static struct one_timer timers[200];
    memset(timers, 0, sizeof(timers));
    loop_turn(w.loop);
    for (unsigned i = 0; i < 200; i++) {
        timers[i].world = &w;
        timers[i].due = loop_now_ms(w.loop) + i * 2;
        timer_start(w.loop, &timers[i].timer, i * 2, timer_fired, &timers[i]);
    }
    for (unsigned i = 0; i < 200; i += 4)
        timer_cancel(&timers[i].timer);
    timers[1].due =
        loop_now_ms(w.loop) + 40000; /* moved beyond the wheel's horizon and cancelled below */
    timer_start(w.loop, &timers[1].timer, 40000, timer_fired, &timers[1]);
    run_until(&w, 149);
    assert_true(timer_is_running(&timers[1].timer));
    timer_cancel(&timers[1].timer);
    assert_false(timer_is_running(&timers[3].timer));
    loop_free(w.loop);
}

struct job {
    struct work_op op;
    struct world *world;
    _Atomic int *at_once;
    _Atomic int *most;
};

static void job_run(void *arg)
{
    struct job *j = arg;
    int now = ++*j->at_once;
    int most = *j->most;
    while (now > most && !atomic_compare_exchange_weak(j->most, &most, now))
        ;
    usleep(1000);
    --*j->at_once;
}

static void job_done(void *arg, int status)
{
    struct job *j = arg;
    j->world->count++;
    j->world->status += status;
}

static void pool_admits_by_kind(void **state)
{
    (void)state;
    struct world w = {.loop = loop_new()};
    _Atomic int at_once = 0, most = 0;
    static struct job jobs[80];
    int refused = 0;
    w.work = work_new(w.loop);
    for (int i = 0; i < 80; i++) {
        jobs[i] = (struct job){.world = &w, .at_once = &at_once, .most = &most};
        if (work_start(w.work, &jobs[i].op, WORK_MEDIA, job_run, job_done, &jobs[i]))
            refused++;
    }
    assert_in_range(refused, 10, 16);
    run_until(&w, 80 - refused);
    assert_int_equal(most, 1);
    assert_int_equal(w.status, 0);
    assert_int_equal(work_stats(w.work, WORK_MEDIA).refused, refused);
    work_free(w.work);
    loop_free(w.loop);
}

static void cancelled_work_completes_once(void **state)
{
    (void)state;
    struct world w = {.loop = loop_new()};
    _Atomic int at_once = 0, most = 0;
    static struct job jobs[20];
    w.work = work_new(w.loop);
    for (int i = 0; i < 20; i++) {
        jobs[i] = (struct job){.world = &w, .at_once = &at_once, .most = &most};
        assert_int_equal(
            work_start(w.work, &jobs[i].op, WORK_PASSWORD, job_run, job_done, &jobs[i]), 0);
    }
    work_cancel(w.work, &jobs[19].op);
    work_cancel(w.work, &jobs[19].op);
    run_until(&w, 20);
    assert_int_equal(w.status, E_CANCELLED);
    for (int i = 0; i < 20; i++)
        assert_int_equal(
            work_start(w.work, &jobs[i].op, WORK_PASSWORD, job_run, job_done, &jobs[i]), 0);
    work_free(w.work); /* completes all of them */
    assert_int_equal(w.count, 40);
    loop_free(w.loop);
}

struct ended {
    struct world *world;
    int status;
    int64_t code;
    char output[64];
};

static void child_ended(void *arg, const struct child_result *result)
{
    struct ended *e = arg;
    e->status = result->status;
    e->code = result->code;
    (void)snprintf(e->output, sizeof(e->output), "%.*s", STR_ARG(result->output));
    e->world->count++;
}

static void children(void **state)
{
    (void)state;
    struct world w = {.loop = loop_new()};
    struct ended e = {.world = &w};
    struct child *c;
    const char *echo[] = {"sh", "-c", "tr a-z A-Z; exit 3", NULL};
    struct child_opts opts = {.file = "/bin/sh",
        .argv = echo,
        .input = STR("hello"),
        .output_limit = 1000,
        .timeout_ms = 5000};
    assert_int_equal(child_start(&c, w.loop, &opts, child_ended, &e, NULL), 0);
    run_until(&w, 1);
    assert_string_equal(e.output, "HELLO");
    assert_int_equal(e.code, 3);
    assert_int_equal(e.status, 0);
    const char *slow[] = {"sh", "-c", "sleep 60", NULL};
    opts.argv = slow;
    opts.timeout_ms = 50;
    assert_int_equal(child_start(&c, w.loop, &opts, child_ended, &e, NULL), 0);
    run_until(&w, 2);
    assert_int_equal(e.status, E_TIMEOUT);
    const char *loud[] = {"sh", "-c", "while :; do echo xxxxxxxxxxxxxxxx; done", NULL};
    opts.argv = loud;
    opts.timeout_ms = 5000;
    assert_int_equal(child_start(&c, w.loop, &opts, child_ended, &e, NULL), 0);
    run_until(&w, 3);
    assert_int_equal(e.status, E_TOO_BIG);
    struct err err;
    opts.file = "/nowhere/at/all";
    assert_int_equal(child_start(&c, w.loop, &opts, child_ended, &e, &err), E_NOT_FOUND);
    loop_free(w.loop);
}

/* More than a pipe holds, to a child that is gone. */
static void deaf_child(void **state)
{
    (void)state;
    struct world w = {.loop = loop_new()};
    struct ended e = {.world = &w};
    struct child *c;
    const char *deaf[] = {"sh", "-c", "exit 4", NULL};
    struct buf input = {0};
    memset(buf_reserve(&input, 4 << 20), 'x', 4 << 20);
    buf_added(&input, 4 << 20);
    struct child_opts opts = {.file = "/bin/sh",
        .argv = deaf,
        .input = buf_str(&input),
        .output_limit = 1000,
        .timeout_ms = 5000};
    assert_int_equal(child_start(&c, w.loop, &opts, child_ended, &e, NULL), 0);
    run_until(&w, 1);
    assert_int_equal(e.code, 4);
    buf_release(&input);
    loop_free(w.loop);
}

static void watching_sees_new_directories(void **state)
{
    (void)state;
    struct world w = {.loop = loop_new()};
    struct watch *watch;
    char dir[] = "/tmp/watch_XXXXXX";
    char below[64], file[96];
    assert_non_null(mkdtemp(dir));
    assert_int_equal(watch_open(&watch, w.loop, dir, 20, count_up, &w, NULL), 0);
    (void)snprintf(below, sizeof(below), "%s/sub", dir);
    assert_int_equal(mkdir(below, 0700), 0);
    run_until(&w, 1);
    (void)snprintf(file, sizeof(file), "%s/a.lua", below);
    assert_int_equal(file_write(file, STR("x"), 0600, NULL), 0);
    run_until(&w, 2);
    watch_close(watch);
    unlink(file);
    rmdir(below);
    rmdir(dir);
    loop_free(w.loop);
}

static int collect(void *arg, const char *path, uint64_t mtime_ns)
{
    assert_true(mtime_ns > 0);
    buf_printf(arg, "%s;", path);
    return 0;
}

static void files_are_replaced_whole(void **state)
{
    (void)state;
    char dir[] = "/tmp/file_XXXXXX";
    char path[64];
    struct buf b = {0};
    struct err err;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof(path), "%s/key", dir);
    assert_int_equal(file_write(path, STR("secret"), 0400, &err), 0);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0400);
    assert_int_equal(file_read(path, 6, &b, &err), 0);
    assert_true(str_eq(buf_str(&b), STR("secret")));
    assert_int_equal(file_read(path, 5, &b, &err), E_TOO_BIG);
    assert_int_equal(b.n, 6);
    assert_int_equal(file_read("/nowhere/key", 5, &b, &err), E_NOT_FOUND);
    assert_non_null(strstr(err.message, "/nowhere/key"));
    buf_clear(&b);
    assert_int_equal(file_walk(dir, collect, &b, &err), 0);
    assert_true(str_eq(buf_str(&b), STR("key;")));
    buf_release(&b);
    unlink(path);
    rmdir(dir);
}

static void slow_callback(void *arg)
{
    usleep(7000);
    count_up(arg);
}

static void watchdog_counts_long_callbacks(void **state)
{
    (void)state;
    struct world w = {.loop = loop_new()};
    loop_defer(w.loop, &w.deferred, slow_callback, &w);
    loop_turn(w.loop);
    assert_int_equal(loop_stats(w.loop)->over_5ms, 1);
    assert_true(loop_stats(w.loop)->longest_us >= 7000);
    loop_free(w.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deferred_calls_run_at_the_end_of_the_turn),
        cmocka_unit_test(timers_fire_in_time_and_never_early),
        cmocka_unit_test(pool_admits_by_kind),
        cmocka_unit_test(cancelled_work_completes_once),
        cmocka_unit_test(children),
        cmocka_unit_test(deaf_child),
        cmocka_unit_test(watching_sees_new_directories),
        cmocka_unit_test(files_are_replaced_whole),
        cmocka_unit_test(watchdog_counts_long_callbacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
