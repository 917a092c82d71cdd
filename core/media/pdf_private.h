// SPDX-License-Identifier: Apache-2.0
// pdf_private: what the files of pdf share. Lengths are points unless they say otherwise; y grows
// downwards.
#ifndef CORE_MEDIA_PDF_PRIVATE_H
#define CORE_MEDIA_PDF_PRIVATE_H

#include <pango/pangocairo.h>

#include "core/media/pdf.h"

#define PDF_MM (72.0 / 25.4)
#define PDF_WIDTH (210 * PDF_MM)
#define PDF_HEIGHT (297 * PDF_MM)
#define PDF_MARGIN (18 * PDF_MM)
#define PDF_INNER (PDF_WIDTH - 2 * PDF_MARGIN)

/* One document while it is made. The same code runs dry first, to count sheets and to choose the
 * size of the type, then with ink. */
struct pdf_job {
    const struct pdf_doc *doc;
    struct err *err;
    const char *families; /* NUL-terminated */
    cairo_surface_t *surface;
    cairo_t *cr;
    PangoContext *context;
    bool ink;
    unsigned sheet;  /* that is written to, from 1 */
    unsigned sheets; /* in all; known from the second run on */
    double size;     /* of the page's type */
    double y;        /* where the next thing goes */
};

struct pdf_style {
    double size;
    double width; /* to break at; 0: one line */
    enum pdf_align align;
    double indent;  /* of the first line */
    double spacing; /* line height in line heights; 0: as the font has it */
    bool justify;
    bool bold;
};

/* A text that is set. Ends with pdf_text_release. */
struct pdf_text {
    PangoLayout *layout;
    double width;
    double height;
    bool bold;
};

/* E_UNSUPPORTED for a character without glyph, E_INVALID, E_TOO_BIG. *out may be released in any
 * case. */
must_use int pdf_text_make(
    struct pdf_job *job, str text, const struct pdf_style *style, struct pdf_text *out);
void pdf_text_release(struct pdf_text *t);
/* Nothing when the run is dry. */
void pdf_text_show(struct pdf_job *job, const struct pdf_text *t, double x, double y);
/* Makes, shows and forgets: *height may be NULL. */
must_use int pdf_text_put(struct pdf_job *job, str text, const struct pdf_style *style, double x,
    double y, double *height);

/* Sees to it that `height` more fits on the sheet, beginning another one if needed. */
must_use int pdf_room(struct pdf_job *job, double height);
must_use int pdf_block_put(struct pdf_job *job, const struct pdf_block *b);
must_use int pdf_table_put(struct pdf_job *job, const struct pdf_table *t);
must_use int pdf_sheet_begin(struct pdf_job *job);
/* Head and foot of the sheet that was begun. */
must_use int pdf_frame_put(struct pdf_job *job);
/* Dark modules as one filled path; E_TOO_BIG, E_INVALID as qr_make. */
must_use int pdf_qr_put(struct pdf_job *job, str text, double x, double y, double size);
void pdf_line(struct pdf_job *job, double x, double y, double to_x, double to_y, double width);
void pdf_rect(struct pdf_job *job, double x, double y, double w, double h, double width);

#endif
