// SPDX-License-Identifier: Apache-2.0
// prom: the text format, escapes and seconds.
#include "core/app/prom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void family_and_samples_are_written(void **state)
{
    (void)state;
    struct buf out = {0};
    struct prom p = {.out = &out};
    const struct prom_label labels[] = {{"route", STR("/a\"b\\c\nd")}, {"code", STR("200")}};
    prom_family(&p, PROM_COUNTER, "x_total", "Things.");
    prom_put(&p, "", labels, 2, 18446744073709551615u);
    prom_one(&p, PROM_GAUGE, "y", "One.", 7);
    buf_append_byte(&out, 0);
    assert_string_equal(out.p,
        "# HELP x_total Things.\n# TYPE x_total counter\n"
        "x_total{route=\"/a\\\"b\\\\c\\nd\",code=\"200\"} 18446744073709551615\n"
        "# HELP y One.\n# TYPE y gauge\ny 7\n");
    buf_release(&out);
}

static void seconds_keep_microseconds(void **state)
{
    (void)state;
    static const struct {
        uint64_t us;
        const char *text;
    } cases[] = {{0, "0"}, {1, "0.000001"}, {5000, "0.005"}, {1000000, "1"}, {10500000, "10.5"},
        {1790000000123456, "1790000000.123456"}};
    for (size_t i = 0; i < countof(cases); i++) {
        char text[24];
        prom_seconds(cases[i].us, text);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(family_and_samples_are_written),
        cmocka_unit_test(seconds_keep_microseconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
