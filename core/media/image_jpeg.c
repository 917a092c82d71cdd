// SPDX-License-Identifier: Apache-2.0
// image_jpeg: markers and segments of ITU-T T.81; JFIF density and EXIF orientation are read,
// metadata is left out.
#include "core/media/image_private.h"

enum {
    SOF0 = 0xc0,
    SOF1 = 0xc1,
    SOF2 = 0xc2,
    DHT = 0xc4,
    RST0 = 0xd0,
    RST7 = 0xd7,
    EOI = 0xd9,
    SOS = 0xda,
    DQT = 0xdb,
    DRI = 0xdd,
    APP0 = 0xe0,
    APP1 = 0xe1,
    APP14 = 0xee,
    APP15 = 0xef,
    COM = 0xfe,
    MAX_SEGMENTS = 2000
};

static int on_marker(struct image *im, str unit);
static size_t on_entropy(struct image *im, str bytes);

static unsigned u8(str s, size_t at)
{
    return (unsigned char)s.p[at];
}

static uint32_t be16(str s, size_t at)
{
    return u8(s, at) << 8 | u8(s, at + 1);
}

static void next_marker(struct image *im)
{
    image_want(im, 2, on_marker);
}

static void keep_segment(struct image *im, str body)
{
    const uint8_t head[4] = {0xff, im->marker, (uint8_t)((body.n + 2) >> 8), (uint8_t)(body.n + 2)};
    image_keep(im, str_of(head, sizeof(head)));
    image_keep(im, body);
}

static int on_frame(struct image *im, str body)
{
    if (im->saw_head || body.n < 6 || u8(body, 0) != 8)
        return image_refuse(im, im->saw_head ? IMAGE_BROKEN : IMAGE_UNSUPPORTED);
    unsigned components = u8(body, 5);
    if ((components != 1 && components != 3 && components != 4) || body.n != 6 + 3 * components)
        return image_refuse(im, IMAGE_BROKEN);
    im->saw_head = true;
    keep_segment(im, body);
    return image_size(im, be16(body, 3), be16(body, 1));
}

/* The JFIF header is rewritten without its thumbnail. */
static void on_jfif(struct image *im, str body)
{
    char fixed[14];
    if (body.n < 14 || !str_eq(str_slice(body, 0, 5), STR("JFIF\0"))) {
        im->info.dropped++;
        return;
    }
    for (size_t i = 0; i < 12; i++)
        fixed[i] = body.p[i];
    fixed[12] = fixed[13] = 0;
    uint32_t x = be16(body, 8), y = be16(body, 10);
    uint32_t density = x < y ? x : y;
    if (u8(body, 7) == 1)
        im->info.dpi = density;
    else if (u8(body, 7) == 2)
        im->info.dpi = (density * 254 + 50) / 100;
    keep_segment(im, str_of(fixed, sizeof(fixed)));
}

static uint32_t exif16(str s, size_t at, bool big)
{
    return big ? be16(s, at) : u8(s, at) | u8(s, at + 1) << 8;
}

static uint32_t exif32(str s, size_t at, bool big)
{
    uint32_t first = exif16(s, at, big), second = exif16(s, at + 2, big);
    return big ? first << 16 | second : second << 16 | first;
}

/* Tag 0x0112 of the first directory, if there is one. */
static void read_orientation(struct image *im, str tiff)
{
    if (tiff.n < 14)
        return;
    bool big = tiff.p[0] == 'M';
    size_t at = exif32(tiff, 4, big);
    if (at > tiff.n - 2)
        return;
    uint32_t count = exif16(tiff, at, big);
    for (at += 2; count-- && at + 12 <= tiff.n; at += 12) {
        uint32_t value = exif16(tiff, at + 8, big);
        if (exif16(tiff, at, big) == 0x0112 && value >= 1 && value <= 8)
            im->info.orientation = value;
    }
}

static void on_application(struct image *im, str body)
{
    if (im->marker == APP0) {
        on_jfif(im, body);
        return;
    }
    if (im->marker == APP14 && body.n == 12 && str_starts(body, STR("Adobe"))) {
        keep_segment(im, body); /* tells CMYK and RGB apart */
        return;
    }
    if (im->marker == APP1 && str_starts(body, STR("Exif\0\0")))
        read_orientation(im, str_slice(body, 6, body.n));
    im->info.dropped++;
}

static int on_body(struct image *im, str body)
{
    uint8_t m = im->marker;
    int rc = 0;
    next_marker(im);
    if (m == SOF0 || m == SOF1 || m == SOF2)
        rc = on_frame(im, body);
    else if (m >= APP0 && m <= APP15)
        on_application(im, body);
    else if (m == COM)
        im->info.dropped++;
    else
        keep_segment(im, body);
    if (m == SOS) {
        if (!im->saw_head)
            return image_refuse(im, IMAGE_BROKEN);
        im->saw_data = true;
        im->need = 0;
        im->scan = on_entropy;
    }
    return rc;
}

static int on_length(struct image *im, str unit)
{
    uint32_t length = be16(unit, 0);
    if (length < 2 || ++im->units > MAX_SEGMENTS)
        return image_refuse(im, IMAGE_BROKEN);
    if (length == 2)
        return on_body(im, (str){NULL, 0});
    image_want(im, length - 2, on_body);
    return 0;
}

static bool is_known(uint8_t m)
{
    return m == SOF0 || m == SOF1 || m == SOF2 || m == DHT || m == SOS || m == DQT || m == DRI ||
           (m >= APP0 && m <= APP15) || m == COM;
}

static int on_marker_code(struct image *im, uint8_t m)
{
    im->marker = m;
    if (m == EOI) {
        if (!im->saw_data)
            return image_refuse(im, IMAGE_BROKEN);
        image_keep(im, STR("\xff\xd9"));
        im->ended = true;
        return 0;
    }
    if (!is_known(m)) /* lossless, arithmetic, hierarchical frames, and what is none of T.81's */
        return image_refuse(im, m >= 0xc3 && m <= 0xcf ? IMAGE_UNSUPPORTED : IMAGE_BROKEN);
    image_want(im, 2, on_length);
    return 0;
}

static int on_fill(struct image *im, str unit)
{
    if (u8(unit, 0) == 0xff)
        return 0; /* fill bytes may stand before a marker */
    return on_marker_code(im, (uint8_t)u8(unit, 0));
}

static int on_marker(struct image *im, str unit)
{
    if (u8(unit, 0) != 0xff)
        return image_refuse(im, IMAGE_BROKEN);
    if (u8(unit, 1) == 0xff) {
        image_want(im, 1, on_fill);
        return 0;
    }
    return on_marker_code(im, (uint8_t)u8(unit, 1));
}

/* The byte behind an FF in entropy-coded data: stuffing and restarts go on, a marker ends it. */
static void on_after_ff(struct image *im, uint8_t m)
{
    const uint8_t pair[2] = {0xff, m};
    if (m == 0xff)
        return;
    im->saw_ff = false;
    if (m == 0 || (m >= RST0 && m <= RST7)) {
        image_keep(im, str_of(pair, sizeof(pair)));
        return;
    }
    im->scan = NULL;
    (void)on_marker_code(im, m); /* a refusal stands in im->reason */
}

static size_t on_entropy(struct image *im, str bytes)
{
    size_t at = 0;
    while (at < bytes.n && im->scan) {
        if (im->saw_ff) {
            on_after_ff(im, (uint8_t)u8(bytes, at++));
            continue;
        }
        str rest = str_slice(bytes, at, bytes.n);
        ptrdiff_t ff = str_index(rest, (char)0xff);
        size_t run = ff < 0 ? rest.n : (size_t)ff;
        image_keep(im, str_slice(rest, 0, run));
        at += run + (ff >= 0);
        im->saw_ff = ff >= 0;
    }
    return at;
}

static int on_soi(struct image *im, str unit)
{
    image_keep(im, unit);
    next_marker(im);
    return 0;
}

void image_jpeg_begin(struct image *im)
{
    image_want(im, 2, on_soi);
}
