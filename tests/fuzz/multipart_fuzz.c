// SPDX-License-Identifier: Apache-2.0
// A multipart body: the same parts and the same verdict whole and in steps.
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/codec.h"
#include "core/http/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void note(const struct multipart *m, int event, str bytes, struct buf *out)
{
    if (event == MULTIPART_PART) {
        if (!m->name.n || !codec_is_utf8(m->name) || !codec_is_utf8(m->filename) ||
            str_index(m->filename, '/') >= 0 || str_index(m->filename, '\\') >= 0)
            abort();
        buf_printf(out, "\n%.*s|%.*s|%.*s|%d:", STR_ARG(m->name), STR_ARG(m->filename),
            STR_ARG(m->content_type), m->is_file);
    }
    if (event == MULTIPART_DATA)
        buf_append(out, bytes);
    if (event == MULTIPART_PART_END || event == MULTIPART_END)
        buf_append_byte(out, ';');
}

static int parse(str body, size_t step, struct buf *out)
{
    struct multipart m;
    str bytes;
    if (multipart_init(&m, STR("multipart/form-data; boundary=X")))
        abort();
    while (body.n) {
        str in = str_slice(body, 0, step);
        body = str_slice(body, in.n, body.n);
        while (in.n) {
            int event = multipart_next(&m, &in, &bytes);
            if (event < 0)
                return event;
            note(&m, event, bytes, out);
        }
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf whole = {0}, parts = {0};
    struct multipart m;
    if (size < 2)
        return 0;
    str body = str_of(data + 1, size - 1);
    int a = parse(body, body.n, &whole);
    int b = parse(body, (size_t)data[0] + 1, &parts);
    if (a != b || (!a && !str_eq(buf_str(&whole), buf_str(&parts))))
        abort();
    int rc = multipart_init(&m, body);
    (void)rc; /* only that it ends */
    buf_release(&whole);
    buf_release(&parts);
    return 0;
}
