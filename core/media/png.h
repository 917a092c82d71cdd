// SPDX-License-Identifier: Apache-2.0
// png: grey pictures as PNG (ISO/IEC 15948), small enough for captchas: filtered rows, run-length
// deflate.
#ifndef CORE_MEDIA_PNG_H
#define CORE_MEDIA_PNG_H

#include "core/base/buf.h"

/* CRC-32 of ISO 3309 over pieces: start with 0. */
uint32_t png_crc(uint32_t crc, str bytes);
/* Appends a PNG of `levels` (a power of two from 2 to 16) shades: pixels[y * width + x] is 0
 * (black) to levels - 1. */
void png_grey(
    const uint8_t *pixels, unsigned width, unsigned height, unsigned levels, struct buf *out);

#endif
