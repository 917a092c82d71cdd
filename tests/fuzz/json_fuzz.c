// SPDX-License-Identifier: Apache-2.0
// JSON: whatever parses is written, parsed again, and written the same.
#include <stdlib.h>

#include "core/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_value(struct buf *out, const struct json *root)
{
    struct json_writer w = {.out = out};
    json_put_value(&w, root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct buf first = {0};
    struct buf second = {0};
    const struct json *root;
    if (json_parse(str_of(data, size), 16, &arena, &root, NULL) == 0) {
        write_value(&first, root);
        if (json_parse(buf_str(&first), 16, &arena, &root, NULL))
            abort();
        write_value(&second, root);
        if (!str_eq(buf_str(&first), buf_str(&second)))
            abort();
    }
    buf_release(&first);
    buf_release(&second);
    arena_release(&arena);
    return 0;
}
