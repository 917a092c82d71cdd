// SPDX-License-Identifier: Apache-2.0
// image_private: the engine that the three formats run on: whole units of a known size, runs passed
// through, or a scan.
#ifndef CORE_MEDIA_IMAGE_PRIVATE_H
#define CORE_MEDIA_IMAGE_PRIVATE_H

#include "core/base/buf.h"
#include "core/media/image.h"

struct image {
    struct image_opts opts;
    void (*emit)(void *arg, str bytes);
    void *arg;
    enum image_reason reason;
    struct image_info info;
    size_t total;
    struct buf pending; /* of the unit being gathered */

    /* Exactly one of these is what the format waits for. */
    size_t need; /* bytes of the next unit, given to step */
    int (*step)(struct image *im, str unit);
    bool grows;    /* this unit is the beginning of the next one */
    uint64_t pass; /* bytes that go through (or are dropped) as they come */
    bool pass_keeps;
    int (*passed)(struct image *im);
    size_t (*scan)(
        struct image *im, str bytes); /* gives how many bytes it used; sets the next wait */
    bool ended;                       /* the end mark was seen */

    /* The formats' own state. */
    uint32_t crc;
    uint32_t units;
    uint8_t marker;  /* JPEG: of the current segment */
    char type[4];    /* PNG: of the current chunk */
    uint32_t length; /* PNG: of the current chunk */
    bool saw_head, saw_data, saw_ff;
};

void image_keep(struct image *im, str bytes);
must_use int image_refuse(struct image *im, enum image_reason reason);
/* Wait for a unit of n bytes. */
void image_want(struct image *im, size_t n, int (*step)(struct image *im, str unit));
/* Let n bytes pass, then call passed. */
void image_pass(struct image *im, uint64_t n, bool keep, int (*passed)(struct image *im));
must_use int image_size(struct image *im, uint32_t width, uint32_t height);

/* Each format's first step, called when the signature is known; nothing of the file has been used
 * yet. */
void image_jpeg_begin(struct image *im);
void image_png_begin(struct image *im);
void image_bmp_begin(struct image *im);

#endif
