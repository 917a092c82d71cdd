// SPDX-License-Identifier: Apache-2.0
// pdf_sheet: what is the same on every sheet: head, foot, room between them; lines and QR codes.
#include <stdio.h>

#include "core/media/pdf_private.h"
#include "core/media/qr.h"

#define HEAD (19 * PDF_MM)
#define FOOT (8 * PDF_MM)
#define TOP (PDF_MARGIN + HEAD + 3 * PDF_MM)
#define BOTTOM (PDF_HEIGHT - PDF_MARGIN - FOOT)

void pdf_line(struct pdf_job *job, double x, double y, double to_x, double to_y, double width)
{
    if (!job->ink)
        return;
    cairo_set_line_width(job->cr, width);
    cairo_move_to(job->cr, x, y);
    cairo_line_to(job->cr, to_x, to_y);
    cairo_stroke(job->cr);
}

void pdf_rect(struct pdf_job *job, double x, double y, double w, double h, double width)
{
    if (!job->ink)
        return;
    cairo_set_line_width(job->cr, width);
    cairo_rectangle(job->cr, x, y, w, h);
    cairo_stroke(job->cr);
}

/* Runs of dark modules of one row. */
static void add_row(
    struct pdf_job *job, const struct qr *q, unsigned row, double x, double y, double module)
{
    for (unsigned i = 0; i < q->width; i++) {
        unsigned from = i;
        while (i < q->width && q->dark[row * q->width + i])
            i++;
        if (i > from)
            cairo_rectangle(job->cr, x + from * module, y, (i - from) * module, module);
    }
}

int pdf_qr_put(struct pdf_job *job, str text, double x, double y, double size)
{
    struct qr q;
    int rc = qr_make(text, &q);
    if (rc)
        return err_set(job->err, rc, "the text of a QR code is empty or too long");
    double module = size / (q.width + 2 * QR_QUIET);
    for (unsigned row = 0; row < q.width && job->ink; row++)
        add_row(job, &q, row, x + QR_QUIET * module, y + (QR_QUIET + row) * module, module);
    if (job->ink)
        cairo_fill(job->cr);
    qr_release(&q);
    return 0;
}

/* The QR code's quiet zone reaches over the margin, so that its modules end at it. */
static int put_head_qr(struct pdf_job *job)
{
    const double side = HEAD + 2 * PDF_MM;
    if (!job->doc->qr.n)
        return 0;
    return pdf_qr_put(job, job->doc->qr, PDF_MARGIN + PDF_INNER - side + 2 * PDF_MM,
        PDF_MARGIN - 2 * PDF_MM, side);
}

static int put_head(struct pdf_job *job)
{
    const struct pdf_doc *d = job->doc;
    double width = PDF_INNER - (d->qr.n ? HEAD + 3 * PDF_MM : 0);
    const struct pdf_style left = {.size = 13, .width = width, .bold = true};
    const struct pdf_style right = {.size = 9.5, .width = width, .align = PDF_RIGHT};
    struct buf number = {0};
    buf_append(&number, d->number_label);
    buf_append(&number, d->number);
    int rc = pdf_text_put(job, d->organisation, &left, PDF_MARGIN, PDF_MARGIN + 5 * PDF_MM, NULL);
    if (!rc)
        rc = pdf_text_put(job, d->form, &right, PDF_MARGIN, PDF_MARGIN + 6 * PDF_MM, NULL);
    if (!rc)
        rc = pdf_text_put(
            job, buf_str(&number), &right, PDF_MARGIN, PDF_MARGIN + 12.5 * PDF_MM, NULL);
    buf_release(&number);
    pdf_line(job, PDF_MARGIN, PDF_MARGIN + HEAD, PDF_MARGIN + PDF_INNER, PDF_MARGIN + HEAD, 0.8);
    return rc ? rc : put_head_qr(job);
}

static int put_foot(struct pdf_job *job)
{
    char page[64];
    double y = PDF_HEIGHT - PDF_MARGIN - 4 * PDF_MM;
    struct pdf_style style = {.size = 8.5, .width = PDF_INNER};
    int n = snprintf(page, sizeof(page), "第 %u 页，共 %u 页", job->sheet, job->sheets);
    pdf_line(job, PDF_MARGIN, y - 1.5 * PDF_MM, PDF_MARGIN + PDF_INNER, y - 1.5 * PDF_MM, 0.4);
    int rc = pdf_text_put(job, job->doc->number, &style, PDF_MARGIN, y, NULL);
    style.align = PDF_CENTER;
    if (!rc)
        rc = pdf_text_put(job, str_of(page, (size_t)n), &style, PDF_MARGIN, y, NULL);
    style.align = PDF_RIGHT;
    return rc ? rc : pdf_text_put(job, job->doc->version, &style, PDF_MARGIN, y, NULL);
}

int pdf_frame_put(struct pdf_job *job)
{
    int rc = put_head(job);
    return rc ? rc : put_foot(job);
}

int pdf_sheet_begin(struct pdf_job *job)
{
    if (job->ink && job->sheet)
        cairo_show_page(job->cr);
    job->y = TOP;
    if (job->sheet++ == PDF_SHEETS_MAX)
        return err_set(
            job->err, E_TOO_BIG, "the document needs more than %d sheets", PDF_SHEETS_MAX);
    return pdf_frame_put(job);
}

int pdf_room(struct pdf_job *job, double height)
{
    if (height > BOTTOM - TOP)
        return err_set(job->err, E_TOO_BIG, "a block is higher than a sheet");
    return job->y + height <= BOTTOM ? 0 : pdf_sheet_begin(job);
}
