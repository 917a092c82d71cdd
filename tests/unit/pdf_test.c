// SPDX-License-Identifier: Apache-2.0
// Tests of pdf: same bytes for the same document on any thread, characters without glyphs named,
// documents that contradict themselves refused. What the pages look like is pdf_peers_test.py's.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <pthread.h>

#include "tests/unit/pdf_leaks.h"
#include "tests/unit/pdf_sample.h"

static int make(const struct pdf_doc *doc, struct buf *out, struct err *err)
{
    buf_clear(out);
    *err = (struct err){0};
    return pdf_make(doc, out, err);
}

static void the_same_document_gives_the_same_bytes(void **state)
{
    (void)state;
    struct sample s;
    struct buf one = {0}, two = {0};
    struct err err;
    sample_init(&s, STR("张三"));
    assert_int_equal(make(&s.doc, &one, &err), 0);
    assert_int_equal(make(&s.doc, &two, &err), 0);
    assert_true(str_eq(buf_str(&one), buf_str(&two)));
    assert_true(str_starts(buf_str(&one), STR("%PDF-1.5")));
    assert_true(str_find(buf_str(&one), STR("/CreationDate (20261122080000Z)")) > 0);
    s.doc.created++;
    assert_int_equal(make(&s.doc, &two, &err), 0);
    assert_false(str_eq(buf_str(&one), buf_str(&two)));
    buf_release(&one);
    buf_release(&two);
}

static void *on_a_thread(void *arg)
{
    struct sample s;
    struct err err;
    sample_init(&s, STR("张三"));
    for (int i = 0; i < 3; i++)
        if (make(&s.doc, arg, &err))
            abort();
    return NULL;
}

static void threads_do_not_meet(void **state)
{
    (void)state;
    pthread_t threads[4];
    struct buf out[4] = {0};
    for (size_t i = 0; i < countof(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, on_a_thread, &out[i]), 0);
    for (size_t i = 0; i < countof(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(out[i].n > 10000);
        assert_true(str_eq(buf_str(&out[0]), buf_str(&out[i])));
    }
    for (size_t i = 0; i < countof(threads); i++)
        buf_release(&out[i]);
}

static void missing_glyphs_are_named(void **state)
{
    (void)state;
    static const struct {
        str name;
        const char *code;
    } rows[] = {
        {{"张\xee\x80\x80", 6}, "U+E000"}, /* private use */
        {{"a\xf4\x8f\xbf\xbd", 5}, "U+10FFFD"},
        {{"\xf0\x92\x80\x80", 4}, "U+12000"}, /* cuneiform */
    };
    for (size_t i = 0; i < countof(rows); i++) {
        struct sample s;
        struct buf out = {0};
        struct err err;
        sample_init(&s, rows[i].name);
        assert_int_equal(make(&s.doc, &out, &err), E_UNSUPPORTED);
        assert_string_equal(err.where, "pdf.glyph");
        assert_non_null(strstr(err.message, rows[i].code));
        assert_non_null(strstr(err.message, "字体缺字"));
        assert_int_equal(out.n, 0);
    }
}

/* Other fonts of the machine never step in. */
static void only_named_families_are_used(void **state)
{
    (void)state;
    struct sample s;
    struct buf out = {0};
    struct err err;
    sample_init(&s, STR("张三"));
    s.doc.families = STR("No Such Family");
    assert_int_equal(make(&s.doc, &out, &err), E_UNSUPPORTED);
    s.doc.families = STR("No Such Family, WenQuanYi Zen Hei");
    assert_int_equal(make(&s.doc, &out, &err), 0);
    buf_release(&out);
}

static void texts_are_checked(void **state)
{
    (void)state;
    static char big[PDF_TEXT_MAX + 1];
    struct sample s;
    struct buf out = {0};
    struct err err;
    memset(big, 'x', sizeof(big));
    sample_init(&s, STR("a\x01"));
    assert_int_equal(make(&s.doc, &out, &err), E_INVALID);
    sample_init(&s, STR("\xd5\xc5"));
    assert_int_equal(make(&s.doc, &out, &err), E_INVALID);
    sample_init(&s, str_of(big, sizeof(big)));
    assert_int_equal(make(&s.doc, &out, &err), E_TOO_BIG);
}

static void documents_are_checked(void **state)
{
    (void)state;
    struct sample s;
    struct buf out = {0};
    struct err err;
    sample_init(&s, STR("张三"));
    s.doc.count = 0;
    assert_int_equal(make(&s.doc, &out, &err), E_INVALID);
    sample_init(&s, STR("张三"));
    s.handler[0].span = 2; /* five columns in a table of four */
    assert_int_equal(make(&s.doc, &out, &err), E_INVALID);
    sample_init(&s, STR("张三"));
    s.form[0].kind = (enum pdf_kind)99;
    assert_int_equal(make(&s.doc, &out, &err), E_INVALID);
    sample_init(&s, STR("张三"));
    s.form[0] = (struct pdf_block){.kind = PDF_QR};
    assert_int_equal(make(&s.doc, &out, &err), E_INVALID);
    sample_init(&s, STR("张三"));
    s.handler_row.height = 400; /* higher than the sheet */
    assert_int_equal(make(&s.doc, &out, &err), E_TOO_BIG);
}

static int sheets_of(str pdf)
{
    ptrdiff_t at = str_find(pdf, STR("/Count "));
    assert_true(at > 0);
    return atoi(pdf.p + at + 7);
}

/* A page that must fit shrinks; another one runs over. */
static void long_pages(void **state)
{
    (void)state;
    static char text[60000];
    struct sample s;
    struct buf out = {0};
    struct err err;
    for (size_t i = 0; i + 3 <= sizeof(text); i += 3)
        memcpy(text + i, "文", 3);
    sample_init(&s, STR("张三"));
    const struct pdf_block block = {.kind = PDF_PARAGRAPH, .text = str_of(text, sizeof(text))};
    s.pages[0] = (struct pdf_page){&block, 1, 10.5, true};
    assert_int_equal(make(&s.doc, &out, &err), E_TOO_BIG);
    s.pages[0].fit = false;
    assert_int_equal(make(&s.doc, &out, &err), 0);
    assert_in_range(sheets_of(buf_str(&out)), 9, 15);
    s.pages[0].size = 72;
    assert_int_equal(make(&s.doc, &out, &err), E_TOO_BIG);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_document_gives_the_same_bytes),
        cmocka_unit_test(threads_do_not_meet),
        cmocka_unit_test(missing_glyphs_are_named),
        cmocka_unit_test(only_named_families_are_used),
        cmocka_unit_test(texts_are_checked),
        cmocka_unit_test(documents_are_checked),
        cmocka_unit_test(long_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
