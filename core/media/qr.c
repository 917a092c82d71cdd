// SPDX-License-Identifier: Apache-2.0
// qr: libqrencode.
#include "core/media/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>

#include "core/base/codec.h"

int qr_make(str text, struct qr *out)
{
    if (text.n > QR_TEXT_MAX)
        return E_TOO_BIG;
    if (!text.n || str_index(text, '\0') >= 0)
        return E_INVALID;
    QRcode *code = QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
    if (!code)
        return errno == ERANGE ? E_TOO_BIG : E_INVALID;
    size_t count = (size_t)code->width * (size_t)code->width;
    *out = (struct qr){(unsigned)code->width, mem_alloc(count * sizeof(bool))};
    for (size_t i = 0; i < count; i++)
        out->dark[i] = code->data[i] & 1;
    QRcode_free(code);
    return 0;
}

void qr_release(struct qr *q)
{
    free(q->dark);
    *q = (struct qr){0};
}

/* Dark runs of one row as rectangles of the path. */
static void put_row(const struct qr *q, unsigned y, struct buf *out)
{
    for (unsigned x = 0; x < q->width; x++) {
        unsigned from = x;
        while (x < q->width && q->dark[y * q->width + x])
            x++;
        if (x > from)
            buf_printf(out, "M%u %uh%uv1h-%uz", from + QR_QUIET, y + QR_QUIET, x - from, x - from);
    }
}

int qr_svg(str text, str title, struct buf *out)
{
    struct qr q;
    int rc = qr_make(text, &q);
    if (rc)
        return rc;
    unsigned size = q.width + 2 * QR_QUIET;
    buf_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" role=\"img\" ",
        size, size);
    buf_append(out, STR("shape-rendering=\"crispEdges\"><title>"));
    codec_html(out, title);
    buf_printf(
        out, "</title><rect width=\"%u\" height=\"%u\" fill=\"#fff\"/><path d=\"", size, size);
    for (unsigned y = 0; y < q.width; y++)
        put_row(&q, y, out);
    buf_append(out, STR("\"/></svg>"));
    qr_release(&q);
    return 0;
}
