// SPDX-License-Identifier: Apache-2.0
// The gate byte by byte, the parser behind it, and hosts.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/http/gate.h"
#include "core/http/parser.h"
#include "core/http/request.h"

#define LINE "GET /a?b=c HTTP/1.1\r\n"
#define HOST "Host: a\r\n"

/* Feeds a head one byte more at a time; each call sees all bytes so far, at another address. */
static int feed_slowly(struct gate *g, str head, size_t limit)
{
    int rc = GATE_MORE;
    gate_init(g);
    for (size_t n = 1; n <= head.n && rc == GATE_MORE; n++) {
        char *copy = mem_dup(head.p, n);
        rc = gate_feed(g, str_of(copy, n), limit);
        free(copy);
    }
    return rc;
}

static int feed(struct gate *g, const char *text)
{
    struct gate slow;
    str head = str_from(text);
    gate_init(g);
    int rc = gate_feed(g, head, 16384);
    assert_int_equal(feed_slowly(&slow, head, 16384), rc);
    return rc;
}

static void test_elements_are_found(void **state)
{
    struct gate g;
    const char *head = "POST /x HTTP/1.0\r\nHost:a\r\nEmpty:\r\nX: \t b c\t \r\n\r\nrest";
    (void)state;
    assert_int_equal(feed(&g, head), GATE_DONE);
    assert_int_equal(g.at, strlen(head) - 4);
    assert_int_equal(g.method, HTTP_POST);
    assert_int_equal(g.minor, 0);
    assert_int_equal(g.count, 3);
    assert_true(str_eq(gate_str(head, g.target), STR("/x")));
    assert_true(str_eq(gate_str(head, g.headers[0].name), STR("Host")));
    assert_true(str_eq(gate_str(head, g.headers[0].value), STR("a")));
    assert_int_equal(g.headers[1].value.n, 0);
    assert_true(str_eq(gate_str(head, g.headers[2].value), STR("b c")));
}

static const struct {
    const char *head;
    int status;
} refused[] = {
    {"GET  / HTTP/1.1\r\n", 400},
    {"GET\t/ HTTP/1.1\r\n", 400},
    {"GET / HTTP/1.1\n", 400},
    {"GET / HTTP/1.1\rX", 400},
    {"GET /\r\n", 400},
    {"GET http://a/ HTTP/1.1\r\n", 400},
    {"GET * HTTP/1.1\r\n", 400},
    {"GET /\x7f HTTP/1.1\r\n", 400},
    {"GET /\x80 HTTP/1.1\r\n", 400},
    {"GET /# HTTP/1.1\r\n", 400},
    {"\r\nGET / HTTP/1.1\r\n", 400},
    {"get / HTTP/1.1\r\n", 501},
    {"CONNECT a:1 HTTP/1.1\r\n", 501},
    {"TRACE / HTTP/1.1\r\n", 501},
    {"AVERYLONGMETHODNAME", 501},
    {"GET / HTTP/2.0\r\n", 505},
    {"GET / HTTP/0.9\r\n", 505},
    {"GET / HTTP/1.2\r\n", 505},
    {LINE " Host: a\r\n", 400},
    {LINE "Host : a\r\n", 400},
    {LINE "X: a\r\n b\r\n", 400},
    {LINE ": a\r\n", 400},
    {LINE "X\r\n", 400},
    {LINE "X: \x01\r\n", 400},
    {LINE "X: a\nY: b\r\n", 400},
    {LINE "X: a\r\r\n", 400},
    {LINE "X: \xc3\xa9\r\n", 400},
    {LINE HOST "\rX", 400},
};

static void test_what_is_no_head_is_refused_at_the_byte(void **state)
{
    struct gate g;
    (void)state;
    for (size_t i = 0; i < countof(refused); i++)
        if (feed(&g, refused[i].head) != refused[i].status)
            fail_msg("%s", refused[i].head);
}

static void test_limits(void **state)
{
    struct gate g;
    char text[70000];
    (void)state;
    memset(text, 'a', sizeof(text));
    memcpy(text, "GET /", 5);
    gate_init(&g);
    assert_int_equal(gate_feed(&g, str_of(text, 100), 100), GATE_MORE);
    gate_init(&g);
    assert_int_equal(gate_feed(&g, str_of(text, 101), 100), 414);
    memcpy(text, LINE "X: ", 24);
    gate_init(&g);
    assert_int_equal(gate_feed(&g, str_of(text, sizeof(text)), GATE_LIMIT_MAX), 431);
    struct buf many = {0};
    buf_append(&many, STR(LINE));
    for (int i = 0; i < GATE_HEADERS; i++)
        buf_append(&many, STR("X: a\r\n"));
    gate_init(&g);
    assert_int_equal(gate_feed(&g, buf_str(&many), 16384), GATE_MORE);
    buf_append(&many, STR("X: a\r\n"));
    assert_int_equal(gate_feed(&g, buf_str(&many), 16384), 431);
    buf_release(&many);
}

static const struct {
    const char *headers;
    int status;
    int64_t length;
    bool close, expects;
} framings[] = {
    {HOST, 0, 0, false, false},
    {"", 400, 0, false, false},
    {HOST HOST, 400, 0, false, false},
    {"Host: a b\r\n", 400, 0, false, false},
    {HOST "Content-Length: 12\r\n", 0, 12, false, false},
    {HOST "Content-Length: 0\r\n", 0, 0, false, false},
    {HOST "Content-Length: 1, 1\r\n", 400, 0, false, false},
    {HOST "Content-Length: 1\r\ncontent-length: 1\r\n", 400, 0, false, false},
    {HOST "Content-Length: -1\r\n", 400, 0, false, false},
    {HOST "Content-Length:\r\n", 400, 0, false, false},
    {HOST "Content-Length: 9999999999999999999\r\n", 400, 0, false, false},
    {HOST "Transfer-Encoding: chunked\r\n", 0, -1, false, false},
    {HOST "Transfer-Encoding: Chunked\r\n", 400, 0, false, false},
    {HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400, 0, false, false},
    {HOST "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", 400, 0, false, false},
    {HOST "Connection: a, CLOSE ,b\r\n", 0, 0, true, false},
    {HOST "Connection: closed\r\n", 0, 0, false, false},
    {HOST "Expect: 100-Continue\r\n", 0, 0, false, true},
    {HOST "Expect: x\r\n", 417, 0, false, false},
};

static void test_framing(void **state)
{
    struct gate g;
    struct gate_framing f;
    struct buf head = {0};
    (void)state;
    for (size_t i = 0; i < countof(framings); i++) {
        buf_clear(&head);
        buf_printf(&head, LINE "%s\r\n", framings[i].headers);
        gate_init(&g);
        assert_int_equal(gate_feed(&g, buf_str(&head), 16384), GATE_DONE);
        int status = gate_judge(&g, head.p, &f);
        if (status != framings[i].status)
            fail_msg("%d: %s", status, framings[i].headers);
        if (status)
            continue;
        assert_int_equal(f.length, framings[i].length);
        assert_int_equal(f.close, framings[i].close);
        assert_int_equal(f.expects, framings[i].expects);
    }
    buf_release(&head);
}

static void test_hosts(void **state)
{
    static const char *const good[] = {
        "a", "example.cn", "example.cn:443", "192.0.2.1", "[::1]", "[2001:db8::1]:8443", "a_b.c-d"};
    static const char *const bad[] = {"", ":", ":80", "a:", "a:b", "a:65536", "a:000001", "a b",
        "a/b", "a@b", "[", "[]", "[::1", "[::1]x", "[::1]:", "[g::1]", "a,b", "a%41", "a\\b"};
    (void)state;
    for (size_t i = 0; i < countof(good); i++)
        assert_true(gate_is_host(str_from(good[i])));
    for (size_t i = 0; i < countof(bad); i++)
        if (gate_is_host(str_from(bad[i])))
            fail_msg("%s", bad[i]);
}

static void begin_chunked(struct parser *p)
{
    struct parser_head h;
    assert_int_equal(
        parser_head(p, STR("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), &h),
        0);
    assert_int_equal(h.length, -1);
    assert_int_equal(h.headers, 2);
    assert_true(str_eq(h.method, STR("POST")));
}

/* Decodes text cut into pieces of `step` bytes; 1 with the body, or the error. */
static int decode(const char *text, size_t step, struct buf *body, size_t *left)
{
    struct parser p;
    str rest = str_from(text), piece;
    begin_chunked(&p);
    buf_clear(body);
    while (rest.n) {
        str in = str_slice(rest, 0, step);
        size_t given = in.n;
        int rc;
        do {
            rc = parser_body(&p, &in, &piece);
            buf_append(body, piece);
        } while (!rc && piece.n);
        rest = str_slice(rest, given - in.n, rest.n);
        *left = rest.n;
        if (rc)
            return rc;
    }
    return 0;
}

static void test_chunks_in_every_step(void **state)
{
    struct buf body = {0};
    size_t left;
    (void)state;
    const char *text = "5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX: y\r\n\r\nnext";
    for (size_t step = 1; step < 50; step++) {
        assert_int_equal(decode(text, step, &body, &left), 1);
        assert_true(str_eq(buf_str(&body), STR("hello world")));
        assert_int_equal(left, 4);
    }
    buf_release(&body);
}

static void test_broken_chunks_in_every_step(void **state)
{
    static const char *const bad[] = {"5 \r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n",
        "5\r\nhellox\r\n0\r\n\r\n", "0x5\r\nhello\r\n", "-1\r\n", "\r\n", "fffffffffffffffff\r\n",
        "1;=a\r\na\r\n0\r\n\r\n", "1;a=\r\na\r\n0\r\n\r\n", "1;a=b\"c\"\r\na\r\n0\r\n\r\n",
        "1;a=\"b\r\na\r\n0\r\n\r\n", "0\r\nHost: b\r\n\r\n", "0\r\nX: \x80\r\n\r\n",
        "0\r\nX: a\nY: b\r\n\r\n", "0\r\n\n"};
    struct buf body = {0};
    size_t left;
    (void)state;
    for (size_t i = 0; i < countof(bad); i++)
        for (size_t step = 1; step < 20; step++)
            if (decode(bad[i], step, &body, &left) != E_PROTOCOL)
                fail_msg("step %zu: %s", step, bad[i]);
    buf_release(&body);
}

static void test_extensions_and_trailers_are_bounded(void **state)
{
    struct buf text = {0}, body = {0};
    size_t left;
    (void)state;
    buf_append(&text, STR("1;a="));
    for (int i = 0; i < 5000; i++)
        buf_append_byte(&text, 'x');
    buf_append(&text, STR("\r\na\r\n0\r\n\r\n"));
    buf_append_byte(&text, 0);
    assert_int_equal(decode(text.p, 1000, &body, &left), E_PROTOCOL);
    buf_clear(&text);
    buf_append(&text, STR("0\r\n"));
    for (int i = 0; i < 2000; i++)
        buf_append(&text, STR("X: abc\r\n"));
    buf_append_byte(&text, 0);
    assert_int_equal(decode(text.p, 1000, &body, &left), E_PROTOCOL);
    buf_release(&text);
    buf_release(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elements_are_found),
        cmocka_unit_test(test_what_is_no_head_is_refused_at_the_byte),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_framing),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_chunks_in_every_step),
        cmocka_unit_test(test_broken_chunks_in_every_step),
        cmocka_unit_test(test_extensions_and_trailers_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
