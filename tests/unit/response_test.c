// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/load/response.h"
#include "core/base/buf.h"

/* Feeds bytes in pieces of `size`, as a connection would, and tells what came as text. */
static char *told(const char *text, size_t size, bool no_body, bool ends)
{
    struct response r = {.no_body = no_body};
    struct buf in = {0}, out = {0};
    size_t n = strlen(text);
    enum response_event event = RESPONSE_MORE;
    for (size_t at = 0; at < n && event != RESPONSE_BAD; at += size) {
        buf_append(&in, str_of(text + at, at + size > n ? n - at : size));
        do {
            str piece = {0};
            size_t used = response_step(&r, buf_str(&in), &event, &piece);
            if (event == RESPONSE_HEAD)
                buf_printf(&out, "[%d", r.status);
            else if (event == RESPONSE_BODY)
                buf_append(&out, piece);
            else if (event == RESPONSE_DONE)
                buf_append(&out, r.close ? STR("] close ") : STR("] "));
            else if (event == RESPONSE_BAD)
                buf_append(&out, STR("BAD"));
            buf_consume(&in, used);
        } while (event != RESPONSE_MORE && event != RESPONSE_BAD);
    }
    if (ends)
        buf_append(&out, response_end(&r) ? STR("] end") : STR(" cut"));
    buf_release(&in);
    buf_append_byte(&out, 0);
    return buf_take(&out, &n);
}

static void expect(const char *text, const char *want, bool no_body, bool ends)
{
    for (size_t size = 1; size <= strlen(text); size += size > 40 ? 37 : 1) {
        char *got = told(text, size, no_body, ends);
        assert_string_equal(got, want);
        free(got);
    }
}

static void lengths_chunks_and_bodiless_answers_are_framed(void **state)
{
    (void)state;
    expect("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 303 See Other\r\n"
           "content-length: 0\r\n\r\n",
        "[200hello] [303] ", false, false);
    expect("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nB;x=y\r\n, the "
           "world\r\n0\r\nTrailer: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        "[200hello, the world] [204] ", false, false);
    expect("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n",
        "[304] ", false, false);
    expect("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "[200] ", true, false);
}

static void the_end_of_the_connection_is_announced(void **state)
{
    (void)state;
    expect("HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 1\r\n\r\na", "[200a] close ",
        false, false);
    expect("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "[200] close ", false, false);
    expect("HTTP/1.1 200 OK\r\n\r\neverything", "[200everything] end", false, true);
    expect("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "[200half cut", false, true);
}

static void broken_answers_are_refused(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "HTTP/2 200\r\n\r\n",
        "SSH-2.0-x\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 101 Switching\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n",
    };
    for (size_t i = 0; i < countof(broken); i++)
        expect(broken[i], "BAD", false, false);
    expect("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "[200BAD", false, false);
    expect("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", "[200aBAD", false,
        false);
}

static void an_endless_head_is_refused(void **state)
{
    (void)state;
    char *text = mem_alloc(RESPONSE_HEAD_MAX + 100);
    memset(text, 'x', RESPONSE_HEAD_MAX + 100);
    struct response r = {0};
    enum response_event event;
    str piece;
    assert_int_equal(response_step(&r, str_of(text, RESPONSE_HEAD_MAX), &event, &piece), 0);
    assert_int_equal(event, RESPONSE_MORE);
    assert_int_equal(response_step(&r, str_of(text, RESPONSE_HEAD_MAX + 1), &event, &piece), 0);
    assert_int_equal(event, RESPONSE_BAD);
    free(text);
}

static void headers_are_found_by_any_case(void **state)
{
    (void)state;
    str head = STR("HTTP/1.1 200 OK\r\nX-One:1\r\nLocation:  /a b \r\n\r\n");
    assert_true(str_eq(response_header(head, STR("location")), STR("/a b")));
    assert_true(str_eq(response_header(head, STR("x-one")), STR("1")));
    assert_null(response_header(head, STR("x-two")).p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_chunks_and_bodiless_answers_are_framed),
        cmocka_unit_test(the_end_of_the_connection_is_announced),
        cmocka_unit_test(broken_answers_are_refused),
        cmocka_unit_test(an_endless_head_is_refused),
        cmocka_unit_test(headers_are_found_by_any_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
