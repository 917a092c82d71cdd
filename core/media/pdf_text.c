// SPDX-License-Identifier: Apache-2.0
// pdf_text: texts set by Pango, and the proof that every character has a glyph of a named family.
#include "core/base/codec.h"
#include "core/media/pdf_private.h"

static int check_bytes(struct pdf_job *job, str text)
{
    if (text.n > PDF_TEXT_MAX)
        return err_set(job->err, E_TOO_BIG, "a text has more than %d bytes", PDF_TEXT_MAX);
    if (!codec_is_utf8(text))
        return err_set(job->err, E_INVALID, "a text is not UTF-8");
    for (size_t i = 0; i < text.n; i++)
        if (((uint8_t)text.p[i] < ' ' && text.p[i] != '\n') || text.p[i] == 0x7f)
            return err_set(job->err, E_INVALID, "a text holds the control character U+%04X",
                (unsigned)(uint8_t)text.p[i]);
    return 0;
}

static int missing(struct pdf_job *job, uint32_t c)
{
    struct buf utf8 = {0};
    codec_utf8_put(&utf8, c);
    (void)err_set(job->err, E_UNSUPPORTED,
        "字体缺字: none of the fonts (%s) has the character U+%04X %.*s", job->families,
        (unsigned)c, STR_ARG(buf_str(&utf8)));
    err_at(job->err, "pdf.glyph");
    buf_release(&utf8);
    return E_UNSUPPORTED;
}

/* Whether the font is of a named family: Pango would take any other font of the machine. */
static bool is_named(const struct pdf_job *job, PangoFont *font)
{
    PangoFontDescription *d = pango_font_describe(font);
    str family = str_from(pango_font_description_get_family(d));
    bool named = false;
    for (str rest = str_from(job->families); rest.n && !named;)
        named = str_eq_nocase(str_trim(str_cut(&rest, ',')), family);
    pango_font_description_free(d);
    return named;
}

static int check_run(struct pdf_job *job, PangoLayoutRun *run, str text)
{
    for (int i = 0; i < run->glyphs->num_glyphs; i++) {
        PangoGlyph glyph = run->glyphs->glyphs[i].glyph;
        if (glyph != PANGO_GLYPH_INVALID_INPUT && glyph & PANGO_GLYPH_UNKNOWN_FLAG)
            return missing(job, glyph & ~PANGO_GLYPH_UNKNOWN_FLAG);
    }
    size_t at = (size_t)run->item->offset;
    int32_t first = codec_utf8_next(text, &at);
    if (first > ' ' && !is_named(job, run->item->analysis.font))
        return missing(job, (uint32_t)first);
    return 0;
}

static int check_glyphs(struct pdf_job *job, PangoLayout *layout, str text)
{
    int rc = 0;
    PangoLayoutIter *it = pango_layout_get_iter(layout);
    do {
        PangoLayoutRun *run = pango_layout_iter_get_run_readonly(it);
        if (run)
            rc = check_run(job, run, text);
    } while (!rc && pango_layout_iter_next_run(it));
    pango_layout_iter_free(it);
    return rc;
}

static void apply_style(struct pdf_job *job, PangoLayout *layout, const struct pdf_style *style)
{
    static const PangoAlignment aligns[] = {[PDF_LEFT] = PANGO_ALIGN_LEFT,
        [PDF_CENTER] = PANGO_ALIGN_CENTER,
        [PDF_RIGHT] = PANGO_ALIGN_RIGHT};
    PangoFontDescription *d = pango_font_description_new();
    pango_font_description_set_family(d, job->families);
    pango_font_description_set_size(d, (int)(style->size * PANGO_SCALE));
    pango_layout_set_font_description(layout, d);
    pango_font_description_free(d);
    pango_layout_set_alignment(layout, aligns[style->align]);
    pango_layout_set_indent(layout, (int)(style->indent * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_justify(layout, style->justify);
    pango_layout_set_auto_dir(layout, FALSE);
    if (style->spacing > 0)
        pango_layout_set_line_spacing(layout, (float)style->spacing);
    if (style->width > 0)
        pango_layout_set_width(layout, (int)(style->width * PANGO_SCALE));
}

int pdf_text_make(
    struct pdf_job *job, str text, const struct pdf_style *style, struct pdf_text *out)
{
    int width, height;
    *out = (struct pdf_text){0};
    int rc = check_bytes(job, text);
    if (rc)
        return rc;
    out->layout = pango_layout_new(job->context);
    out->bold = style->bold;
    apply_style(job, out->layout, style);
    pango_layout_set_text(out->layout, text.n ? text.p : "", (int)text.n);
    pango_layout_get_size(out->layout, &width, &height);
    out->width = (double)width / PANGO_SCALE;
    out->height = (double)height / PANGO_SCALE;
    return check_glyphs(job, out->layout, text);
}

void pdf_text_release(struct pdf_text *t)
{
    if (t->layout)
        g_object_unref(t->layout);
    *t = (struct pdf_text){0};
}

/* A bold face is drawn by a hair line around the glyphs: few Chinese families have a bold face, and
 * one that is made up by the font library cannot be embedded. */
void pdf_text_show(struct pdf_job *job, const struct pdf_text *t, double x, double y)
{
    if (!job->ink)
        return;
    cairo_move_to(job->cr, x, y);
    pango_cairo_show_layout(job->cr, t->layout);
    if (!t->bold)
        return;
    cairo_move_to(job->cr, x, y);
    pango_cairo_layout_path(job->cr, t->layout);
    cairo_set_line_width(job->cr, 0.35);
    cairo_stroke(job->cr);
}

int pdf_text_put(struct pdf_job *job, str text, const struct pdf_style *style, double x, double y,
    double *height)
{
    struct pdf_text t;
    int rc = pdf_text_make(job, text, style, &t);
    if (!rc)
        pdf_text_show(job, &t, x, y);
    if (height)
        *height = t.height;
    pdf_text_release(&t);
    return rc;
}
