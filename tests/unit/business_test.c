// SPDX-License-Identifier: Apache-2.0
// The long Lua tests of the business rules, each once: "once:<sentence>" in tests/lua. The short
// ones run in lua_test.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/loop/work.h"
#include "core/script/jobs.h"
#include "core/script/state.h"

struct world {
    struct loop *loop;
    struct work *work;
    struct script *script;
    bool closed;
};

struct outcome {
    bool ended;
    int code;
    char text[900];
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
    struct script_opts opts = {
        .dir = "scripts", .tests_dir = "tests/lua", .loop = w->loop, .work = w->work};
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

static int run_one(struct world *w, str name)
{
    struct outcome o = {0};
    uint64_t begun = clock_mono_ms();
    assert_int_equal(jobs_start(w->script, name, STR("{}"), NULL, on_ended, &o), 0);
    while (!o.ended)
        loop_turn(w->loop);
    print_message("%5llu ms %.*s\n", (unsigned long long)(clock_mono_ms() - begun), STR_ARG(name));
    if (o.code)
        print_message("FAILED %s\n", o.text);
    return o.code;
}

static void long_tests_pass(void **state)
{
    struct world *w = *state;
    int n = 0, bad = 0;
    const str *name;
    for (size_t i = 0; (name = jobs_name(w->script, i)); i++) {
        if (!str_starts(*name, STR("once:")))
            continue;
        n++;
        bad += run_one(w, *name) != 0;
    }
    assert_int_equal(bad, 0);
    assert_true(n >= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(long_tests_pass, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
