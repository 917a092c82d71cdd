// SPDX-License-Identifier: Apache-2.0
// qr: a text as a QR code (ISO/IEC 18004), level M, as an SVG picture or as its modules.
#ifndef CORE_MEDIA_QR_H
#define CORE_MEDIA_QR_H

#include "core/base/buf.h"

enum { QR_TEXT_MAX = 1024, QR_QUIET = 4 };

/* Modules row by row; true is dark. The quiet zone is not part of them. */
struct qr {
    unsigned width;
    bool *dark; /* width * width */
};

/* E_TOO_BIG over QR_TEXT_MAX bytes, E_INVALID for an empty text or one with a NUL. Freed with
 * qr_release. */
must_use int qr_make(str text, struct qr *out);
void qr_release(struct qr *q);
/* Appends an <svg> element: one path, quiet zone of 4 modules, no style, `title` (HTML-escaped) for
 * those who cannot see it. It scales to its box. */
must_use int qr_svg(str text, str title, struct buf *out);

#endif
