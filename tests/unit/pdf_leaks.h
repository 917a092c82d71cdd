// SPDX-License-Identifier: Apache-2.0
// pdf_leaks: for programs with sanitizers that make PDFs; included once, by the file with main.
#ifndef TESTS_UNIT_PDF_LEAKS_H
#define TESTS_UNIT_PDF_LEAKS_H

/* fontconfig keeps a few bytes of its configuration file for ever; cairo 1.16 loses 768 bytes with
 * each OpenType font of the CFF kind. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo";
}

#endif
