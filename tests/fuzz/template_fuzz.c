// SPDX-License-Identifier: Apache-2.0
// template_fuzz: any text compiles or is refused with a line; what compiles refers only to pieces
// that exist.
#include <stdlib.h>

#include "core/script/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_code(const struct template_code *code)
{
    for (size_t i = 0; i < code->run_count; i++) {
        size_t at = code->runs[i];
        while (at < code->piece_count && code->pieces[at].escape != 3)
            at++;
        if (at >= code->piece_count)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct template_code code;
    struct err err = {0};
    if (template_compile(str_of(data, size), &a, &code, &err) == 0)
        check_code(&code);
    else if (!err.where[0])
        abort();
    arena_release(&a);
    return 0;
}
