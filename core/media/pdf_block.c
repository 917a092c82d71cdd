// SPDX-License-Identifier: Apache-2.0
// pdf_block: the kinds of blocks.
#include "core/media/pdf_private.h"
#include "core/media/qr.h"

#define GAP 0.55 /* between blocks, in type sizes */
#define LINE 1.5 /* of a paragraph, in type sizes */

static double size_of(const struct pdf_job *job, const struct pdf_block *b)
{
    return job->size * (b->scale > 0 ? b->scale : 1);
}

/* One text that is not split. */
static int put_whole(struct pdf_job *job, str text, const struct pdf_style *style, double above)
{
    struct pdf_text t;
    int rc = pdf_text_make(job, text, style, &t);
    if (!rc)
        rc = pdf_room(job, above + t.height);
    if (!rc) {
        pdf_text_show(job, &t, PDF_MARGIN, job->y + above);
        job->y += above + t.height + job->size * GAP;
    }
    pdf_text_release(&t);
    return rc;
}

static int put_heading(struct pdf_job *job, const struct pdf_block *b)
{
    const struct pdf_style style = {.size = size_of(job, b) * 1.7,
        .width = PDF_INNER,
        .align = b->align == PDF_LEFT ? PDF_CENTER : b->align,
        .bold = true};
    job->y += job->size * 0.3;
    int rc = put_whole(job, b->text, &style, job->size * 0.4);
    job->y += job->size * 0.5;
    return rc;
}

static int put_section(struct pdf_job *job, const struct pdf_block *b)
{
    const struct pdf_style style = {
        .size = size_of(job, b) * 1.12, .width = PDF_INNER, .align = b->align, .bold = true};
    return put_whole(job, b->text, &style, job->size * 0.5);
}

/* The line's box stands in the middle of its pitch: lines keep their distance whatever fonts are in
 * them. */
static void show_line(struct pdf_job *job, PangoLayoutIter *it, double pitch)
{
    PangoRectangle box;
    pango_layout_iter_get_line_extents(it, NULL, &box);
    double base = (double)(pango_layout_iter_get_baseline(it) - box.y) / PANGO_SCALE;
    double above = (pitch - (double)box.height / PANGO_SCALE) / 2;
    cairo_move_to(job->cr, PDF_MARGIN + (double)box.x / PANGO_SCALE, job->y + above + base);
    pango_cairo_show_layout_line(job->cr, pango_layout_iter_get_line_readonly(it));
}

/* Lines one by one, so that a long text runs over sheets. */
static int put_lines(struct pdf_job *job, const struct pdf_text *t, double pitch)
{
    int rc;
    PangoLayoutIter *it = pango_layout_get_iter(t->layout);
    do {
        rc = pdf_room(job, pitch);
        if (!rc && job->ink)
            show_line(job, it, pitch);
        job->y += pitch;
    } while (!rc && pango_layout_iter_next_line(it));
    pango_layout_iter_free(it);
    return rc;
}

static int put_paragraph(struct pdf_job *job, const struct pdf_block *b)
{
    struct pdf_text t;
    double size = size_of(job, b);
    const struct pdf_style style = {.size = size,
        .width = PDF_INNER,
        .align = b->align,
        .indent = b->indent ? 2 * size : 0,
        .justify = b->align == PDF_LEFT,
        .bold = b->bold};
    if (b->bold)
        return put_whole(job, b->text, &style, 0);
    int rc = pdf_text_make(job, b->text, &style, &t);
    if (!rc)
        rc = put_lines(job, &t, size * LINE);
    pdf_text_release(&t);
    job->y += size * GAP * 0.6;
    return rc;
}

/* A square of the type's height, with a tick if it is on: fonts differ in such signs. */
static void draw_check(struct pdf_job *job, double x, double y, double side, bool on)
{
    pdf_rect(job, x, y, side, side, 0.7);
    if (!job->ink || !on)
        return;
    cairo_set_line_width(job->cr, 1.1);
    cairo_move_to(job->cr, x + side * 0.18, y + side * 0.52);
    cairo_line_to(job->cr, x + side * 0.42, y + side * 0.78);
    cairo_line_to(job->cr, x + side * 0.84, y + side * 0.22);
    cairo_stroke(job->cr);
}

/* Where the next tick box goes. */
struct place {
    double left; /* of a line: behind the caption */
    double x;
    double line; /* height */
};

/* Moves to the next line when `width` does not fit any more. */
static int wrap(struct pdf_job *job, struct place *at, double width)
{
    if (at->x == at->left || at->x + width <= PDF_MARGIN + PDF_INNER)
        return 0;
    at->x = at->left;
    job->y += at->line;
    return pdf_room(job, at->line);
}

static int put_check(struct pdf_job *job, const struct pdf_check *c, double size, struct place *at)
{
    struct pdf_text t;
    double side = size * 0.86;
    const struct pdf_style style = {.size = size};
    int rc = pdf_text_make(job, c->text, &style, &t);
    if (!rc)
        rc = wrap(job, at, side + size * 0.4 + t.width);
    if (!rc) {
        draw_check(job, at->x, job->y + (t.height - side) / 2, side, c->on);
        pdf_text_show(job, &t, at->x + side + size * 0.4, job->y);
        at->x += side + size * 1.6 + t.width;
    }
    pdf_text_release(&t);
    return rc;
}

static int put_checks(struct pdf_job *job, const struct pdf_block *b)
{
    struct pdf_text caption;
    double size = size_of(job, b);
    struct place at = {PDF_MARGIN, PDF_MARGIN, size * 1.75};
    const struct pdf_style style = {.size = size};
    int rc = pdf_text_make(job, b->text, &style, &caption);
    if (!rc)
        rc = pdf_room(job, at.line);
    if (!rc && b->text.n) {
        pdf_text_show(job, &caption, at.x, job->y);
        at.left = at.x += caption.width + size * 0.4;
    }
    for (size_t i = 0; i < b->count && !rc; i++)
        rc = put_check(job, &b->checks[i], size, &at);
    job->y += at.line + size * GAP * 0.3;
    pdf_text_release(&caption);
    return rc;
}

static int put_box(
    struct pdf_job *job, const struct pdf_box *b, double x, double width, double height)
{
    const double pad = 5;
    struct pdf_text note;
    const struct pdf_style at_top = {.size = job->size, .width = width - 2 * pad, .spacing = 1.15};
    const struct pdf_style at_bottom = {
        .size = job->size, .width = width - 2 * pad, .align = PDF_RIGHT};
    pdf_rect(job, x, job->y, width, height, 0.5);
    int rc = pdf_text_put(job, b->title, &at_top, x + pad, job->y + pad, NULL);
    if (rc)
        return rc;
    rc = pdf_text_make(job, b->note, &at_bottom, &note);
    if (!rc)
        pdf_text_show(job, &note, x + pad, job->y + height - pad - note.height);
    pdf_text_release(&note);
    return rc;
}

static int put_boxes(struct pdf_job *job, const struct pdf_block *b)
{
    double height = (b->height > 0 ? b->height : 30) * PDF_MM;
    int rc = b->count ? pdf_room(job, height + job->size * 0.5)
                      : err_set(job->err, E_INVALID, "a row of boxes is empty");
    job->y += job->size * 0.5;
    for (size_t i = 0; i < b->count && !rc; i++) {
        double width = PDF_INNER / (double)b->count;
        rc = put_box(job, &b->boxes[i], PDF_MARGIN + (double)i * width, width, height);
    }
    job->y += height + job->size * GAP;
    return rc;
}

static int put_qr(struct pdf_job *job, const struct pdf_block *b)
{
    double side = (b->height > 0 ? b->height : 25) * PDF_MM;
    double left = b->align == PDF_LEFT     ? 0
                  : b->align == PDF_CENTER ? (PDF_INNER - side) / 2
                                           : PDF_INNER - side;
    const struct pdf_style style = {
        .size = job->size * 0.85, .width = PDF_INNER, .align = b->align};
    int rc = pdf_room(job, side + 2 * job->size);
    if (!rc)
        rc = pdf_qr_put(job, b->text, PDF_MARGIN + left, job->y, side);
    job->y += side;
    return rc || !b->caption.n ? rc : put_whole(job, b->caption, &style, 1);
}

static int put_space(struct pdf_job *job, const struct pdf_block *b)
{
    job->y += b->height * PDF_MM;
    return 0;
}

static int put_table(struct pdf_job *job, const struct pdf_block *b)
{
    int rc = pdf_table_put(job, b->table);
    job->y += job->size * GAP;
    return rc;
}

int pdf_block_put(struct pdf_job *job, const struct pdf_block *b)
{
    static int (*const puts[])(struct pdf_job *, const struct pdf_block *) = {
        [PDF_HEADING] = put_heading,
        [PDF_SECTION] = put_section,
        [PDF_PARAGRAPH] = put_paragraph,
        [PDF_TABLE] = put_table,
        [PDF_CHECKS] = put_checks,
        [PDF_BOXES] = put_boxes,
        [PDF_QR] = put_qr,
        [PDF_SPACE] = put_space};
    if ((unsigned)b->kind >= countof(puts))
        return err_set(job->err, E_INVALID, "a block is of no known kind");
    return puts[b->kind](job, b);
}
