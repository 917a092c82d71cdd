// SPDX-License-Identifier: Apache-2.0
// Lets outside programs look at core/media/pdf: pdf_tool OUT NAME [FAMILIES] writes the sample form
// with NAME as the handler's, or says why not.
#include <stdio.h>

#include "tests/unit/pdf_leaks.h"
#include "tests/unit/pdf_sample.h"

int main(int argc, char **argv)
{
    struct sample s;
    struct buf pdf = {0};
    struct err err = {0};
    if (argc < 3)
        return 2;
    sample_init(&s, str_from(argv[2]));
    if (argc > 3)
        s.doc.families = str_from(argv[3]);
    int rc = pdf_make(&s.doc, &pdf, &err);
    if (rc)
        return printf("%s %s %s\n", err_name(rc), err.where, err.message), 1;
    FILE *file = fopen(argv[1], "wb");
    if (!file || fwrite(pdf.p, 1, pdf.n, file) != pdf.n || fclose(file))
        return 2;
    buf_release(&pdf);
    return 0;
}
