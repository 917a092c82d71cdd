// SPDX-License-Identifier: Apache-2.0
// image_bmp: uncompressed Windows bitmaps: headers, palette, pixels, and nothing else.
#include "core/media/image_private.h"

enum { FILE_HEAD = 14, HEAD_MAX = 124, GAP_MAX = 4096 };

static uint32_t le16(str s, size_t at)
{
    return (uint32_t)((unsigned char)s.p[at] | (unsigned char)s.p[at + 1] << 8);
}

static uint32_t le32(str s, size_t at)
{
    return le16(s, at) | le16(s, at + 2) << 16;
}

static int on_pixels_done(struct image *im)
{
    im->ended = true;
    return 0;
}

static uint64_t pixel_bytes(uint32_t width, uint32_t height, uint32_t bits)
{
    return ((uint64_t)width * bits + 31) / 32 * 4 * height;
}

/* Width, height, bits and density of the information header; dib starts with its own size. */
static int on_information(struct image *im, str dib, uint32_t *bits)
{
    int32_t width = (int32_t)le32(dib, 4);
    int32_t height = (int32_t)le32(dib, 8);
    uint32_t compression = le32(dib, 16);
    uint32_t x = le32(dib, 24), y = le32(dib, 28);
    *bits = le16(dib, 14);
    bool usual =
        *bits == 1 || *bits == 4 || *bits == 8 || *bits == 16 || *bits == 24 || *bits == 32;
    if (!usual || le16(dib, 12) != 1 || width <= 0 || height == 0 || height == INT32_MIN)
        return image_refuse(im, IMAGE_BROKEN);
    if (compression != 0 && compression != 3)
        return image_refuse(im, IMAGE_UNSUPPORTED);
    uint64_t per_metre = x < y ? x : y;
    if (per_metre < 10000000)
        im->info.dpi = (uint32_t)((per_metre * 254 + 5000) / 10000);
    return image_size(im, (uint32_t)width, (uint32_t)(height < 0 ? -height : height));
}

/* What may stand between the information header and the pixels: colour masks and the palette. */
static size_t table_bytes(str dib, uint32_t bits)
{
    uint32_t colours = le32(dib, 32);
    size_t masks = le32(dib, 0) == 40 && le32(dib, 16) == 3 ? 12 : 0;
    if (bits > 8)
        return masks + (colours <= 256 ? (size_t)colours * 4 : 0);
    return masks + (size_t)(colours && colours <= 1u << bits ? colours : 1u << bits) * 4;
}

/* All before the pixels: im->length bytes. The gap behind the tables is left out, so the file
 * header is written anew. */
static int on_headers(struct image *im, str unit)
{
    uint32_t bits;
    str dib = str_slice(unit, FILE_HEAD, unit.n);
    int rc = on_information(im, dib, &bits);
    if (rc)
        return rc;
    size_t head = FILE_HEAD + le32(dib, 0) + table_bytes(dib, bits);
    uint64_t pixels = pixel_bytes(im->info.width, im->info.height, bits);
    if (head > unit.n || pixels + head > UINT32_MAX)
        return image_refuse(im, IMAGE_BROKEN);
    uint8_t fixed[FILE_HEAD] = {'B', 'M'};
    for (int i = 0; i < 4; i++) {
        fixed[2 + i] = (uint8_t)((pixels + head) >> (8 * i));
        fixed[10 + i] = (uint8_t)((uint64_t)head >> (8 * i));
    }
    im->info.dropped += head != unit.n;
    image_keep(im, str_of(fixed, sizeof(fixed)));
    image_keep(im, str_slice(unit, FILE_HEAD, head));
    image_pass(im, pixels, true, on_pixels_done);
    return 0;
}

/* Tells how long the headers are; they are read again from their beginning. */
static int on_file_head(struct image *im, str unit)
{
    uint32_t offset = le32(unit, 10);
    uint32_t head = le32(unit, FILE_HEAD);
    if (head != 40 && head != 108 && head != 124)
        return image_refuse(im, head == 12 ? IMAGE_UNSUPPORTED : IMAGE_BROKEN);
    if (offset < FILE_HEAD + head || offset > FILE_HEAD + HEAD_MAX + 12 + 1024 + GAP_MAX)
        return image_refuse(im, IMAGE_BROKEN);
    im->grows = true;
    image_want(im, offset, on_headers);
    return 0;
}

void image_bmp_begin(struct image *im)
{
    image_want(im, FILE_HEAD + 4, on_file_head);
}
