// SPDX-License-Identifier: Apache-2.0
// image_png: chunks of ISO/IEC 15948 with their checksums; pHYs is read, metadata is left out.
#include <string.h>

#include "core/base/codec.h"
#include "core/media/image_private.h"
#include "core/media/png.h"

enum { MAX_CHUNKS = 100000, KEPT_MAX = 65536 };

static int on_head(struct image *im, str unit);

static bool is_type(const struct image *im, const char *type)
{
    return memcmp(im->type, type, 4) == 0;
}

static bool is_one_of(const struct image *im, const char *types)
{
    for (; *types; types += 5)
        if (is_type(im, types))
            return true;
    return false;
}

static bool is_kept(const struct image *im)
{
    return is_one_of(im, "IHDR PLTE tRNS IDAT pHYs IEND ");
}

/* Known, and left out: texts, times, profiles, animation, and what common programs add. */
static bool is_left_out(const struct image *im)
{
    return is_one_of(im,
        "tEXt zTXt iTXt eXIf tIME iCCP cHRM gAMA sRGB sBIT bKGD hIST sPLT cICP mDCV cLLI "
        "acTL fcTL fdAT oFFs pCAL sCAL sTER iDOT vpAg caNv orNT zxIf caBX ");
}

static int next_chunk(struct image *im)
{
    if (is_type(im, "IEND")) {
        if (!im->saw_data)
            return image_refuse(im, IMAGE_BROKEN);
        im->ended = true;
        return 0;
    }
    image_want(im, 8, on_head);
    return 0;
}

static int on_crc(struct image *im, str unit)
{
    if (codec_get_be32((const uint8_t *)unit.p) != im->crc)
        return image_refuse(im, IMAGE_BROKEN);
    if (is_kept(im))
        image_keep(im, unit);
    else
        im->info.dropped++;
    return next_chunk(im);
}

static int want_crc(struct image *im)
{
    image_want(im, 4, on_crc);
    return 0;
}

static int on_ihdr(struct image *im, str d)
{
    const uint8_t *b = (const uint8_t *)d.p;
    bool depth_fits =
        (b[9] == 0 && (b[8] == 1 || b[8] == 2 || b[8] == 4 || b[8] == 8 || b[8] == 16)) ||
        (b[9] == 3 && (b[8] == 1 || b[8] == 2 || b[8] == 4 || b[8] == 8)) ||
        ((b[9] == 2 || b[9] == 4 || b[9] == 6) && (b[8] == 8 || b[8] == 16));
    if (!depth_fits || b[10] || b[11] || b[12] > 1)
        return image_refuse(im, IMAGE_BROKEN);
    im->saw_head = true;
    return image_size(im, codec_get_be32(b), codec_get_be32(b + 4));
}

static void on_phys(struct image *im, str d)
{
    const uint8_t *b = (const uint8_t *)d.p;
    uint64_t x = codec_get_be32(b), y = codec_get_be32(b + 4);
    uint64_t per_metre = x < y ? x : y;
    if (b[8] == 1 && per_metre < 10000000)
        im->info.dpi = (uint32_t)((per_metre * 254 + 5000) / 10000);
}

/* A small chunk that is kept: gathered whole. */
static int on_data(struct image *im, str d)
{
    int rc = 0;
    im->crc = png_crc(im->crc, d);
    if (is_type(im, "IHDR"))
        rc = on_ihdr(im, d);
    else if (is_type(im, "pHYs"))
        on_phys(im, d);
    image_keep(im, d);
    return rc ? rc : want_crc(im);
}

static bool length_fits(const struct image *im)
{
    if (is_type(im, "IHDR"))
        return im->length == 13 && !im->saw_head;
    if (is_type(im, "pHYs"))
        return im->length == 9;
    if (is_type(im, "IEND"))
        return im->length == 0;
    if (is_type(im, "PLTE"))
        return im->length % 3 == 0 && im->length >= 3 && im->length <= 768;
    if (is_type(im, "tRNS"))
        return im->length > 0 && im->length <= 256;
    return im->length <= INT32_MAX;
}

static int on_head(struct image *im, str unit)
{
    im->length = codec_get_be32((const uint8_t *)unit.p);
    memcpy(im->type, unit.p + 4, 4);
    im->crc = png_crc(0, str_slice(unit, 4, 8));
    if (++im->units > MAX_CHUNKS || !length_fits(im) || (!is_kept(im) && !is_left_out(im)) ||
        im->saw_head == is_type(im, "IHDR"))
        return image_refuse(im, IMAGE_BROKEN);
    im->saw_data = im->saw_data || is_type(im, "IDAT");
    if (is_kept(im))
        image_keep(im, unit);
    if (!im->length)
        return want_crc(im);
    if (is_kept(im) && !is_type(im, "IDAT"))
        image_want(im, im->length, on_data);
    else
        image_pass(im, im->length, is_kept(im), want_crc);
    return 0;
}

static int on_signature(struct image *im, str unit)
{
    image_keep(im, unit);
    image_want(im, 8, on_head);
    return 0;
}

void image_png_begin(struct image *im)
{
    image_want(im, 8, on_signature);
}
