// SPDX-License-Identifier: Apache-2.0
// The multipart parser in every cut of its input.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/http/multipart.h"

#define TYPE "multipart/form-data; boundary=XX"
#define PART(disposition, rest) "--XX\r\nContent-Disposition: form-data; " disposition "\r\n" rest

/* Parses in steps and writes down what was seen: "name|filename|type:data;" */
static int parse(const char *type, str body, size_t step, struct buf *out)
{
    struct multipart m;
    str bytes;
    bool ended = false;
    buf_clear(out);
    int rc = multipart_init(&m, str_from(type));
    for (size_t at = 0; !rc && at < body.n; at += step) {
        char *copy = mem_dup(body.p + at, body.n - at < step ? body.n - at : step);
        str in = str_of(copy, body.n - at < step ? body.n - at : step);
        while (!rc && in.n) {
            int event = multipart_next(&m, &in, &bytes);
            if (event < 0)
                rc = event;
            else if (event == MULTIPART_PART)
                buf_printf(out, "%.*s|%.*s|%.*s%s:", STR_ARG(m.name), STR_ARG(m.filename),
                    STR_ARG(m.content_type), m.is_file ? "F" : "");
            else if (event == MULTIPART_DATA)
                buf_append(out, bytes);
            else if (event == MULTIPART_PART_END)
                buf_append_byte(out, ';');
            ended = ended || event == MULTIPART_END;
        }
        free(copy);
    }
    if (!rc && !ended)
        return E_EOF;
    return rc;
}

static void expect(const char *text, const char *seen)
{
    struct buf out = {0};
    str body = str_from(text);
    for (size_t step = 1; step <= body.n; step++) {
        int rc = parse(TYPE, body, step, &out);
        if (rc || !str_eq(buf_str(&out), str_from(seen)))
            fail_msg("step %zu: %d %.*s of %s", step, rc, STR_ARG(buf_str(&out)), text);
    }
    buf_release(&out);
}

static void refuse(const char *text, int code)
{
    struct buf out = {0};
    str body = str_from(text);
    for (size_t step = 1; step <= body.n; step++)
        if (parse(TYPE, body, step, &out) != code)
            fail_msg("step %zu: %s", step, text);
    buf_release(&out);
}

static void test_parts(void **state)
{
    (void)state;
    expect(PART("name=\"a\"", "\r\n1\r\n") "--XX--\r\n", "a||:1;");
    expect(PART("name=\"a\"", "\r\n\r\n") "--XX--", "a||:;");
    expect("--XX--\r\n", "");
    expect(PART("name=a; filename=b", "Content-Type: Image/PNG; x=y\r\n\r\ndata\r\n")
               PART("name=c", "\r\nd\r\n") "--XX--\r\n",
        "a|b|image/pngF:data;c||:d;");
    expect(PART("name=\"a\"; filename=\"\"", "\r\n\r\n") "--XX--\r\n", "a||F:;");
}

static void test_data_that_looks_like_a_delimiter(void **state)
{
    (void)state;
    expect(PART("name=a", "\r\n\r\r\n-\r\n--X\r\n--Y--XX\r\n") "--XX--\r\n",
        "a||:\r\r\n-\r\n--X\r\n--Y--XX;");
    expect(PART("name=a", "\r\n\r\n\r\n\r\n") "--XX--\r\n", "a||:\r\n\r\n;");
}

static void test_names(void **state)
{
    (void)state;
    expect(
        PART("name=\"a\"; filename=\"C:\\fakepath\\b.jpg\"", "\r\n\r\n") "--XX--", "a|b.jpg|F:;");
    expect(PART("name=\"a\"; filename=\"../../etc/passwd\"", "\r\n\r\n") "--XX--", "a|passwd|F:;");
    expect(PART("name=\"a\"; filename=\"照 片;.jpg\"", "\r\n\r\n") "--XX--", "a|照 片;.jpg|F:;");
    expect(PART("name=\"a%22b\"; filename=\"c\\\"d\"", "\r\n\r\n") "--XX--", "a\"b|c\"d|F:;");
    expect(PART("name=\"n\"", "X-Other: y\r\n\r\n1\r\n") "--XX--", "n||:1;");
}

static void test_broken_framing(void **state)
{
    static const char *const bad[] = {
        "preamble\r\n--XX--\r\n",
        "\r\n--XX--\r\n",
        "--XY\r\n",
        "--XX \r\n",
        "--XX\n",
        "--XX-\r\n",
        "--XX--x",
        "--XX--\r\nepilogue",
        "--XX\r\n\r\n1\r\n--XX--",
        "--XX\r\nContent-Disposition: attachment; name=a\r\n\r\n",
        "--XX\r\nContent-Disposition: form-data\r\n\r\n",
        "--XX\r\nContent-Disposition: form-data; filename=a\r\n\r\n",
        "--XX\r\nNoColon\r\n\r\n",
        "--XX\r\n X: y\r\n\r\n",
        "--XX\r\nX : y\r\n\r\n",
        "--XX\r\nX: a\nY: b\r\n\r\n",
        PART("name=a; name=b", "\r\n"),
        PART("name=a; filename=b; filename=c", "\r\n"),
        PART("name=\"a", "\r\n"),
        PART("name=\"\"", "\r\n"),
        PART("name=\"a\" b", "\r\n"),
        PART("name=a b", "\r\n"),
        PART("name=\"\xff\"", "\r\n"),
        PART("name=\"\x01\"", "\r\n"),
        PART("name=a", "Content-Transfer-Encoding: base64\r\n\r\n"),
        PART("name=a", "Content-Disposition: form-data; name=b\r\n\r\n"),
        PART("name=a", "Content-Type: a/b\r\nContent-Type: c/d\r\n\r\n"),
        PART("name=a", "\r\n1\r\n--XXY"),
    };
    (void)state;
    for (size_t i = 0; i < countof(bad); i++)
        refuse(bad[i], E_PARSE);
    refuse(PART("name=a", "\r\n1\r\n--X"), E_EOF);
    refuse(PART("name=a", "\r\n1"), E_EOF);
}

static void test_header_is_bounded(void **state)
{
    struct buf body = {0}, out = {0};
    (void)state;
    buf_append(&body, STR("--XX\r\nX: "));
    for (int i = 0; i < MULTIPART_HEAD; i++)
        buf_append_byte(&body, 'a');
    assert_int_equal(parse(TYPE, buf_str(&body), 1000, &out), E_TOO_BIG);
    buf_release(&body);
    buf_release(&out);
}

static void test_boundaries(void **state)
{
    static const char *const good[] = {"multipart/form-data; boundary=a",
        "Multipart/Form-Data;boundary=\"a b\"",
        "multipart/form-data; charset=utf-8; Boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW"};
    static const char *const bad[] = {"", "multipart/form-data", "multipart/mixed; boundary=a",
        "multipart/form-data; boundary=", "multipart/form-data; boundary=a; boundary=b",
        "multipart/form-data; boundary=\"a", "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=a b", "multipart/form-data; boundary=<a>",
        "multipart/form-data; "
        "boundary=12345678901234567890123456789012345678901234567890123456789012345678901"};
    struct multipart m;
    (void)state;
    for (size_t i = 0; i < countof(good); i++)
        assert_int_equal(multipart_init(&m, str_from(good[i])), 0);
    for (size_t i = 0; i < countof(bad); i++)
        if (multipart_init(&m, str_from(bad[i])) != E_PARSE)
            fail_msg("%s", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_data_that_looks_like_a_delimiter),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_broken_framing),
        cmocka_unit_test(test_header_is_bounded),
        cmocka_unit_test(test_boundaries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
