// SPDX-License-Identifier: Apache-2.0
// pdf: printed forms as PDF on A4, from a small declarative document: headings, paragraphs,
// bordered tables, tick boxes, boxes for signature and seal, QR codes, and the same head and foot
// on every sheet.
//
// Pure: the same document with the same fonts gives the same bytes. Every text is set in one of the
// named font families or not at all: a character that none of them has is an error that names it
// (字体缺字), never an empty box. Fonts are embedded as subsets and the text can be extracted.
// Keeps its own font map for each call, so that several threads may make documents at once; a
// document takes some tens of milliseconds, so make it on a pool thread.
#ifndef CORE_MEDIA_PDF_H
#define CORE_MEDIA_PDF_H

#include "core/base/buf.h"

enum {
    PDF_PAGES_MAX = 16,    /* declared */
    PDF_SHEETS_MAX = 64,   /* printed */
    PDF_TEXT_MAX = 65536,  /* bytes of one text */
    PDF_COLUMNS_MAX = 8,   /* of one table */
    PDF_FAMILIES_MAX = 256 /* bytes of the list of families */
};

/* Used when a document names no families. */
#define PDF_FAMILIES "WenQuanYi Zen Hei,Noto Sans CJK SC"

enum pdf_align { PDF_LEFT, PDF_CENTER, PDF_RIGHT };

struct pdf_cell {
    str text;
    unsigned span; /* columns; 0: one */
    bool label;    /* shaded and centred */
    enum pdf_align align;
};

struct pdf_row {
    const struct pdf_cell *cells;
    size_t count;
    double height; /* least, in mm; 0: as the text needs */
};

struct pdf_table {
    const double *columns; /* relative widths */
    size_t column_count;
    const struct pdf_row *rows;
    size_t row_count;
};

struct pdf_check {
    str text;
    bool on;
};

/* A frame to sign or stamp in: what it is for at the top, a note (the date) at the bottom. */
struct pdf_box {
    str title;
    str note;
};

enum pdf_kind {
    PDF_HEADING,   /* text; large, bold, centred unless `align` says otherwise */
    PDF_SECTION,   /* text; bold, left */
    PDF_PARAGRAPH, /* text; justified, broken by the rules of Chinese; "\n" breaks a line */
    PDF_TABLE,     /* table; rows are not split */
    PDF_CHECKS,    /* text as a caption, checks */
    PDF_BOXES,     /* boxes side by side, `height` mm (0: 30) */
    PDF_QR,        /* text as a QR code of `height` mm (0: 25), with `caption` below */
    PDF_SPACE      /* `height` mm */
};

struct pdf_block {
    enum pdf_kind kind;
    str text;
    str caption;
    enum pdf_align align;
    bool indent;  /* a paragraph's first line by two characters */
    bool bold;    /* a paragraph */
    double scale; /* of the page's type size; 0: 1 */
    double height;
    const struct pdf_table *table;
    const struct pdf_check *checks;
    const struct pdf_box *boxes;
    size_t count; /* of checks or boxes */
};

/* Begins on a new sheet and runs over as many as it needs. */
struct pdf_page {
    const struct pdf_block *blocks;
    size_t count;
    double size; /* of the type in points; 0: 10.5 */
    bool fit;    /* makes the type smaller, down to 6.5 points, until the page is one sheet */
};

struct pdf_doc {
    str title;
    str author;
    str number;       /* the reference number: head and foot of every sheet */
    str number_label; /* what stands before it in the head: "业务受理号：" */
    str organisation; /* head, left */
    str form;         /* head, right: "单位证书受理" */
    str qr;           /* head, at the right edge; empty: none */
    str version;      /* of the template: foot, right */
    str families;     /* comma-separated; empty: PDF_FAMILIES */
    int64_t created;  /* seconds since 1970 UTC: stands in the file */
    const struct pdf_page *pages;
    size_t count;
};

/* Appends the PDF. E_UNSUPPORTED with the character in the sentence (err->where "pdf.glyph") when
 * no font has it; E_INVALID for texts that are not UTF-8 or hold control characters, and documents
 * that contradict themselves; E_TOO_BIG over the limits above or when a `fit` page does not fit. */
must_use int pdf_make(const struct pdf_doc *doc, struct buf *out, struct err *err);

#endif
