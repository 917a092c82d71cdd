// SPDX-License-Identifier: Apache-2.0
// Tests of log: valid JSON whatever comes in, masked personal data, levels, a sink that fails.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/json.h"
#include "core/base/log.h"

static size_t line_of(char *out, size_t size, bool human, struct log_field field)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    log_set_sink(ends[1], human);
    log_at(LOG_INFO, "hello \"x\"", LOG_INT("n", -5), field);
    log_set_sink(2, false);
    ssize_t n = read(ends[0], out, size - 1);
    close(ends[0]);
    close(ends[1]);
    assert_true(n > 0);
    out[n] = '\0';
    return (size_t)n;
}

static void hostile_text_stays_one_json_line(void **state)
{
    (void)state;
    char line[1024];
    struct arena arena = {0};
    const struct json *root;
    size_t n = line_of(line, sizeof(line), false, LOG_STR("t", STR("a\r\n{\"x\":1}\xff\x1b[31m")));
    assert_int_equal(line[n - 1], '\n');
    assert_ptr_equal(strchr(line, '\n'), line + n - 1);
    assert_int_equal(json_parse(str_of(line, n - 1), 4, &arena, &root, NULL), 0);
    assert_int_equal(json_int(json_get(root, STR("n"))), -5);
    assert_true(str_starts(json_str(json_get(root, STR("t"))), STR("a\r\n")));
    arena_release(&arena);
}

static void personal_data_is_masked(void **state)
{
    (void)state;
    char line[1024];
    line_of(line, sizeof(line), false, LOG_PHONE("p", STR("13900001111")));
    assert_non_null(strstr(line, "139****1111"));
    line_of(line, sizeof(line), false, LOG_ID_NUMBER("i", STR("430100199001011234")));
    assert_non_null(strstr(line, "430***********1234"));
    line_of(line, sizeof(line), false, LOG_ID_NUMBER("i", STR("1234")));
    assert_null(strstr(line, "1234"));
    line_of(line, sizeof(line), false, LOG_NAME("w", STR("\xe5\xbc\xa0\xe4\xb8\x89")));
    assert_null(strstr(line, "\xe4\xb8\x89"));
}

static void numbers_in_free_text_are_masked(void **state)
{
    (void)state;
    char line[1024];
    line_of(line, sizeof(line), false,
        LOG_TEXT("t", STR("no user 13900001111, 43010019900101123X; case 20160829000541110696")));
    assert_non_null(
        strstr(line, "no user 139****1111, 430***********123X; case 20160829000541110696"));
    line_of(line, sizeof(line), false, LOG_TEXT("t", STR("13900001111")));
    assert_null(strstr(line, "13900001111"));
    line_of(line, sizeof(line), false, LOG_TEXT("t", STR("1790000000123 12900001111")));
    assert_non_null(strstr(line, "1790000000123 12900001111"));
}

static void terminal_form_shows_no_control_characters(void **state)
{
    (void)state;
    char line[1024];
    size_t n = line_of(line, sizeof(line), true, LOG_STR("t", STR("\x1b[2Jx\xe2\x80\xae\ny")));
    line[n - 1] = '\0';
    for (const char *p = line; *p; p++)
        assert_true((unsigned char)*p >= 32);
    assert_null(strstr(line, "\xe2\x80\xae"));
}

static void level_and_lost_lines(void **state)
{
    (void)state;
    uint64_t before = log_lost();
    log_set_sink(-1, false);
    log_debug("dropped", LOG_INT("n", 1));
    assert_int_equal(log_lost(), before);
    log_info("lost", LOG_INT("n", 1));
    assert_int_equal(log_lost(), before + 1);
    log_set_sink(2, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_text_stays_one_json_line),
        cmocka_unit_test(personal_data_is_masked),
        cmocka_unit_test(numbers_in_free_text_are_masked),
        cmocka_unit_test(terminal_form_shows_no_control_characters),
        cmocka_unit_test(level_and_lost_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
