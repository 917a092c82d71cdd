// SPDX-License-Identifier: Apache-2.0
// pdf_table: bordered tables.
#include "core/media/pdf_private.h"

#define PAD_X 4.0
#define PAD_Y 3.2
#define LABEL_SHADE 0.94

static double width_of(const struct pdf_table *t, size_t first, unsigned span)
{
    double all = 0, mine = 0;
    for (size_t i = 0; i < t->column_count; i++) {
        all += t->columns[i];
        if (i >= first && i < first + span)
            mine += t->columns[i];
    }
    return PDF_INNER * mine / all;
}

static unsigned span_of(const struct pdf_cell *c)
{
    return c->span ? c->span : 1;
}

static int make_cell(
    struct pdf_job *job, const struct pdf_cell *c, double width, struct pdf_text *out)
{
    const struct pdf_style style = {.size = job->size,
        .width = width - 2 * PAD_X,
        .align = c->label ? PDF_CENTER : c->align,
        .spacing = 1.15};
    return pdf_text_make(job, c->text, &style, out);
}

static void draw_cell(struct pdf_job *job, const struct pdf_cell *c, const struct pdf_text *t,
    double x, double width, double height)
{
    if (job->ink && c->label) {
        cairo_set_source_rgb(job->cr, LABEL_SHADE, LABEL_SHADE, LABEL_SHADE);
        cairo_rectangle(job->cr, x, job->y, width, height);
        cairo_fill(job->cr);
        cairo_set_source_rgb(job->cr, 0, 0, 0);
    }
    pdf_rect(job, x, job->y, width, height, 0.5);
    pdf_text_show(job, t, x + PAD_X, job->y + (height - t->height) / 2);
}

static int check_row(struct pdf_job *job, const struct pdf_table *t, const struct pdf_row *r)
{
    size_t columns = 0;
    for (size_t i = 0; i < r->count; i++)
        columns += span_of(&r->cells[i]);
    if (r->count > PDF_COLUMNS_MAX || columns != t->column_count)
        return err_set(job->err, E_INVALID, "a row of a table has %zu columns, the table has %zu",
            columns, t->column_count);
    return 0;
}

static double row_height(
    const struct pdf_job *job, const struct pdf_row *r, const struct pdf_text *texts)
{
    double height = job->size * 1.2;
    for (size_t i = 0; i < r->count; i++)
        height = texts[i].height > height ? texts[i].height : height;
    height += 2 * PAD_Y;
    return height > r->height * PDF_MM ? height : r->height * PDF_MM;
}

static void draw_row(struct pdf_job *job, const struct pdf_table *t, const struct pdf_row *r,
    const struct pdf_text *texts, double height)
{
    double x = PDF_MARGIN;
    size_t column = 0;
    for (size_t i = 0; i < r->count; i++) {
        double width = width_of(t, column, span_of(&r->cells[i]));
        draw_cell(job, &r->cells[i], &texts[i], x, width, height);
        x += width;
        column += span_of(&r->cells[i]);
    }
    job->y += height;
}

static int put_row(struct pdf_job *job, const struct pdf_table *t, const struct pdf_row *r)
{
    struct pdf_text texts[PDF_COLUMNS_MAX] = {0};
    size_t column = 0;
    int rc = check_row(job, t, r);
    for (size_t i = 0; i < r->count && !rc; i++) {
        rc = make_cell(job, &r->cells[i], width_of(t, column, span_of(&r->cells[i])), &texts[i]);
        column += span_of(&r->cells[i]);
    }
    double height = rc ? 0 : row_height(job, r, texts);
    if (!rc)
        rc = pdf_room(job, height);
    if (!rc)
        draw_row(job, t, r, texts, height);
    for (size_t i = 0; i < r->count && i < PDF_COLUMNS_MAX; i++)
        pdf_text_release(&texts[i]);
    return rc;
}

static int check_columns(struct pdf_job *job, const struct pdf_table *t)
{
    if (!t || !t->column_count || t->column_count > PDF_COLUMNS_MAX)
        return err_set(job->err, E_INVALID, "a table has 1 to %d columns", PDF_COLUMNS_MAX);
    for (size_t i = 0; i < t->column_count; i++)
        if (!(t->columns[i] > 0))
            return err_set(job->err, E_INVALID, "a column of a table has no width");
    return 0;
}

int pdf_table_put(struct pdf_job *job, const struct pdf_table *t)
{
    int rc = check_columns(job, t);
    for (size_t i = 0; !rc && i < t->row_count; i++)
        rc = put_row(job, t, &t->rows[i]);
    return rc;
}
