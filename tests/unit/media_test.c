// SPDX-License-Identifier: Apache-2.0
// Tests of core/media and password: codes, captchas, and the structure walker on good, cut and
// hostile pictures.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/codec.h"
#include "core/crypto/password.h"
#include "core/crypto/token.h"
#include "core/media/captcha.h"
#include "core/media/image.h"
#include "core/media/png.h"
#include "core/media/qr.h"

static void collect(void *arg, str bytes)
{
    buf_append(arg, bytes);
}

/* Walks `file` in pieces of `step` bytes. */
static enum image_reason walk(str file, size_t step, struct image_info *info, struct buf *out)
{
    const struct image_opts opts = {.max_bytes = 1 << 20};
    struct image *im = image_new(&opts, collect, out);
    int rc = 0;
    for (size_t at = 0; at < file.n && !rc; at += step)
        rc = image_feed(im, str_slice(file, at, at + step));
    if (!rc)
        rc = image_end(im, info);
    enum image_reason reason = image_reason(im);
    assert_true((rc == 0) == (reason == IMAGE_FINE));
    image_free(im);
    return reason;
}

static enum image_reason reason_of(str file)
{
    struct image_info info;
    struct buf out = {0};
    enum image_reason reason = walk(file, 7, &info, &out);
    buf_release(&out);
    return reason;
}

static void segment(struct buf *b, int marker, str body)
{
    const uint8_t head[4] = {
        0xff, (uint8_t)marker, (uint8_t)((body.n + 2) >> 8), (uint8_t)(body.n + 2)};
    buf_append(b, str_of(head, 4));
    buf_append(b, body);
}

#define EXIF "Exif\0\0MM\0*\0\0\0\10\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"

/* A grey JPEG's structure of 8 x 8 pixels at 300 DPI; the entropy-coded bytes mean nothing, no
 * decoder sees them. */
static void make_jpeg(struct buf *b)
{
    buf_append(b, STR("\xff\xd8"));
    segment(b, 0xe0, STR("JFIF\0\1\2\1\1\x2c\1\x2c\0\0"));
    segment(b, 0xe1, STR(EXIF));
    segment(b, 0xe1, STR("http://ns.adobe.com/xap/1.0/\0<x:GPS>secret</x:GPS>"));
    segment(b, 0xfe, STR("<script>alert(1)</script>"));
    segment(b, 0xdb, STR("\0qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"));
    segment(b, 0xc0, STR("\10\0\10\0\10\1\1\x11\0"));
    segment(b, 0xc4, STR("\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
    segment(b, 0xda, STR("\1\1\0\0\x3f\0"));
    buf_append(b, STR("abc\xff\0def\xff\xd0ghi\xff\xff\0jkl\xff\xd9"));
}

static void chunk(struct buf *b, str type, str data)
{
    uint8_t word[4];
    codec_put_be32(word, (uint32_t)data.n);
    buf_append(b, str_of(word, 4));
    buf_append(b, type);
    buf_append(b, data);
    codec_put_be32(word, png_crc(png_crc(0, type), data));
    buf_append(b, str_of(word, 4));
}

static void make_png(struct buf *b)
{
    buf_append(b, STR("\x89PNG\r\n\x1a\n"));
    chunk(b, STR("IHDR"), STR("\0\0\0\2\0\0\0\3\10\0\0\0\0"));
    chunk(b, STR("tEXt"), STR("Comment\0<?php secret"));
    chunk(b, STR("pHYs"), STR("\0\0\x2e\x23\0\0\x2e\x23\1"));
    chunk(b, STR("IDAT"), STR("anything"));
    chunk(b, STR("IDAT"), STR(""));
    chunk(b, STR("IEND"), STR(""));
}

static void le32(struct buf *b, uint32_t v)
{
    for (int i = 0; i < 4; i++, v >>= 8)
        buf_append_byte(b, (char)(v & 0xff));
}

/* 2 x 2 pixels of 24 bits, with 8 stray bytes between headers and pixels. */
static void make_bmp(struct buf *b)
{
    buf_append(b, STR("BM"));
    le32(b, 14 + 40 + 8 + 16);
    le32(b, 0);
    le32(b, 14 + 40 + 8);
    le32(b, 40);
    le32(b, 2);
    le32(b, 2);
    le32(b, 1 | 24 << 16);
    le32(b, 0);
    le32(b, 16);
    le32(b, 11811);
    le32(b, 11811);
    le32(b, 0);
    le32(b, 0);
    buf_append(b, STR("strayed!"));
    buf_append(b, STR("pixelpixelpixel!"));
}

static void good_pictures_pass_in_every_split(void **state)
{
    (void)state;
    void (*const makers[])(struct buf *) = {make_jpeg, make_png, make_bmp};
    const uint32_t dpi[] = {300, 300, 300};
    for (size_t i = 0; i < countof(makers); i++) {
        struct buf file = {0};
        struct buf whole = {0};
        struct image_info info;
        makers[i](&file);
        assert_int_equal(walk(buf_str(&file), file.n, &info, &whole), IMAGE_FINE);
        assert_int_equal(info.format, i + 1);
        assert_int_equal(info.dpi, dpi[i]);
        assert_int_equal(info.bytes, whole.n);
        assert_true(info.dropped > 0);
        assert_int_equal(str_find(buf_str(&whole), STR("secret")), -1);
        assert_int_equal(str_find(buf_str(&whole), STR("script")), -1);
        assert_int_equal(str_find(buf_str(&whole), STR("strayed")), -1);
        for (size_t step = 1; step < file.n; step++) {
            struct buf out = {0};
            assert_int_equal(walk(buf_str(&file), step, &info, &out), IMAGE_FINE);
            assert_true(str_eq(buf_str(&out), buf_str(&whole)));
            buf_release(&out);
        }
        /* What was kept is a good picture itself, and comes through unchanged. */
        struct buf again = {0};
        assert_int_equal(walk(buf_str(&whole), 11, &info, &again), IMAGE_FINE);
        assert_int_equal(info.dropped, 0);
        assert_true(str_eq(buf_str(&again), buf_str(&whole)));
        buf_release(&again);
        buf_release(&whole);
        buf_release(&file);
    }
}

static void cut_and_continued_pictures_are_refused(void **state)
{
    (void)state;
    void (*const makers[])(struct buf *) = {make_jpeg, make_png, make_bmp};
    for (size_t i = 0; i < countof(makers); i++) {
        struct buf file = {0};
        makers[i](&file);
        for (size_t n = 0; n < file.n; n++) {
            enum image_reason reason = reason_of(str_slice(buf_str(&file), 0, n));
            assert_int_not_equal(reason, IMAGE_FINE);
            if (n >= 12)
                assert_int_equal(reason, IMAGE_TRUNCATED);
        }
        buf_append(&file, STR("PK\3\4 an archive"));
        assert_int_equal(reason_of(buf_str(&file)), IMAGE_TRAILING);
        buf_release(&file);
    }
}

static void other_formats_are_named(void **state)
{
    (void)state;
    assert_int_equal(reason_of(STR("")), IMAGE_EMPTY);
    assert_int_equal(reason_of(STR("\0\0\0\x18"
                                   "ftypheic....")),
        IMAGE_HEIC);
    assert_int_equal(reason_of(STR("%PDF-1.7 .....")), IMAGE_PDF);
    assert_int_equal(reason_of(STR("II*\0 .........")), IMAGE_TIFF);
    assert_int_equal(reason_of(STR("GIF89a.........")), IMAGE_GIF);
    assert_int_equal(reason_of(STR("RIFF....WEBPVP8 ")), IMAGE_WEBP);
    assert_int_equal(reason_of(STR("PK\3\4...........")), IMAGE_OFFICE);
    assert_int_equal(reason_of(STR("<svg xmlns='...'>")), IMAGE_UNKNOWN);
    assert_int_equal(reason_of(STR("hi")), IMAGE_UNKNOWN);
    assert_string_equal(image_reason_name(IMAGE_HEIC), "heic");
}

static void hostile_sizes_are_refused(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_append(&b, STR("\x89PNG\r\n\x1a\n"));
    chunk(&b, STR("IHDR"), STR("\0\0\xff\xdc\0\0\xff\xdc\10\0\0\0\0")); /* 65,500 x 65,500 */
    assert_int_equal(reason_of(buf_str(&b)), IMAGE_TOO_MANY_PIXELS);
    buf_clear(&b);
    buf_append(&b, STR("\xff\xd8"));
    for (int i = 0; i < 50000; i++)
        segment(&b, 0xfe, STR("x"));
    assert_int_equal(reason_of(buf_str(&b)), IMAGE_BROKEN);
    buf_clear(&b);
    buf_append(&b, STR("\x89PNG\r\n\x1a\n"));
    chunk(&b, STR("IHDR"), STR("\0\0\0\2\0\0\0\3\10\0\0\0\0"));
    chunk(&b, STR("evIL"), STR("unknown chunks may carry anything"));
    assert_int_equal(reason_of(buf_str(&b)), IMAGE_BROKEN);
    buf_clear(&b);
    make_png(&b);
    b.p[b.n - 30] = (char)(b.p[b.n - 30] ^ 1); /* in IDAT or its checksum */
    assert_int_equal(reason_of(buf_str(&b)), IMAGE_BROKEN);
    buf_clear(&b);
    make_jpeg(&b);
    b.n -= 2; /* the end mark */
    memset(buf_reserve(&b, 2 << 20), 'x', 2 << 20);
    buf_added(&b, 2 << 20);
    assert_int_equal(reason_of(buf_str(&b)), IMAGE_TOO_LARGE);
    buf_release(&b);
}

static void exif_orientation_is_read(void **state)
{
    (void)state;
    struct buf b = {0};
    struct buf out = {0};
    struct image_info info;
    make_jpeg(&b);
    assert_int_equal(walk(buf_str(&b), 5, &info, &out), IMAGE_FINE);
    assert_int_equal(info.orientation, 6);
    assert_int_equal(info.width, 8);
    buf_release(&b);
    buf_release(&out);
}

static void qr_codes(void **state)
{
    (void)state;
    struct buf b = {0};
    struct qr q;
    assert_int_equal(qr_make(STR("https://127.0.0.1:8443/h/abc"), &q), 0);
    assert_true(q.dark[0] && q.dark[6] && !q.dark[7]); /* the finder pattern's first row */
    qr_release(&q);
    assert_int_equal(qr_svg(STR("x"), STR("<b>"), &b), 0);
    assert_true(str_find(buf_str(&b), STR("&lt;b&gt;")) > 0);
    assert_int_equal(qr_svg(STR(""), STR("t"), &b), E_INVALID);
    static char long_text[QR_TEXT_MAX + 1];
    memset(long_text, 'a', sizeof(long_text));
    assert_int_equal(qr_svg(str_of(long_text, sizeof(long_text)), STR("t"), &b), E_TOO_BIG);
    assert_int_equal(qr_svg(str_of(long_text, QR_TEXT_MAX), STR("t"), &b), 0);
    buf_release(&b);
}

static void captchas_are_small_and_differ(void **state)
{
    (void)state;
    struct buf a = {0};
    struct buf b = {0};
    struct image_info info;
    struct buf out = {0};
    assert_int_equal(captcha_png(STR("2wxk5"), token_random, &a), 0);
    assert_int_equal(captcha_png(STR("2wxk5"), token_random, &b), 0);
    assert_false(str_eq(buf_str(&a), buf_str(&b)));
    assert_true(a.n < 8000);
    assert_int_equal(
        walk(buf_str(&a), 100, &info, &out), IMAGE_FINE); /* our own walker takes our own PNG */
    assert_int_equal(info.width, CAPTCHA_WIDTH);
    assert_int_equal(captcha_png(STR("2wxk1"), token_random, &a), E_INVALID);
    assert_int_equal(captcha_png(STR("2wxk"), token_random, &a), E_INVALID);
    for (const char *p = CAPTCHA_ALPHABET; *p; p++) {
        char text[5] = {*p, *p, *p, *p, *p};
        assert_int_equal(captcha_png(str_of(text, 5), token_random, &a), 0);
    }
    buf_release(&a);
    buf_release(&b);
    buf_release(&out);
}

static void passwords(void **state)
{
    (void)state;
    struct buf stored = {0};
    assert_int_equal(password_hash(STR("correct horse"), &stored), 0);
    assert_true(str_starts(buf_str(&stored), STR("$scrypt$ln=15,r=8,p=1$")));
    assert_int_equal(password_verify(STR("correct horse"), buf_str(&stored)), 0);
    assert_int_equal(password_verify(STR("correct hors"), buf_str(&stored)), E_DENIED);
    assert_int_equal(password_verify(STR("anything"), STR("")), E_DENIED);
    assert_int_equal(password_verify(STR("x"), STR("$scrypt$ln=30,r=8,p=1$AA$AA")), E_CORRUPT);
    assert_int_equal(password_verify(STR("x"), STR("$md5$")), E_CORRUPT);
    assert_false(password_is_outdated(buf_str(&stored)));
    assert_true(password_is_outdated(STR("$scrypt$ln=14,r=8,p=1$AA$AA")));
    buf_release(&stored);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_pictures_pass_in_every_split),
        cmocka_unit_test(cut_and_continued_pictures_are_refused),
        cmocka_unit_test(other_formats_are_named),
        cmocka_unit_test(hostile_sizes_are_refused),
        cmocka_unit_test(exif_orientation_is_read),
        cmocka_unit_test(qr_codes),
        cmocka_unit_test(captchas_are_small_and_differ),
        cmocka_unit_test(passwords),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
