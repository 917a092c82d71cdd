// SPDX-License-Identifier: Apache-2.0
// pdf: the two runs over a document, and the file around them.
#include "core/media/pdf.h"

#include <cairo-pdf.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/media/pdf_private.h"

#define SIZE 10.5
#define SIZE_MIN 6.5
#define SIZE_STEP 0.25

static cairo_status_t collect(void *arg, const unsigned char *bytes, unsigned n)
{
    buf_append(arg, str_of(bytes, n));
    return CAIRO_STATUS_SUCCESS;
}

static int put_page(struct pdf_job *job, const struct pdf_page *p, double size)
{
    job->size = size;
    int rc = pdf_sheet_begin(job);
    for (size_t i = 0; i < p->count && !rc; i++)
        rc = pdf_block_put(job, &p->blocks[i]);
    return rc;
}

/* The size of the type, by trying: dry runs of the page alone. */
static int choose_size(struct pdf_job *job, const struct pdf_page *p, double *size)
{
    unsigned before = job->sheet;
    *size = p->size > 0 ? p->size : SIZE;
    for (; p->fit && *size >= SIZE_MIN; *size -= SIZE_STEP) {
        int rc = put_page(job, p, *size);
        unsigned used = job->sheet - before;
        job->sheet = before;
        if (rc && rc != E_TOO_BIG)
            return rc;
        if (!rc && used == 1)
            return 0;
    }
    return p->fit ? err_set(job->err, E_TOO_BIG, "a page does not fit on one sheet") : 0;
}

/* Counts the sheets and leaves the chosen sizes. */
static int dry_run(struct pdf_job *job, double sizes[PDF_PAGES_MAX])
{
    int rc = 0;
    for (size_t i = 0; i < job->doc->count && !rc; i++) {
        rc = choose_size(job, &job->doc->pages[i], &sizes[i]);
        if (!rc)
            rc = put_page(job, &job->doc->pages[i], sizes[i]);
    }
    job->sheets = job->sheet;
    job->sheet = 0;
    return rc;
}

static int ink_run(struct pdf_job *job, const double sizes[PDF_PAGES_MAX])
{
    int rc = 0;
    job->ink = true;
    for (size_t i = 0; i < job->doc->count && !rc; i++)
        rc = put_page(job, &job->doc->pages[i], sizes[i]);
    return rc;
}

static void set_text(cairo_surface_t *s, cairo_pdf_metadata_t which, str text)
{
    char *copy = mem_dup(text.p ? text.p : "", text.n);
    cairo_pdf_surface_set_metadata(s, which, copy);
    free(copy);
}

static void set_metadata(const struct pdf_job *job)
{
    char date[30];
    size_t n = clock_rfc3339(job->doc->created * 1000, 0, date);
    (void)n;
    memcpy(date + 19, "Z", 2); /* cairo takes no fractions */
    set_text(job->surface, CAIRO_PDF_METADATA_TITLE, job->doc->title);
    set_text(job->surface, CAIRO_PDF_METADATA_AUTHOR, job->doc->author);
    set_text(job->surface, CAIRO_PDF_METADATA_SUBJECT, job->doc->number);
    set_text(job->surface, CAIRO_PDF_METADATA_KEYWORDS, job->doc->version);
    set_text(job->surface, CAIRO_PDF_METADATA_CREATE_DATE, str_from(date));
    set_text(job->surface, CAIRO_PDF_METADATA_MOD_DATE, str_from(date));
}

/* Metrics as on paper, not as on a screen: they must not depend on a resolution. */
static void open_context(struct pdf_job *job)
{
    PangoFontMap *map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    job->context = pango_font_map_create_context(map);
    pango_cairo_context_set_resolution(job->context, 72);
    pango_cairo_context_set_font_options(job->context, options);
    pango_context_set_round_glyph_positions(job->context, FALSE);
    pango_context_set_language(job->context, pango_language_from_string("zh-cn"));
    pango_context_set_base_dir(job->context, PANGO_DIRECTION_LTR);
    cairo_font_options_destroy(options);
    g_object_unref(map);
}

static void open_job(struct pdf_job *job, struct buf *out)
{
    job->surface = cairo_pdf_surface_create_for_stream(collect, out, PDF_WIDTH, PDF_HEIGHT);
    cairo_pdf_surface_restrict_to_version(job->surface, CAIRO_PDF_VERSION_1_5);
    job->cr = cairo_create(job->surface);
    cairo_set_line_join(job->cr, CAIRO_LINE_JOIN_MITER);
    open_context(job);
    set_metadata(job);
}

static int close_job(struct pdf_job *job, int rc)
{
    g_object_unref(job->context);
    cairo_destroy(job->cr);
    cairo_surface_finish(job->surface);
    cairo_status_t status = cairo_surface_status(job->surface);
    cairo_surface_destroy(job->surface);
    if (!rc && status != CAIRO_STATUS_SUCCESS)
        rc = err_set(
            job->err, E_SYSTEM, "the PDF cannot be written: %s", cairo_status_to_string(status));
    return rc;
}

static int check_doc(const struct pdf_doc *doc, char families[PDF_FAMILIES_MAX], struct err *err)
{
    if (!doc->count || doc->count > PDF_PAGES_MAX)
        return err_set(err, E_INVALID, "a document has 1 to %d pages", PDF_PAGES_MAX);
    str list = doc->families.n ? doc->families : STR(PDF_FAMILIES);
    if (str_to_c(list, families, PDF_FAMILIES_MAX))
        return err_set(err, E_TOO_BIG, "the list of font families is too long");
    for (size_t i = 0; i < doc->count; i++)
        if (doc->pages[i].size < 0 || doc->pages[i].size > 72)
            return err_set(err, E_INVALID, "the type of a page has up to 72 points");
    return 0;
}

int pdf_make(const struct pdf_doc *doc, struct buf *out, struct err *err)
{
    char families[PDF_FAMILIES_MAX];
    double sizes[PDF_PAGES_MAX];
    struct buf file = {0};
    struct pdf_job job = {.doc = doc, .err = err, .families = families};
    int rc = check_doc(doc, families, err);
    if (rc)
        return rc;
    open_job(&job, &file);
    rc = dry_run(&job, sizes);
    if (!rc)
        rc = ink_run(&job, sizes);
    rc = close_job(&job, rc);
    if (!rc)
        buf_append(out, buf_str(&file));
    buf_release(&file);
    return rc;
}
