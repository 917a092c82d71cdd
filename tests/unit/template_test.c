// SPDX-License-Identifier: Apache-2.0
// The template compiler: what it accepts, what it refuses and at which line.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/script/template.h"

static int compile(const char *text, struct err *err)
{
    struct arena a = {0};
    struct template_code code;
    *err = (struct err){0};
    int rc = template_compile(str_from(text), &a, &code, err);
    arena_release(&a);
    return rc;
}

static void dangerous_places_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *line;
    } bad[] = {
        {"<a href={{ x }}>", "1"},
        {"<a\n href=a{{ x }}>", "2"},
        {"<a onclick=\"{{ x }}\">", "1"},
        {"<a ONCLICK='{{ x }}'>", "1"},
        {"<p style=\"color:{{ x }}\">", "1"},
        {"<p srcdoc=\"{{ x }}\">", "1"},
        {"<p hx-on:click=\"{{ x }}\">", "1"},
        {"<p {{ x }}>", "1"},
        {"<{{ x }}>", "1"},
        {"<p{{ x }}>", "1"},
        {"</{{ x }}>", "1"},
        {"<script>\nvar x = {{ x }};</script>", "2"},
        {"<STYLE>{{ x }}</STYLE>", "1"},
        {"<script>'</scriptx>' {{ x }}</script>", "1"},
        {"<!-- {{ x }} -->", "1"},
        {"<!doctype {{ x }}>", "1"},
        {"<p a=\"{{ x }}", "1"},
        {"<p>\n<b", "2"},
        {"{% if x then %}<a href=\"{% else %}<b class=\"{% end %}{{ y }}\">", "1"},
        {"{% if x then %}<script>{% end %}", "1"},
        {"{% if x then %}\n", "2"},
        {"{% end %}", "1"},
        {"{% else %}", "1"},
        {"{{ }}", "1"},
        {"\n{{ x -- y }}", "2"},
        {"{% x = 1 -- y %}", "1"},
        {"{{ x", "1"},
        {"{% x", "1"},
        {"{# x", "1"},
        {"<p>{% layout \"base\" %}", "1"},
        {"{% layout base %}", "1"},
        {"<p title=\"{% include('x', {}) %}\">", "1"},
        {"<p {% content() %}>", "1"},
    };
    for (size_t i = 0; i < countof(bad); i++) {
        struct err err;
        if (compile(bad[i].text, &err) != E_PARSE || strcmp(err.where, bad[i].line))
            fail_msg("%s: line '%s', expected %s (%s)", bad[i].text, err.where, bad[i].line,
                err.message);
    }
}

static void safe_places_are_accepted(void **state)
{
    (void)state;
    static const char *const good[] = {
        "",
        "x < 3 & {{ y }}",
        "<a href=\"/x/{{ id }}\" class='{{ c }}'>{{ t }}</a>",
        "<script src=\"{{ asset('a.js') }}\"></script>{{ x }}",
        "<script>var a = '<' + '/script';</script >{{ x }}",
        "<!-- a > b -->{{ x }}<!doctype html>{{ y }}",
        "<input{% if x then %} checked{% end %} value=\"{{ v }}\">",
        "<p class=\"a{% if x then %} b{% else %} c{% end %}\">{{ y }}",
        "{% layout \"base\" %}\n<p>",
        "{# c #}{% layout \"base\" %}\n<p>",
        "{% for i = 1, 3 do %}{{ i }}{% end %}{% while x do %}{% end %}{% repeat %}{% until x %}{% "
        "do %}{% end %}",
        "{% local function f(a) return a end %}{{ f(\"}\" .. '{') }}",
        "<br/><img src='{{ x }}'/>{{ y }}",
        "<textarea name=\"a\">{{ x }}</textarea><title>{{ x }}</title>",
        "{% if a then %}<b>{{ x }}</b>{% elseif b then %}<i>{{ x }}</i>{% else %}-{% end %}",
    };
    for (size_t i = 0; i < countof(good); i++) {
        struct err err;
        if (compile(good[i], &err))
            fail_msg("%s: %s %s", good[i], err.where, err.message);
    }
}

/* What is static in a template without expressions. */
static void spaces_at_the_begin_of_lines_are_not_sent(void **state)
{
    (void)state;
    static const struct {
        const char *text, *sent;
    } cases[] = {
        {"<p>\n    a  b\n\n  </p>\n", "<p>\na  b\n</p>\n"},
        {"<p\n    title=\"a\n  b\">", "<p\n    title=\"a\n  b\">"},
        {"<pre>\n  a\n</pre>\n  b", "<pre>\n  a\n</pre>\nb"},
        {"  <TEXTAREA>\n\n  a</TEXTAREA>\n  b", "<TEXTAREA>\n\n  a</TEXTAREA>\nb"},
        {"<script>\n  a</script>", "<script>\n  a</script>"},
        {"  {# c #}\n  a", "a"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct arena a = {0};
        struct template_code code;
        struct err err = {0};
        assert_int_equal(template_compile(str_from(cases[i].text), &a, &code, &err), 0);
        assert_int_equal(code.piece_count, 1);
        if (!str_eq(code.pieces[0].text, str_from(cases[i].sent)))
            fail_msg(
                "%s became %.*s", cases[i].text, (int)code.pieces[0].text.n, code.pieces[0].text.p);
        arena_release(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dangerous_places_are_refused),
        cmocka_unit_test(safe_places_are_accepted),
        cmocka_unit_test(spaces_at_the_begin_of_lines_are_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
