// SPDX-License-Identifier: Apache-2.0
// upload: the body of a request, or its current file part, streamed into a sealed blob: pulled from
// the socket no faster than the disk takes it, judged by content while it passes, pictures
// rewritten without their metadata. Knows no Lua.
#ifndef CORE_SCRIPT_UPLOAD_H
#define CORE_SCRIPT_UPLOAD_H

#include "core/base/buf.h"
#include "core/http/body.h"
#include "core/loop/work.h"
#include "core/media/image.h"
#include "store/blob.h"

/* What a file may be; judged by its first bytes, never by its name. */
enum upload_kind {
    UPLOAD_JPEG = 1,
    UPLOAD_PNG = 2,
    UPLOAD_BMP = 4,
    UPLOAD_PDF = 8,
    UPLOAD_OTHER = 16 /* anything else, kept as it is */
};

struct upload_opts {
    struct store *store;
    struct work *work;
    str data_key;        /* copied */
    unsigned kinds;      /* upload_kind */
    size_t limit;        /* bytes */
    uint64_t max_pixels; /* 0: the walker's own */
};

struct upload_file {
    struct store_blob blob;
    unsigned kind;          /* one upload_kind of those allowed */
    struct image_info info; /* of pictures */
};

struct upload;

/* Calls done(arg, status) once, later: 0; E_INVALID with upload_reason; E_TOO_BIG and what
 * body_read and the store report. On any error nothing is left behind. */
must_use int upload_start(struct upload **out, struct request *r, const struct upload_opts *opts,
    void (*done)(void *arg, int status), void *arg);
/* The client has gone or nobody wants the file: the request is not touched again when `gone`; done
 * is still called once, with an error. */
void upload_cancel(struct upload *u, bool gone);
const struct upload_file *upload_file(const struct upload *u);
/* The word and the sentence for a refused file. Static. */
const char *upload_reason(const struct upload *u);
const char *upload_reason_text(const struct upload *u);
/* After done. */
void upload_free(struct upload *u);

/* "jpeg" … Static. */
const char *upload_kind_name(unsigned kind);
/* The bit of a name, 0 when there is none. */
unsigned upload_kind_of(str name);

#endif
