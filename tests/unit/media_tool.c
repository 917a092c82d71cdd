// SPDX-License-Identifier: Apache-2.0
// Lets outside programs look at core/media: captcha N DIR | qr TEXT (a PGM on stdout) | walk FILE
// OUT.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/crypto/token.h"
#include "core/media/captcha.h"
#include "core/media/image.h"
#include "core/media/qr.h"

static void collect(void *arg, str bytes)
{
    buf_append(arg, bytes);
}

static int save(const char *path, str bytes)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes.p, 1, bytes.n, file) != bytes.n)
        return 1;
    return fclose(file);
}

static int captchas(int count, const char *dir)
{
    for (int i = 0; i < count; i++) {
        char text[CAPTCHA_LENGTH + 1] = {0};
        char path[512];
        struct buf png = {0};
        for (int k = 0; k < CAPTCHA_LENGTH; k++)
            text[k] = CAPTCHA_ALPHABET[token_below((uint32_t)strlen(CAPTCHA_ALPHABET))];
        (void)snprintf(path, sizeof(path), "%s/%s.png", dir, text);
        if (captcha_png(str_from(text), token_random, &png) || save(path, buf_str(&png)))
            return 1;
        buf_release(&png);
    }
    return 0;
}

static int qr_pgm(const char *text)
{
    struct qr q;
    if (qr_make(str_from(text), &q))
        return 1;
    unsigned modules = q.width + 2 * QR_QUIET;
    printf("P5 %u %u 255\n", modules * 8, modules * 8);
    for (unsigned y = 0; y < modules * 8; y++)
        for (unsigned x = 0; x < modules * 8; x++) {
            unsigned mx = x / 8 - QR_QUIET, my = y / 8 - QR_QUIET; /* wraps around outside */
            putchar(mx < q.width && my < q.width && q.dark[my * q.width + mx] ? 0 : 255);
        }
    qr_release(&q);
    return 0;
}

static int walk(const char *in, const char *out)
{
    static char bytes[8 << 20];
    const struct image_opts opts = {.max_bytes = sizeof(bytes)};
    struct image_info info;
    struct buf kept = {0};
    FILE *file = fopen(in, "rb");
    size_t n = file ? fread(bytes, 1, sizeof(bytes), file) : 0;
    if (file)
        (void)fclose(file);
    struct image *im = image_new(&opts, collect, &kept);
    int rc = image_feed(im, str_of(bytes, n));
    if (!rc)
        rc = image_end(im, &info);
    if (rc)
        printf("%s\n", image_reason_name(image_reason(im)));
    else
        printf("fine %u %u %u %u\n", info.width, info.height, info.dpi, info.orientation);
    if (!rc)
        rc = save(out, buf_str(&kept));
    buf_release(&kept);
    image_free(im);
    return rc != 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && !strcmp(argv[1], "captcha"))
        return captchas(atoi(argv[2]), argv[3]);
    if (argc == 3 && !strcmp(argv[1], "qr"))
        return qr_pgm(argv[2]);
    if (argc == 4 && !strcmp(argv[1], "walk"))
        return walk(argv[2], argv[3]);
    return 2;
}
