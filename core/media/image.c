// SPDX-License-Identifier: Apache-2.0
// image: the engine, and telling formats apart by their first bytes.
#include "core/media/image.h"

#include <stdlib.h>
#include <string.h>

#include "core/media/image_private.h"
#include "core/media/png.h"

enum { SIGNATURE = 12 };

static const uint64_t DEFAULT_PIXELS = 40000000;

const char *image_reason_name(enum image_reason reason)
{
    switch (reason) {
#define X(name, word, text)                                                                        \
    case name:                                                                                     \
        return word;
        IMAGE_REASONS(X)
#undef X
    }
    return "unknown";
}

const char *image_reason_text(enum image_reason reason)
{
    switch (reason) {
#define X(name, word, text)                                                                        \
    case name:                                                                                     \
        return text;
        IMAGE_REASONS(X)
#undef X
    }
    return "";
}

void image_keep(struct image *im, str bytes)
{
    im->info.bytes += bytes.n;
    if (bytes.n)
        im->emit(im->arg, bytes);
}

int image_refuse(struct image *im, enum image_reason reason)
{
    if (im->reason == IMAGE_FINE)
        im->reason = reason;
    return E_INVALID;
}

void image_want(struct image *im, size_t n, int (*step)(struct image *im, str unit))
{
    im->need = n;
    im->step = step;
}

void image_pass(struct image *im, uint64_t n, bool keep, int (*passed)(struct image *im))
{
    im->need = 0;
    im->pass = n;
    im->pass_keeps = keep;
    im->passed = passed;
}

int image_size(struct image *im, uint32_t width, uint32_t height)
{
    uint64_t limit = im->opts.max_pixels ? im->opts.max_pixels : DEFAULT_PIXELS;
    if (!width || !height)
        return image_refuse(im, IMAGE_BROKEN);
    if ((uint64_t)width * height > limit)
        return image_refuse(im, IMAGE_TOO_MANY_PIXELS);
    im->info.width = width;
    im->info.height = height;
    return 0;
}

static bool holds(str s, size_t at, str what)
{
    return str_eq(str_slice(s, at, at + what.n), what);
}

/* The picture formats we take, by their first bytes; otherwise the reason for refusing. */
static enum image_reason tell(str s, enum image_format *format)
{
    *format = holds(s, 0, STR("\xff\xd8\xff"))        ? IMAGE_JPEG
              : holds(s, 0, STR("\x89PNG\r\n\x1a\n")) ? IMAGE_PNG
              : holds(s, 0, STR("BM"))                ? IMAGE_BMP
                                                      : IMAGE_NONE;
    if (*format)
        return IMAGE_FINE;
    if (holds(s, 4, STR("ftyp")))
        return IMAGE_HEIC;
    if (holds(s, 0, STR("%PDF")))
        return IMAGE_PDF;
    if (holds(s, 0, STR("II*\0")) || holds(s, 0, STR("MM\0*")))
        return IMAGE_TIFF;
    if (holds(s, 0, STR("GIF8")))
        return IMAGE_GIF;
    if (holds(s, 0, STR("RIFF")) && holds(s, 8, STR("WEBP")))
        return IMAGE_WEBP;
    if (holds(s, 0, STR("PK\3\4")) || holds(s, 0, STR("\xd0\xcf\x11\xe0")))
        return IMAGE_OFFICE;
    return IMAGE_UNKNOWN;
}

struct image *image_new(
    const struct image_opts *opts, void (*emit)(void *arg, str bytes), void *arg)
{
    struct image *im = mem_zalloc(1, sizeof(*im));
    im->opts = *opts;
    im->emit = emit;
    im->arg = arg;
    im->info.orientation = 1;
    return im;
}

void image_free(struct image *im)
{
    if (!im)
        return;
    buf_release(&im->pending);
    free(im);
}

/* Gathers one unit; 0 when it went well, whole or not yet. */
static int feed_unit(struct image *im, str *bytes)
{
    size_t take = im->need - im->pending.n;
    if (take > bytes->n)
        take = bytes->n;
    str unit = str_slice(*bytes, 0, take);
    if (im->pending.n || take < im->need) {
        buf_append(&im->pending, unit);
        unit = buf_str(&im->pending);
    }
    *bytes = str_slice(*bytes, take, bytes->n);
    if (unit.n < im->need)
        return 0;
    im->grows = false;
    int rc = im->step(im, unit);
    if (!im->grows)
        buf_clear(&im->pending);
    else if (!im->pending.n)
        buf_append(&im->pending, unit);
    return rc;
}

static int feed_pass(struct image *im, str *bytes)
{
    size_t take = im->pass < bytes->n ? (size_t)im->pass : bytes->n;
    str run = str_slice(*bytes, 0, take);
    im->pass -= take;
    *bytes = str_slice(*bytes, take, bytes->n);
    im->crc = png_crc(im->crc, run);
    if (im->pass_keeps)
        image_keep(im, run);
    return im->pass ? 0 : im->passed(im);
}

static int feed_some(struct image *im, str *bytes)
{
    if (im->ended)
        return image_refuse(im, IMAGE_TRAILING);
    if (im->pass)
        return feed_pass(im, bytes);
    if (im->need)
        return feed_unit(im, bytes);
    size_t used = im->scan(im, *bytes);
    *bytes = str_slice(*bytes, used, bytes->n);
    return im->reason ? E_INVALID : 0;
}

static int feed_all(struct image *im, str bytes)
{
    int rc = 0;
    while (!rc && bytes.n)
        rc = feed_some(im, &bytes);
    return rc;
}

/* Gathers the signature, chooses the format, and gives it the bytes from the first on. */
static int feed_first(struct image *im, str bytes)
{
    buf_append(&im->pending, bytes);
    if (im->pending.n < SIGNATURE)
        return 0;
    enum image_reason reason = tell(buf_str(&im->pending), &im->info.format);
    if (reason)
        return image_refuse(im, reason);
    struct buf first = im->pending;
    im->pending = (struct buf){0};
    if (im->info.format == IMAGE_JPEG)
        image_jpeg_begin(im);
    else if (im->info.format == IMAGE_PNG)
        image_png_begin(im);
    else
        image_bmp_begin(im);
    int rc = feed_all(im, buf_str(&first));
    buf_release(&first);
    return rc;
}

int image_feed(struct image *im, str bytes)
{
    if (im->reason)
        return E_INVALID;
    im->total += bytes.n;
    if (im->total > im->opts.max_bytes)
        return image_refuse(im, IMAGE_TOO_LARGE);
    return im->info.format == IMAGE_NONE ? feed_first(im, bytes) : feed_all(im, bytes);
}

int image_end(struct image *im, struct image_info *out)
{
    if (im->reason)
        return E_INVALID;
    if (!im->total)
        return image_refuse(im, IMAGE_EMPTY);
    if (im->info.format == IMAGE_NONE) {
        enum image_format format;
        enum image_reason reason = tell(buf_str(&im->pending), &format);
        return image_refuse(im, reason ? reason : IMAGE_TRUNCATED);
    }
    if (!im->ended)
        return image_refuse(im, IMAGE_TRUNCATED);
    *out = im->info;
    return 0;
}

enum image_reason image_reason(const struct image *im)
{
    return im->reason;
}
