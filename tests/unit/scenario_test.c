// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench/load/scenario.h"

static int open_text(struct scenario **s, const char *text, struct err *err)
{
    static const char *const words[] = {"path=/from-args", "n=3", NULL};
    char path[] = "/tmp/scenario-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    const struct scenario_opts opts = {.file = path, .host = "127.0.0.1:9", .words = words};
    int rc = scenario_open(s, &opts, err);
    unlink(path);
    return rc;
}

static bool has(str s, const char *part)
{
    return str_find(s, str_from(part)) >= 0;
}

static void a_list_of_requests_is_built_once(void **state)
{
    (void)state;
    struct scenario *s;
    struct err err = {0};
    assert_int_equal(open_text(&s,
                         "return { requests = { { path = args.path, headers = { ['X-A'] = 7 } },"
                         " { method = 'POST', path = '/p', form = { { 'a', 'x y&' }, { 'b', 2 } },"
                         " expect = 303 }, { method = 'HEAD', path = '/' } } }",
                         &err),
        0);
    assert_int_equal(scenario_kind(s), SCENARIO_REQUESTS);
    const struct plan *p = scenario_plan(s);
    assert_int_equal(p->count, 3);
    assert_true(str_eq(p->requests[0].bytes,
        STR("GET /from-args HTTP/1.1\r\nHost: 127.0.0.1:9\r\nX-A: 7\r\n\r\n")));
    str post = p->requests[1].bytes;
    assert_true(str_starts(post, STR("POST /p HTTP/1.1\r\n")));
    assert_true(str_ends(post, STR("Content-Length: 12\r\n\r\na=x+y%26&b=2")));
    assert_true(has(post, "Origin: http://127.0.0.1:9\r\n"));
    assert_int_equal(p->requests[1].expect, 303);
    assert_true(p->requests[2].no_body);
    scenario_close(s);
}

static void long_lists_of_forms_fit(void **state)
{
    (void)state;
    struct scenario *s;
    assert_int_equal(
        open_text(&s,
            "local list = {} for i = 1, 500 do list[i] = { method = 'POST', path = '/',"
            " form = { { 'n', i } } } end return { requests = list }",
            NULL),
        0);
    assert_int_equal(scenario_plan(s)->count, 500);
    assert_true(str_ends(scenario_plan(s)->requests[499].bytes, STR("n=500")));
    scenario_close(s);
}

static void faults_of_a_file_are_told_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"return 1", "must return a table"},
        {"return {}", "requests, setup or journey"},
        {"return { requests = {} }", "1 to"},
        {"return { requests = { { path = 'x' } } }", "begins with /"},
        {"return { requests = { { path = '/', body = {} } } }", "must be text"},
        {"x = \n nil + 1", ":2:"},
        {"http.get('/')", "in setup and journey only"},
        {"os.exit(0)", "'os'"},
        {"local x <", "near"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct scenario *s;
        struct err err = {0};
        assert_int_equal(open_text(&s, cases[i].text, &err), E_SCRIPT);
        assert_non_null(strstr(err.message, cases[i].message));
        assert_null(s);
    }
    struct scenario *s;
    struct err err = {0};
    const struct scenario_opts gone = {.file = "/nowhere.lua", .host = "h:1"};
    assert_int_equal(scenario_open(&s, &gone, &err), E_NOT_FOUND);
}

static void a_journey_keeps_cookies_and_reads_pages(void **state)
{
    (void)state;
    struct scenario *s;
    struct script_step step;
    assert_int_equal(
        open_text(&s,
            "return { journey = function(user)\n"
            " local page = http.get('/form')\n"
            " check(page.status == 200 and page.headers['x-kind'] == 'Form', 'no form')\n"
            " sleep(250)\n"
            " http.post('/form', { form = { _csrf = page:input('_csrf') } })\n"
            " check(user.id == 7 and user.cookies.gone == nil, 'cookies')\n"
            "end }",
            NULL),
        0);
    struct script *u = script_new(s, 7);
    script_start(u, &step);
    assert_int_equal(step.want, SCRIPT_REQUEST);
    assert_true(str_starts(step.request.bytes, STR("GET /form HTTP/1.1\r\n")));
    assert_false(has(step.request.bytes, "Cookie"));
    script_go_on(u,
        &(struct answer){.status = 200,
            .head = STR("HTTP/1.1 200 OK\r\nX-Kind: Form\r\nSet-Cookie: visit=abc; Path=/\r\n"
                        "Set-Cookie: gone=1; Max-Age=0\r\n\r\n"),
            .body = STR("<p><input type=\"hidden\" name=\"other\" value=\"1\">"
                        "<input type=\"hidden\" name=\"_csrf\" value=\"tok/en\">")},
        &step);
    assert_int_equal(step.want, SCRIPT_SLEEP);
    assert_int_equal(step.sleep_ms, 250);
    script_go_on(u, NULL, &step);
    assert_int_equal(step.want, SCRIPT_REQUEST);
    assert_true(has(step.request.bytes, "Cookie: visit=abc\r\n"));
    assert_true(str_ends(step.request.bytes, STR("\r\n\r\n_csrf=tok%2Fen")));
    script_go_on(u, &(struct answer){.status = 303}, &step);
    assert_int_equal(step.want, SCRIPT_DONE);
    script_start(u, &step);
    assert_true(has(step.request.bytes, "Cookie: visit=abc\r\n"));
    script_go_on(u, &(struct answer){.status = 500}, &step);
    assert_int_equal(step.want, SCRIPT_FAILED);
    assert_non_null(strstr(step.message, "no form"));
    script_start(u, &step);
    assert_int_equal(step.want, SCRIPT_REQUEST);
    script_free(u);
    scenario_close(s);
}

static void a_setup_makes_each_users_own_list(void **state)
{
    (void)state;
    struct scenario *s;
    struct script_step step;
    assert_int_equal(open_text(&s,
                         "return { setup = function(user)\n"
                         " local r = http.get('/token')\n"
                         " return { { method = 'POST', path = '/' .. r.body, body = 'x' } }\n"
                         "end }",
                         NULL),
        0);
    struct script *a = script_new(s, 1), *b = script_new(s, 2);
    script_start(a, &step);
    script_start(b, &step);
    const struct answer first = {.status = 200, .body = STR("one")};
    const struct answer second = {.status = 200,
        .body = STR("two"),
        .head = STR("HTTP/1.1 200 OK\r\nSet-Cookie: k=v\r\n\r\n")};
    script_go_on(a, &first, &step);
    assert_int_equal(step.want, SCRIPT_DONE);
    script_go_on(b, &second, &step);
    assert_true(str_starts(script_plan(a)->requests[0].bytes, STR("POST /one ")));
    assert_true(str_starts(script_plan(b)->requests[0].bytes, STR("POST /two ")));
    assert_true(has(script_plan(b)->requests[0].bytes, "Cookie: k=v\r\n"));
    script_start(a, &step);
    script_go_on(a, &(struct answer){.body = STR(" ")}, &step);
    assert_int_equal(step.want, SCRIPT_DONE);
    script_free(a);
    script_free(b);
    scenario_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_of_requests_is_built_once),
        cmocka_unit_test(long_lists_of_forms_fit),
        cmocka_unit_test(faults_of_a_file_are_told_with_its_line),
        cmocka_unit_test(a_journey_keeps_cookies_and_reads_pages),
        cmocka_unit_test(a_setup_makes_each_users_own_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
