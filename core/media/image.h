// SPDX-License-Identifier: Apache-2.0
// image: walks the structure of an uploaded picture while it arrives, without ever decoding it:
// every segment or chunk is known, nothing stands behind the end mark, metadata is left out, the
// rest is handed on without loss.
//
// JPEG (ITU-T T.81, baseline and progressive), PNG (ISO/IEC 15948), BMP (uncompressed). Judged by
// content, never by name. Memory is bounded by one segment (64 KiB).
#ifndef CORE_MEDIA_IMAGE_H
#define CORE_MEDIA_IMAGE_H

#include "core/base/base.h"

enum image_format { IMAGE_NONE, IMAGE_JPEG, IMAGE_PNG, IMAGE_BMP };

/* Why a picture is refused: name for the API, sentence for developers. Users' sentences are the
 * scripts' business. */
#define IMAGE_REASONS(X)                                                                           \
    X(IMAGE_FINE, "fine", "nothing wrong")                                                         \
    X(IMAGE_EMPTY, "empty", "the file has no bytes")                                               \
    X(IMAGE_TOO_LARGE, "too_large", "more bytes than the limit")                                   \
    X(IMAGE_TOO_MANY_PIXELS, "too_many_pixels", "more pixels than the limit")                      \
    X(IMAGE_TRUNCATED, "truncated", "the file ends too early")                                     \
    X(IMAGE_TRAILING, "trailing", "bytes follow the end of the picture")                           \
    X(IMAGE_BROKEN, "broken", "the structure is damaged")                                          \
    X(IMAGE_UNSUPPORTED, "unsupported", "a variant that browsers do not show everywhere")          \
    X(IMAGE_HEIC, "heic", "HEIC or AVIF, as telephones make it")                                   \
    X(IMAGE_PDF, "pdf", "a PDF document")                                                          \
    X(IMAGE_TIFF, "tiff", "a TIFF picture")                                                        \
    X(IMAGE_GIF, "gif", "a GIF picture")                                                           \
    X(IMAGE_WEBP, "webp", "a WebP picture")                                                        \
    X(IMAGE_OFFICE, "office", "a Word document or an archive")                                     \
    X(IMAGE_UNKNOWN, "unknown", "no known picture format")

enum image_reason {
#define X(name, word, text) name,
    IMAGE_REASONS(X)
#undef X
};
/* "too_large". Static. */
const char *image_reason_name(enum image_reason reason);
const char *image_reason_text(enum image_reason reason);

struct image_info {
    enum image_format format;
    uint32_t width; /* pixels, as stored */
    uint32_t height;
    uint32_t dpi;         /* what the file claims, the smaller of both directions; 0: nothing */
    uint32_t orientation; /* EXIF 1 to 8; 1 when absent */
    uint32_t dropped;     /* segments or chunks left out */
    size_t bytes;         /* handed on */
};

struct image_opts {
    size_t max_bytes;
    uint64_t max_pixels; /* 0: 40 million */
};

struct image;

/* Calls emit(arg, bytes) with what is kept, piece by piece; the bytes are borrowed for the call. */
struct image *image_new(
    const struct image_opts *opts, void (*emit)(void *arg, str bytes), void *arg);
void image_free(struct image *im);
/* The next bytes, in any split. E_INVALID once the picture is refused (then for ever). */
must_use int image_feed(struct image *im, str bytes);
/* No more bytes: 0 and what was found out, or E_INVALID. */
must_use int image_end(struct image *im, struct image_info *out);
enum image_reason image_reason(const struct image *im);

#endif
