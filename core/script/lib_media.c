// SPDX-License-Identifier: Apache-2.0
// lib_media: pictures that are made: QR codes and captchas.
#include <stdlib.h>

#include "core/crypto/token.h"
#include "core/media/captcha.h"
#include "core/media/png.h"
#include "core/media/qr.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/state.h"
#include "core/script/template.h"

/* qr.svg(text, title) -> safe markup */
static int svg(lua_State *L)
{
    struct buf *out = &host_of(L)->out;
    str text = lib_check_str(L, 1), title = lib_check_str(L, 2);
    buf_clear(out);
    int rc = qr_svg(text, title, out);
    if (rc)
        return error_raise(L, rc, "qr.svg: %s", err_text(rc));
    template_push_safe(L, buf_str(out));
    return 1;
}

/* One byte a pixel, `scale` pixels a module, the quiet zone around. */
static void draw(const struct qr *q, unsigned scale, uint8_t *pixels)
{
    unsigned side = (q->width + 2 * QR_QUIET) * scale;
    for (unsigned y = 0; y < side; y++)
        for (unsigned x = 0; x < side; x++) {
            unsigned row = y / scale - QR_QUIET, column = x / scale - QR_QUIET;
            bool inside = row < q->width && column < q->width; /* unsigned: the left edge too */
            pixels[y * side + x] = !(inside && q->dark[row * q->width + column]);
        }
}

/* qr.png(text, scale) -> bytes of a picture, `scale` pixels a module (8 unless given) */
static int qr_png(lua_State *L)
{
    struct buf *out = &host_of(L)->out;
    str text = lib_check_str(L, 1);
    lua_Integer scale = luaL_optinteger(L, 2, 8);
    struct qr q;
    luaL_argcheck(L, scale >= 1 && scale <= 16, 2, "1 to 16");
    int rc = qr_make(text, &q);
    if (rc)
        return error_raise(L, rc, "qr.png: %s", err_text(rc));
    unsigned side = (q.width + 2 * QR_QUIET) * (unsigned)scale;
    uint8_t *pixels = mem_alloc((size_t)side * side);
    draw(&q, (unsigned)scale, pixels);
    buf_clear(out);
    png_grey(pixels, side, side, 2, out);
    free(pixels);
    qr_release(&q);
    lib_push_str(L, buf_str(out));
    return 1;
}

static const luaL_Reg qr_functions[] = {
    {"png", qr_png},
    {"svg", svg},
    {NULL, NULL},
};

int lib_qr_open(lua_State *L)
{
    luaL_newlib(L, qr_functions);
    return 1;
}

/* captcha.text() -> a new random text */
static int captcha_text(lua_State *L)
{
    char text[CAPTCHA_LENGTH];
    uint32_t n = (uint32_t)str_from(CAPTCHA_ALPHABET).n;
    for (int i = 0; i < CAPTCHA_LENGTH; i++)
        text[i] = CAPTCHA_ALPHABET[token_below(n)];
    lua_pushlstring(L, text, sizeof(text));
    return 1;
}

/* captcha.png(text) -> bytes of a picture */
static int png(lua_State *L)
{
    struct buf *out = &host_of(L)->out;
    str text = lib_check_str(L, 1);
    buf_clear(out);
    int rc = captcha_png(text, token_random, out);
    if (rc)
        return error_raise(L, rc, "captcha.png: %s", err_text(rc));
    lib_push_str(L, buf_str(out));
    return 1;
}

static const luaL_Reg captcha_functions[] = {
    {"png", png},
    {"text", captcha_text},
    {NULL, NULL},
};

int lib_captcha_open(lua_State *L)
{
    luaL_newlib(L, captcha_functions);
    return 1;
}
