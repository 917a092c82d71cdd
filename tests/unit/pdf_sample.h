// SPDX-License-Identifier: Apache-2.0
// pdf_sample: a business form of three pages with invented values, for tests of pdf.
#ifndef TESTS_UNIT_PDF_SAMPLE_H
#define TESTS_UNIT_PDF_SAMPLE_H

#include "core/media/pdf.h"

#define SAMPLE_NUMBER "20261122000141110008"
#define SAMPLE_QR "https://hall.example/c/20261122000141110008"

/* The document and what it points into: not to be moved. */
struct sample {
    struct pdf_doc doc;
    struct pdf_page pages[3];
    struct pdf_block form[16];
    struct pdf_block agreement[18];
    struct pdf_table handler_table;
    struct pdf_row handler_row;
    struct pdf_cell handler[4];
};

/* `name` is the handler's and borrowed. */
void sample_init(struct sample *s, str name);

#endif
