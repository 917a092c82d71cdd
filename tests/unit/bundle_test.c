// SPDX-License-Identifier: Apache-2.0
// Bundles: calls with plain data, limits, overruns, suspension, and the whole corpus of hostile
// scripts.
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/script/bundle.h"
#include "core/script/value.h"

static const char corpus[] = "tests/lua/hostile";

struct world {
    lua_State *L;
    struct bundle_set *set;
};

static int setup(void **state)
{
    struct world *w = mem_zalloc(1, sizeof(*w));
    w->L = luaL_newstate();
    value_open(w->L);
    w->set = bundle_set_new(NULL);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    bundle_set_free(w->set);
    lua_close(w->L);
    free(w);
    return 0;
}

static int add(struct world *w, const char *hash, const char *file, str text, struct err *err)
{
    struct buf json = {0};
    struct json_writer out = {.out = &json};
    json_begin_object(&out);
    json_key(&out, str_from(file));
    json_put_str(&out, text);
    json_end_object(&out);
    int rc = bundle_add(w->set, str_from(hash), buf_str(&json), err);
    buf_release(&json);
    return rc;
}

/* Calls with a JSON fact for a kind of business; the result as JSON. */
static int call_kind(struct world *w, const char *hash, const char *path, const char *kind,
    const char *fact, struct buf *out, struct err *err)
{
    struct arena a = {0};
    const struct json *root;
    assert_int_equal(json_parse(str_from(fact), 32, &a, &root, NULL), 0);
    lua_settop(w->L, 0);
    value_push_json(w->L, root);
    arena_release(&a);
    int rc = bundle_call(w->set, str_from(hash), str_from(path), str_from(kind), w->L, 1, err);
    buf_clear(out);
    if (!rc)
        assert_int_equal(value_to_json(w->L, -1, true, NULL, out, NULL), 0);
    return rc;
}

static int call(struct world *w, const char *hash, const char *path, const char *fact,
    struct buf *out, struct err *err)
{
    return call_kind(w, hash, path, "", fact, out, err);
}

static void plain_data_goes_in_and_out(void **state)
{
    struct world *w = *state;
    struct buf out = {0};
    struct err err;
    assert_int_equal(add(w, "h", "prices.lua",
                         STR("return {total = function(f) local n = 0 for _, l in ipairs(f.lines) "
                             "do n = n + l.fen end "
                             "return {fen = n, lines = f.lines, empty = f.none} end, year = 2026, "
                             "deep = {rate = 3}}"),
                         &err),
        0);
    assert_int_equal(
        call(w, "h", "prices:total",
            "{\"lines\":[{\"fen\":1790000000123456},{\"fen\":4}],\"none\":[]}", &out, &err),
        0);
    char *text = buf_take(&out, NULL);
    assert_string_equal(text, "{\"empty\":[],\"fen\":1790000000123460,\"lines\":[{\"fen\":"
                              "1790000000123456},{\"fen\":4}]}");
    free(text);
    lua_settop(w->L, 0);
    assert_int_equal(bundle_read(w->set, STR("h"), STR("prices:"), w->L, &err), 0);
    assert_int_equal(value_to_json(w->L, -1, true, NULL, &out, NULL), 0);
    text = buf_take(&out, NULL);
    assert_string_equal(text, "{\"deep\":{\"rate\":3},\"total\":true,\"year\":2026}");
    free(text);
}

static void errors_name_file_and_line(void **state)
{
    struct world *w = *state;
    struct buf out = {0};
    struct err err;
    assert_int_equal(
        add(w, "a", "prices.lua", STR("return {\n  f = function(x)\n    error('no') end}"), &err),
        0);
    assert_int_equal(call(w, "a", "prices:f", "{}", &out, &err), E_SCRIPT);
    assert_string_equal(err.where, "prices.lua:3");
    assert_string_equal(err.message, "no");
    assert_int_equal(call(w, "a", "prices:g", "{}", &out, &err), E_NOT_FOUND);
    assert_int_equal(call(w, "b", "prices:f", "{}", &out, &err), E_NOT_FOUND);
    assert_int_equal(add(w, "c", "x.lua", STR("return {\n  f = = 1}"), &err), E_SCRIPT);
    assert_string_equal(err.where, "x.lua:2");
    assert_int_equal(add(w, "d", "x.lua", STR("\n\nlocal a <close> = nil"), &err), E_PARSE);
    assert_string_equal(err.where, "x.lua:3");
    assert_int_equal(add(w, "e", "x.lua", STR("counter = 1"), &err), E_SCRIPT);
    assert_string_equal(err.where, "x.lua:1");
    assert_int_equal(call(w, "e", "x:f", "{}", &out, &err), E_NOT_FOUND);
    buf_release(&out);
}

static void third_overrun_suspends_the_kind(void **state)
{
    struct world *w = *state;
    struct buf out = {0};
    struct err err;
    struct bundle_suspension one;
    str text =
        STR("return {spin = function()\n while true do end end, ok = function() return 1 end}");
    assert_int_equal(add(w, "s", "f.lua", text, &err), 0);
    assert_int_equal(add(w, "t", "f.lua", text, &err), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(call_kind(w, "s", "f:ok", "bad", "{}", &out, &err), 0);
        assert_int_equal(call_kind(w, "s", "f:spin", "bad", "{}", &out, &err), E_BUDGET);
        assert_string_equal(err.where, "f.lua:2");
    }
    assert_int_equal(call_kind(w, "s", "f:ok", "bad", "{}", &out, &err), E_BUSY);
    assert_int_equal(call_kind(w, "s", "f:ok", "good", "{}", &out, &err), 0);
    assert_int_equal(call_kind(w, "s", "f:ok", "", "{}", &out, &err), 0);
    assert_int_equal(call_kind(w, "t", "f:ok", "bad", "{}", &out, &err), 0);
    assert_int_equal(bundle_read(w->set, STR("s"), STR("f:"), w->L, &err), 0);
    assert_true(bundle_suspended(w->set, 0, &one));
    assert_true(str_eq(one.kind, STR("bad")) && str_eq(one.where, STR("f.lua:2")));
    assert_false(bundle_suspended(w->set, 1, &one));
    bundle_resume(w->set, STR("s"), STR("bad"));
    assert_int_equal(call_kind(w, "s", "f:ok", "bad", "{}", &out, &err), 0);
    assert_int_equal(bundle_set_stats(w->set).killed, 3);
    buf_release(&out);
}

static void stopped_calls_name_their_line(void **state)
{
    static const struct {
        const char *text, *where;
    } cases[] = {
        {"return {f = function()\n local t = {}\n for i = 1, 1e9 do\n t[i] = {} end end}",
            "f.lua:4"},
        {"return {f = function()\n return\n "
         "('x'):rep(60000)..('y'):rep(60000)..('z'):rep(60000)..\n "
         "('x'):rep(60000)..('x'):rep(60000) end}",
            "f.lua:4"},
        {"local function g()\n while true do end end\nreturn {f = function()\n g() end}",
            "f.lua:2"},
        {"return {f = function()\n local t = {}\n for i = 1, 900 do t[i] = -i end\n while true "
         "do\n "
         "table.sort(t, function(a, b)\n return a < b end) end end}",
            "f.lua"},
    };
    struct world *w = *state;
    struct buf out = {0};
    struct err err;
    char hash[8];
    bundle_set_free(w->set); /* not the sanitizers' slowness shall end them */
    w->set = bundle_set_new(&(struct bundle_limits){.call_ms = 2000});
    for (size_t i = 0; i < countof(cases); i++) {
        snprintf(hash, sizeof(hash), "w%zu", i);
        assert_int_equal(add(w, hash, "f.lua", str_from(cases[i].text), &err), 0);
        assert_int_equal(call(w, hash, "f:f", "{}", &out, &err), E_BUDGET);
        assert_true(str_starts(str_from(err.where), str_from(cases[i].where)));
    }
    buf_release(&out);
}

/* Processor time of loading a text with a limit of time. */
static uint64_t load_ns(struct world *w, int limit_ms, str text, int expected, struct err *err)
{
    bundle_set_free(w->set);
    w->set = bundle_set_new(&(struct bundle_limits){.load_ms = limit_ms});
    uint64_t begun = clock_thread_ns();
    assert_int_equal(add(w, "h", "f.lua", text, err), expected);
    return clock_thread_ns() - begun;
}

/* Lua's parser is asked for no hook, and quadratic here. */
static void the_parser_is_stopped(void **state)
{
    struct world *w = *state;
    struct buf text = {0};
    struct err err;
    buf_append(&text, STR("return {f = function(x)\nif x == 0 then return 0\n"));
    for (int i = 0; i < 8000; i++)
        buf_printf(&text, "elseif x == %d then\n", i);
    buf_append(&text, STR("end end}"));
    uint64_t whole = load_ns(w, 5000, buf_str(&text), 0, &err);
    int half_ms = (int)(whole / 2000000);
    assert_true(load_ns(w, half_ms, buf_str(&text), E_BUDGET, &err) < whole / 4 * 3);
    assert_true(str_starts(str_from(err.where), STR("f.lua:")));
    buf_release(&text);
}

/* Many calls of a slow C function fit between two hooks. */
static void long_texts_cost(void **state)
{
    struct world *w = *state;
    struct buf out = {0};
    struct err err;
    str text =
        STR("return {f = function()\n local s, n, c = ('a'):rep(65536), ('a'):rep(1000)..'b', 0\n"
            " for i = 1, 1e9 do if s:find(n) then c = c + 1 end end end}");
    assert_int_equal(add(w, "h", "f.lua", text, &err), 0);
    uint64_t begun = clock_thread_ns();
    for (int i = 0; i < 20; i++) {
        assert_int_equal(call(w, "h", "f:f", "{}", &out, &err), E_BUDGET);
        assert_string_equal(err.where, "f.lua:3");
        bundle_resume(w->set, STR("h"), STR(""));
    }
    assert_true(clock_thread_ns() - begun < 20 * 5000000u);
    buf_release(&out);
}

/* The live bundle, the one it goes before and one with a suspended kind stay; of the others the
 * last ones. */
static void what_nobody_asks_for_is_forgotten(void **state)
{
    struct world *w = *state;
    struct buf out = {0};
    struct err err;
    char hash[16];
    str text = STR("return {f = function() return 1 end, spin = function() while true do end end}");
    for (int i = 0; i < 200; i++) {
        snprintf(hash, sizeof(hash), "n%d", i);
        assert_int_equal(add(w, hash, "f.lua", text, &err), 0);
        if (i == 1)
            assert_int_equal(bundle_set_live(w->set, STR("n0"), STR("n1")), 0);
        for (int k = 0; i == 2 && k < 3; k++)
            assert_int_equal(call(w, hash, "f:spin", "{}", &out, &err), E_BUDGET);
    }
    assert_int_equal(bundle_set_stats(w->set).known, 48);
    for (int i = 0; i < 3; i++) {
        snprintf(hash, sizeof(hash), "n%d", i);
        assert_true(bundle_is_known(w->set, str_from(hash)));
    }
    assert_false(bundle_is_known(w->set, STR("n3")));
    assert_true(bundle_is_known(w->set, STR("n199")));
    assert_int_equal(call(w, "n0", "f:f", "{}", &out, &err), 0);
    assert_int_equal(call(w, "n3", "f:f", "{}", &out, &err), E_NOT_FOUND);
    buf_release(&out);
}

static void thirty_two_states_at_most(void **state)
{
    struct world *w = *state;
    struct buf out = {0};
    struct err err;
    char hash[16];
    for (int i = 0; i < 40; i++) {
        snprintf(hash, sizeof(hash), "n%d", i);
        assert_int_equal(
            add(w, hash, "f.lua", STR("return {f = function(x) return x.n end}"), &err), 0);
    }
    assert_int_equal(bundle_set_stats(w->set).loaded, 32);
    assert_int_equal(call(w, "n0", "f:f", "{\"n\":7}", &out, &err), 0);
    assert_int_equal(bundle_set_stats(w->set).loaded, 32);
    buf_release(&out);
}

/* Every allocation of a load and a call fails once; nothing leaks (sanitizer) and the host goes on.
 */
static void memory_failure_is_an_error(void **state)
{
    struct world *w = *state;
    struct buf out = {0};
    int failures = 0, successes = 0;
    for (uint64_t n = 1; n < 2000 && successes < 3; n += n < 300 ? 1 : 7) {
        struct err err;
        struct bundle_set *set = w->set;
        w->set = bundle_set_new(&(struct bundle_limits){.fail_at = n, .call_ms = 1000});
        int rc = add(w, "m", "f.lua",
            STR("local t = {} for i = 1, 20 do t[i] = 'x' .. i end return {f = function(x) return "
                "{x, t, "
                "text.matches('abc', 'a.c'), ('a'):rep(100)} end}"),
            &err);
        if (!rc)
            rc = call(w, "m", "f:f", "{\"a\":[1,2,{\"b\":\"c\"}]}", &out, &err);
        assert_true(rc == 0 || rc == E_BUDGET);
        failures += rc != 0;
        successes += rc == 0;
        bundle_set_free(w->set);
        w->set = set;
    }
    assert_true(failures > 50);
    assert_int_equal(successes, 3);
    buf_release(&out);
}

static str read_file(const char *name, struct buf *out)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", corpus, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    for (;;) {
        char *p = buf_reserve(out, 4096);
        size_t n = fread(p, 1, 4096, f);
        if (!n)
            break;
        buf_added(out, n);
    }
    fclose(f);
    return buf_str(out);
}

/* "-- expect: killed error" in the first line: one of the words must come true. */
static bool is_expected(str text, const char *verdict)
{
    str line = str_cut(&text, '\n');
    return str_starts(line, STR("-- expect: ")) && str_find(line, str_from(verdict)) > 0;
}

static const char *verdict_of(int rc)
{
    return rc == 0 ? "value" : rc == E_BUDGET ? "killed" : "error";
}

static bool run_hostile(struct world *w, const char *name)
{
    struct buf text = {0}, out = {0};
    struct err err = {0};
    str body = read_file(name, &text);
    uint64_t begun = clock_thread_ns();
    int rc = add(w, name, "hostile.lua", body, &err);
    if (!rc)
        rc = call(w, name, "hostile:run", "{\"n\":3,\"list\":[1,2,3],\"name\":\"x\"}", &out, &err);
    uint64_t took = (clock_thread_ns() - begun) / 1000000; /* the machine may be busy */
    bool good = is_expected(body, verdict_of(rc)) && took <= 250;
    if (!good)
        print_message("%s: %s after %llu ms (%s %s)\n", name, verdict_of(rc),
            (unsigned long long)took, err.where, err.message);
    assert_false(str_find(buf_str(&out), STR("0x")) >= 0);
    bundle_remove(w->set, str_from(name));
    assert_int_equal(call(w, "good", "f:f", "{\"n\":7}", &out, &err), 0);
    buf_release(&text);
    buf_release(&out);
    return good;
}

static void hostile_scripts_end_in_time(void **state)
{
    struct world *w = *state;
    struct err err;
    int n = 0, bad = 0;
    bundle_set_free(
        w->set); /* sanitizers and other load on the machine are slower than 5 ms allow */
    w->set = bundle_set_new(&(struct bundle_limits){.call_ms = 100, .load_ms = 120});
    assert_int_equal(
        add(w, "good", "f.lua", STR("return {f = function(x) return x.n end}"), &err), 0);
    size_t before = bundle_set_stats(w->set).memory;
    DIR *d = opendir(corpus);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));)
        if (str_ends(str_from(e->d_name), STR(".lua"))) {
            bad += !run_hostile(w, e->d_name);
            n++;
        }
    closedir(d);
    print_message("%d hostile scripts\n", n);
    assert_int_equal(bad, 0);
    assert_true(n >= 240);
    assert_true(bundle_set_stats(w->set).memory < before + 65536);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(plain_data_goes_in_and_out, setup, teardown),
        cmocka_unit_test_setup_teardown(errors_name_file_and_line, setup, teardown),
        cmocka_unit_test_setup_teardown(third_overrun_suspends_the_kind, setup, teardown),
        cmocka_unit_test_setup_teardown(stopped_calls_name_their_line, setup, teardown),
        cmocka_unit_test_setup_teardown(the_parser_is_stopped, setup, teardown),
        cmocka_unit_test_setup_teardown(long_texts_cost, setup, teardown),
        cmocka_unit_test_setup_teardown(what_nobody_asks_for_is_forgotten, setup, teardown),
        cmocka_unit_test_setup_teardown(thirty_two_states_at_most, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_failure_is_an_error, setup, teardown),
        cmocka_unit_test_setup_teardown(hostile_scripts_end_in_time, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
