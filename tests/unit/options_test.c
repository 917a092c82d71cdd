// SPDX-License-Identifier: Apache-2.0
// options: every source of a value, every refusal's sentence.
#include "core/app/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/loop/file.h"

static int setup(void **state)
{
    struct options *o = mem_zalloc(1, sizeof(*o));
    options_init(o);
    *state = o;
    return 0;
}

static int teardown(void **state)
{
    options_release(*state);
    free(*state);
    return 0;
}

static void says(const struct err *err, const char *part)
{
    if (!strstr(err->message, part))
        fail_msg("\"%s\" does not say \"%s\"", err->message, part);
}

static void every_row_is_complete(void **state)
{
    (void)state;
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *info = option_info((enum option_id)i);
        assert_non_null(info->name);
        assert_non_null(info->initial);
        assert_true(strlen(info->text) > 20);
        assert_true(str_ends(str_from(info->text), STR(".")));
        assert_int_equal(option_find(str_from(info->name)), i);
        struct err err = {0};
        if (*info->initial)
            assert_int_equal(
                options_set(*state, (enum option_id)i, str_from(info->initial), "test", &err), 0);
    }
}

static void file_sets_values_with_their_line(void **state)
{
    struct options *o = *state;
    struct err err = {0};
    str text = STR("-- a hall\nhttp = \"off\"\n\nmap_gib = 2 * 4\nwatch = true\n");
    assert_int_equal(options_read_text(o, text, "config.lua", &err), 0);
    assert_string_equal(options_text(o, OPT_HTTP), "off");
    assert_false(options_is_on(o, OPT_HTTP));
    assert_int_equal(options_int(o, OPT_MAP_GIB), 8);
    assert_true(options_bool(o, OPT_WATCH));
    assert_string_equal(o->value[OPT_MAP_GIB].source, "config.lua:4");
}

static void file_names_what_is_wrong(void **state)
{
    struct options *o = *state;
    struct err err = {0};
    assert_int_equal(options_read_text(o, STR("\nhtps = \"x\""), "c.lua", &err), E_CONFIG);
    says(&err, "did you mean https?");
    assert_string_equal(err.where, "c.lua:2");
    assert_int_equal(options_read_text(o, STR("map_gib = 0"), "c.lua", &err), E_CONFIG);
    says(&err, "between 1 and 4096");
    assert_int_equal(options_read_text(o, STR("watch = {}"), "c.lua", &err), E_CONFIG);
    says(&err, "must be a text, a whole number, true or false");
    assert_int_not_equal(options_read_text(o, STR("http = os.getenv('X')"), "c.lua", &err), 0);
    assert_int_not_equal(options_read_text(o, STR("http = "), "c.lua", &err), 0);
}

static void environment_and_arguments_win_in_turn(void **state)
{
    struct options *o = *state;
    struct err err = {0};
    char *environment[] = {
        "HOME=/x", "CERTHALL_DATA=/e", "CERTHALL_DRAIN_SECONDS=5", "CERTHALL_CACHE=/cache", NULL};
    assert_int_equal(options_read_text(o, STR("data = '/f' drain_seconds = 4"), "c", &err), 0);
    assert_int_equal(options_read_environment(o, environment, &err), 0);
    char *argv[] = {
        "word", "--data=/a", "--watch", "--http", "off", "--no-watch", "--", "--x", NULL};
    assert_int_equal(options_read_arguments(o, 8, argv, &err), 2);
    assert_string_equal(argv[0], "word");
    assert_string_equal(argv[1], "--x");
    assert_string_equal(options_text(o, OPT_DATA), "/a");
    assert_int_equal(options_int(o, OPT_DRAIN_SECONDS), 5);
    assert_false(options_bool(o, OPT_WATCH));
    assert_string_equal(o->value[OPT_DATA].source, "command line");
}

static void mistyped_arguments_are_refused(void **state)
{
    static const struct {
        const char *word, *says;
    } cases[] = {
        {"--scrits", "did you mean scripts?"},
        {"--zzzzzzzzzzzzzzzz", "certhall help options"},
        {"--data", "needs a value"},
        {"--no-data", "only a yes-or-no option"},
        {"--http=8080", "an address with a port"},
        {"--http=127.0.0.1:70000", "an address with a port"},
        {"--log-level=loud", "one of debug|info|warn|error"},
        {"--watch=perhaps", "true or false"},
        {"--map-gib=much", "a whole number"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct err err = {0};
        char *argv[] = {(char *)(uintptr_t)cases[i].word, NULL};
        assert_int_equal(options_read_arguments(*state, 1, argv, &err), E_CONFIG);
        says(&err, cases[i].says);
    }
}

static void unknown_variable_is_refused(void **state)
{
    struct err err = {0};
    char *environment[] = {"CERTHALL_SCRIPT=/x", NULL};
    assert_int_equal(options_read_environment(*state, environment, &err), E_CONFIG);
    says(&err, "did you mean scripts?");
}

static void rows_must_fit_each_other(void **state)
{
    struct options *o = *state;
    struct err err = {0};
    assert_int_equal(
        options_read_text(o, STR("data = '/d' seal_key_file = '/d/seal.key'"), "c", &err), 0);
    assert_int_equal(options_settle(o, &err), E_CONFIG);
    says(&err, "inside the data directory");
    assert_int_equal(options_read_text(o, STR("seal_key_file = '/dk/seal.key'"), "c", &err), 0);
    assert_int_equal(options_settle(o, &err), 0);
    assert_int_equal(options_read_text(o, STR("http = 'off' https = 'off'"), "c", &err), 0);
    assert_int_equal(options_settle(o, &err), E_CONFIG);
    assert_int_equal(
        options_read_text(o, STR("https = '[::1]:1' certificate_file = '/c'"), "c", &err), 0);
    assert_int_equal(options_settle(o, &err), E_CONFIG);
    says(&err, "go together");
}

static void production_refuses_stand_ins(void **state)
{
    struct options *o = *state;
    struct err err = {0};
    assert_int_equal(options_read_text(o, STR("mode = 'production'"), "c", &err), 0);
    assert_int_equal(options_settle(o, &err), E_CONFIG);
}

static void listings_name_every_option(void **state)
{
    struct buf help = {0}, markdown = {0}, values = {0};
    options_write_help(&help);
    options_write_markdown(&markdown);
    options_write_values(*state, &values);
    for (int i = 0; i < OPTION_COUNT; i++) {
        str name = str_from(option_info((enum option_id)i)->name);
        assert_true(str_find(buf_str(&markdown), name) >= 0);
        assert_true(str_find(buf_str(&values), name) >= 0);
    }
    assert_true(str_find(buf_str(&help), STR("--max-connections-per-address")) >= 0);
    buf_release(&help);
    buf_release(&markdown);
    buf_release(&values);
}

/* docs/options.md is what `certhall options --markdown` prints. */
static void document_is_current(void **state)
{
    (void)state;
    struct buf markdown = {0}, document = {0};
    struct err err = {0};
    options_write_markdown(&markdown);
    if (file_read("docs/options.md", 1 << 20, &document, &err))
        fail_msg("%s", err.message);
    if (!str_eq(buf_str(&markdown), buf_str(&document)))
        fail_msg("docs/options.md is old; run: certhall options --markdown >docs/options.md");
    buf_release(&markdown);
    buf_release(&document);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(every_row_is_complete),
        CASE(file_sets_values_with_their_line),
        CASE(file_names_what_is_wrong),
        CASE(environment_and_arguments_win_in_turn),
        CASE(mistyped_arguments_are_refused),
        CASE(unknown_variable_is_refused),
        CASE(rows_must_fit_each_other),
        CASE(production_refuses_stand_ins),
        CASE(listings_name_every_option),
        CASE(document_is_current),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
