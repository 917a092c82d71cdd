// SPDX-License-Identifier: Apache-2.0
// Tests of codec and clock: vectors of RFC 4648, UTF-8 borders, civil dates.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/codec.h"

typedef void encoder(struct buf *, str);
typedef int decoder(struct buf *, str);

static void round_trip(encoder *encode, decoder *decode, str plain, str text)
{
    struct buf b = {0};
    encode(&b, plain);
    assert_true(str_eq(buf_str(&b), text));
    buf_clear(&b);
    assert_int_equal(decode(&b, text), 0);
    assert_true(str_eq(buf_str(&b), plain));
    buf_release(&b);
}

static void refuses(decoder *decode, str text)
{
    struct buf b = {0};
    assert_int_equal(decode(&b, text), E_PARSE);
    assert_int_equal(b.n, 0);
    buf_release(&b);
}

static void rfc4648_vectors(void **state)
{
    (void)state;
    round_trip(codec_base64, codec_unbase64, STR(""), STR(""));
    round_trip(codec_base64, codec_unbase64, STR("f"), STR("Zg=="));
    round_trip(codec_base64, codec_unbase64, STR("fo"), STR("Zm8="));
    round_trip(codec_base64, codec_unbase64, STR("foobar"), STR("Zm9vYmFy"));
    round_trip(codec_base64url, codec_unbase64url, STR("\xff\xfe"), STR("__4"));
    round_trip(codec_hex, codec_unhex, STR("\x00\xff"), STR("00ff"));
}

static void loose_forms_are_refused(void **state)
{
    (void)state;
    refuses(codec_unbase64, STR("Zg="));
    refuses(codec_unbase64, STR("Zh==")); /* stray bits */
    refuses(codec_unbase64, STR("Zg==Zg=="));
    refuses(codec_unbase64, STR("Z g="));
    refuses(codec_unbase64url, STR("Z"));
    refuses(codec_unbase64url, str_of("Zg\0x", 4));
    refuses(codec_unhex, STR("0"));
    refuses(codec_unhex, STR("0g"));
}

static void percent(void **state)
{
    (void)state;
    struct buf b = {0};
    codec_percent(&b, STR("a b/\xe4\xb8\xad"));
    assert_true(str_eq(buf_str(&b), STR("a%20b%2F%E4%B8%AD")));
    buf_clear(&b);
    assert_int_equal(codec_unpercent(&b, STR("a+b%2f"), true), 0);
    assert_true(str_eq(buf_str(&b), STR("a b/")));
    buf_clear(&b);
    assert_int_equal(codec_unpercent(&b, STR("x%00"), false), E_PARSE);
    assert_int_equal(codec_unpercent(&b, STR("%4"), false), E_PARSE);
    assert_int_equal(codec_unpercent(&b, STR("%zz"), false), E_PARSE);
    assert_int_equal(b.n, 0);
    buf_release(&b);
}

static void utf8(void **state)
{
    (void)state;
    assert_true(codec_is_utf8(STR("\xe5\xbc\xa0\xc2\xb7\xf0\xa0\xae\xb7")));
    assert_false(codec_is_utf8(STR("\xc0\x80")));
    assert_false(codec_is_utf8(STR("\xed\xa0\x80")));
    assert_false(codec_is_utf8(STR("\xf4\x90\x80\x80")));
    assert_false(codec_is_utf8(STR("\xe5\xbc")));
    assert_false(codec_is_utf8(STR("\x80")));
    struct buf b = {0};
    const uint32_t points[] = {0x24, 0xa2, 0x4e2d, 0x20bb7, 0x10ffff};
    for (size_t i = 0; i < countof(points); i++)
        codec_utf8_put(&b, points[i]);
    size_t at = 0;
    for (size_t i = 0; i < countof(points); i++)
        assert_int_equal(codec_utf8_next(buf_str(&b), &at), points[i]);
    assert_int_equal(codec_utf8_next(buf_str(&b), &at), -1);
    buf_release(&b);
}

static void html(void **state)
{
    (void)state;
    struct buf b = {0};
    codec_html(&b, STR("<a href='x\">&"));
    assert_true(str_eq(buf_str(&b), STR("&lt;a href=&#39;x&quot;&gt;&amp;")));
    buf_release(&b);
}

static void dates(void **state)
{
    (void)state;
    char text[30];
    int64_t ms = 0;
    clock_http_date(784111777000, text);
    assert_string_equal(text, "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_int_equal(clock_parse_http_date(STR("Sun, 06 Nov 1994 08:49:37 GMT"), &ms), 0);
    assert_true(ms == 784111777000);
    assert_int_equal(clock_parse_http_date(STR("Sun, 06 Nov 1994 08:49:37 UTC"), &ms), E_PARSE);
    clock_rfc3339(951782400000, 480, text);
    assert_string_equal(text, "2000-02-29T08:00:00.000+08:00");
    for (int64_t t = -86400000LL * 800000; t < 86400000LL * 800000; t += 86400000LL * 997 + 12345) {
        struct civil c = clock_civil(t, 480);
        assert_true(clock_from_civil(&c, 480) == t);
    }
    struct civil over = {.year = 2026, .month = 14, .day = 1};
    struct civil normal = {.year = 2027, .month = 2, .day = 1};
    assert_true(clock_from_civil(&over, 0) == clock_from_civil(&normal, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc4648_vectors),
        cmocka_unit_test(loose_forms_are_refused),
        cmocka_unit_test(percent),
        cmocka_unit_test(utf8),
        cmocka_unit_test(html),
        cmocka_unit_test(dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
