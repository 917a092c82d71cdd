// SPDX-License-Identifier: Apache-2.0
// The Lua suite tests/lua/*.lua: once as it is, once with a full collection at every hook, once
// with failing memory.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "core/loop/work.h"
#include "core/script/generation.h"
#include "core/script/jobs.h"
#include "core/script/state.h"
#include "tests/unit/pdf_leaks.h"

struct world {
    struct loop *loop;
    struct work *work;
    struct script *script;
    bool closed;
};

struct outcome {
    bool ended;
    int code;
    char text[600];
};

static void on_closed(void *arg)
{
    struct world *w = arg;
    w->closed = true;
}

static void on_ended(void *arg, const struct failure *f)
{
    struct outcome *o = arg;
    o->ended = true;
    o->code = f ? f->code : 0;
    if (f)
        snprintf(o->text, sizeof(o->text), "%s %.*s\n%.*s", err_name(f->code), STR_ARG(f->message),
            STR_ARG(f->trace));
}

static int setup(void **state)
{
    struct world *w = mem_zalloc(1, sizeof(*w));
    struct err err = {0};
    w->loop = loop_new();
    w->work = work_new(w->loop);
    struct script_opts opts = {.dir = "scripts",
        .tests_dir = "tests/lua",
        .loop = w->loop,
        .work = w->work,
        .config_json = STR("{\"name\":\"suite\"}"),
        .assets_json = STR("{\"app.css\":\"app.1f.css\"}"),
        .memory_limit = 64 << 20};
    if (script_open(&w->script, &opts, &err))
        fail_msg("%s: %s", err.where, err.message);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    script_close(w->script, on_closed, w);
    while (!w->closed)
        loop_turn(w->loop);
    work_free(w->work);
    while (loop_turn(w->loop))
        ;
    loop_free(w->loop);
    free(w);
    return 0;
}

static void run_one(struct world *w, str name, struct outcome *o)
{
    *o = (struct outcome){0};
    assert_int_equal(jobs_start(w->script, name, STR("{}"), NULL, on_ended, o), 0);
    while (!o->ended)
        loop_turn(w->loop);
}

static void run_all(struct world *w, str prefix)
{
    int n = 0, bad = 0;
    const str *name;
    for (size_t i = 0; (name = jobs_name(w->script, i)); i++) {
        struct outcome o;
        if (!str_starts(*name, prefix))
            continue;
        run_one(w, *name, &o);
        n++;
        bad += o.code != 0;
        if (o.code)
            print_message("FAILED %.*s\n%s\n", STR_ARG(*name), o.text);
    }
    print_message("%d Lua tests\n", n);
    assert_int_equal(bad, 0);
    assert_true(n >= 10);
}

static void suite_passes(void **state)
{
    run_all(*state, STR("test:"));
}

/* Those that compute for a second run once, and not under harsh conditions. */
static void long_tests_pass(void **state)
{
    run_all(*state, STR("once:"));
}

static void suite_passes_under_harsh_collection(void **state)
{
    struct world *w = *state;
    lua_State *L = w->script->live->L;
    w->script->live->host.patience = 20; /* it is about memory; sanitizers on a busy machine */
    lua_gc(L, LUA_GCINC, 1, 1000, 1);    /* a cycle is always running, in the smallest steps */
    suite_passes(state);
    lua_gc(L, LUA_GCGEN, 1, 1);
    suite_passes(state);
    lua_gc(L, LUA_GCINC, 0, 0, 0);
    w->script->live->host.collect_every = 20; /* and once with whole collections in odd places */
    suite_passes(state);
}

/* Each test with its n-th allocation failing: it may fail, but only with a named error, and the
 * next run is whole. */
static void memory_failures_are_errors(void **state)
{
    struct world *w = *state;
    struct host *h = &w->script->live->host;
    const str *name;
    int failed = 0;
    for (size_t i = 0; (name = jobs_name(w->script, i)); i++) {
        if (!str_starts(*name, STR("test:")) || str_find(*name, STR("side by side")) > 0 ||
            str_find(*name, STR("on the pool")) > 0)
            continue;
        for (uint64_t n = 1; n < 200; n += 13) {
            struct outcome o = {0};
            h->fail_at = h->allocations + n;
            if (jobs_start(w->script, *name, STR("{}"), NULL, on_ended, &o))
                continue;
            while (!o.ended)
                loop_turn(w->loop);
            failed += o.code != 0;
        }
        h->fail_at = 0;
        struct outcome o;
        run_one(w, *name, &o);
        if (o.code)
            fail_msg("%.*s afterwards: %s", STR_ARG(*name), o.text);
    }
    assert_true(failed > 20);
}

/* Scripts are loaded with a little more memory each time: every way to run out of it is an error
 * with a name, leaves nothing behind (sanitizer), and the old scripts go on. */
static void loading_survives_every_want_of_memory(void **state)
{
    struct world *w = *state;
    int refused = 0, loaded = 0;
    for (size_t limit = 32 << 10; loaded < 3 && limit < (64 << 20); limit += 1500 + limit / 50) {
        struct err err = {0};
        struct generation *g;
        struct script_opts opts = w->script->opts;
        opts.memory_limit = limit;
        int rc = generation_build(&opts, w->script, &g, &err);
        if (rc && rc != E_BUDGET)
            fail_msg("%zu bytes: %s %s", limit, err_name(rc), err.message);
        refused += rc != 0;
        loaded += rc == 0;
        if (rc)
            continue;
        w->script->stats.generations++;
        generation_unref(g);
    }
    print_message("%d times too little\n", refused);
    assert_true(refused > 30);
    assert_int_equal(loaded, 3);
    suite_passes(state);
}

static void handlers_that_never_end_are_stopped(void **state)
{
    struct world *w = *state;
    struct outcome o;
    run_one(w, STR("runaway:loop"), &o);
    assert_int_equal(o.code, E_BUDGET);
    run_one(w, STR("runaway:pcall"), &o);
    assert_int_equal(o.code, E_BUDGET);
    run_one(w, STR("runaway:memory"), &o);
    assert_int_equal(o.code, E_BUDGET);
    run_one(w, STR("runaway:close"), &o);
    assert_int_equal(o.code, E_BUDGET);
    struct script_stats stats;
    script_read_stats(w->script, &stats);
    assert_int_equal(stats.killed, 4);
    assert_int_equal(stats.tasks, 0);
    suite_passes(state);
}

/* A task that computes without end is interrupted: others run between its slices, long before it is
 * stopped. */
static void others_are_served_beside_a_runaway(void **state)
{
    struct world *w = *state;
    struct outcome runaway = {0}, other;
    struct script_stats stats;
    int served = 0;
    assert_int_equal(
        jobs_start(w->script, STR("runaway:loop"), STR("{}"), NULL, on_ended, &runaway), 0);
    assert_false(runaway.ended);
    for (; !runaway.ended; loop_turn(w->loop), served++) {
        run_one(w, STR("test:text splits and replaces plainly"), &other);
        assert_int_equal(other.code, 0);
    }
    script_read_stats(w->script, &stats);
    assert_int_equal(runaway.code, E_BUDGET);
    assert_true(served > 20);
    assert_true(stats.interrupted > 20);
    assert_int_equal(stats.killed, 1);
}

static void an_interrupted_task_can_be_cancelled(void **state)
{
    struct world *w = *state;
    struct outcome runaway = {0};
    assert_int_equal(
        jobs_start(w->script, STR("runaway:loop"), STR("{}"), NULL, on_ended, &runaway), 0);
    assert_false(list_is_empty(&w->script->paused));
    task_cancel(container_of(list_first(&w->script->paused), struct task, link), E_TIMEOUT);
    assert_true(runaway.ended);
    assert_int_equal(runaway.code, E_TIMEOUT);
    suite_passes(state);
}

static void a_deadline_ends_each_child_once(void **state)
{
    struct world *w = *state;
    struct outcome o;
    w->script->opts.deadline_ms = 20;
    run_one(w, STR("runaway:children"), &o);
    assert_int_equal(o.code, E_TIMEOUT);
    w->script->opts.deadline_ms = 60000;
    suite_passes(state);
}

/* One task may hold a quarter of the memory; what it held does not count against the next. */
static void a_memory_bomb_stops_at_its_share(void **state)
{
    struct world *w = *state;
    struct host *h = &w->script->live->host;
    for (int i = 0; i < 6; i++) {
        struct outcome o;
        h->peak = 0;
        run_one(w, STR("runaway:memory"), &o);
        assert_int_equal(o.code, E_BUDGET);
        assert_non_null(strstr(o.text, "memory limit reached"));
        assert_true(h->peak < h->limit);
    }
    suite_passes(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(suite_passes, setup, teardown),
        cmocka_unit_test_setup_teardown(long_tests_pass, setup, teardown),
        cmocka_unit_test_setup_teardown(suite_passes_under_harsh_collection, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_failures_are_errors, setup, teardown),
        cmocka_unit_test_setup_teardown(others_are_served_beside_a_runaway, setup, teardown),
        cmocka_unit_test_setup_teardown(an_interrupted_task_can_be_cancelled, setup, teardown),
        cmocka_unit_test_setup_teardown(a_deadline_ends_each_child_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_memory_bomb_stops_at_its_share, setup, teardown),
        cmocka_unit_test_setup_teardown(loading_survives_every_want_of_memory, setup, teardown),
        cmocka_unit_test_setup_teardown(handlers_that_never_end_are_stopped, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
