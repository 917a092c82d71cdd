// SPDX-License-Identifier: Apache-2.0
// captcha: strokes on a grid of 5 x 7, bent by waves, turned, overlapping, crossed by lines of the
// same weight.
#include "core/media/captcha.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/media/png.h"

const char CAPTCHA_ALPHABET[] = "234578abcdefhkmnpqrstuwxyz";

enum { LEVELS = 16, STROKE_POINTS = 16 };

/* Glyphs as polylines: pairs of digits are points (x 0..8, y 0..9), '|' lifts the pen. */
static const struct {
    char letter;
    const char *strokes;
} GLYPHS[] = {
    {'2', "02 21 51 73 74 09 79"},
    {'3', "12 31 61 72 44 76 77 59 29 08"},
    {'4', "60 06 86|60 69"},
    {'5', "71 11 15 54 76 78 59 19"},
    {'7', "01 71 29"},
    {'8', "41 21 03 25 45 73 41|25 07 29 59 77 45"},
    {'a', "13 53 75 79|75 36 08 29 59 77"},
    {'b', "10 19|14 43 75 77 59 18"},
    {'c', "74 43 15 17 49 78"},
    {'d', "70 79|74 33 15 17 39 77"},
    {'e', "16 76 54 33 15 18 49 78"},
    {'f', "71 50 32 39|14 64"},
    {'h', "10 19|15 43 64 69"},
    {'k', "10 19|73 16|36 79"},
    {'m', "03 09|04 23 34 39|34 53 74 79"},
    {'n', "13 19|14 43 65 69"},
    {'p', "13 19|14 43 75 66 47 17|17 19"},
    {'q', "73 79|74 33 15 26 47 77"},
    {'r', "13 19|15 43 63"},
    {'s', "73 43 14 35 66 78 49 09"},
    {'t', "31 37 49 68|03 63"},
    {'u', "13 17 39 57|63 69"},
    {'w', "03 19 35 59 73"},
    {'x', "13 69|63 19"},
    {'y', "03 37|73 29"},
    {'z', "13 73 19 79"},
};

struct canvas {
    double ink[CAPTCHA_HEIGHT][CAPTCHA_WIDTH];
    double phase_x, phase_y, wave_x, wave_y;
    void (*random)(void *out, size_t n);
};

/* A number in [low, high). */
static double between(struct canvas *c, double low, double high)
{
    uint32_t v;
    c->random(&v, sizeof(v));
    return low + (high - low) * (v / 4294967296.0);
}

static void dot(struct canvas *c, double x, double y, double radius)
{
    for (int py = (int)(y - radius - 1); py <= (int)(y + radius + 1); py++)
        for (int px = (int)(x - radius - 1); px <= (int)(x + radius + 1); px++) {
            if (px < 0 || py < 0 || px >= CAPTCHA_WIDTH || py >= CAPTCHA_HEIGHT)
                continue;
            double ink = radius + 0.5 - hypot(px - x, py - y);
            ink = ink > 1 ? 1 : ink;
            if (ink > c->ink[py][px])
                c->ink[py][px] = ink;
        }
}

static void line(struct canvas *c, double x0, double y0, double x1, double y1, double radius)
{
    int steps = (int)(hypot(x1 - x0, y1 - y0) * 1.5) + 2;
    for (int i = 0; i <= steps; i++) {
        double x = x0 + (x1 - x0) * i / steps;
        double y = y0 + (y1 - y0) * i / steps;
        dot(c, x + 2.6 * sin(y / c->wave_y + c->phase_y), y + 3.2 * sin(x / c->wave_x + c->phase_x),
            radius);
    }
}

struct pen {
    double x, y, cosine, sine, scale_x, scale_y, radius;
};

static void place(const struct pen *p, const char *point, double *x, double *y)
{
    double gx = (point[0] - '0' - 3.7) * p->scale_x;
    double gy = (point[1] - '0' - 5.0) * p->scale_y;
    *x = p->x + gx * p->cosine - gy * p->sine;
    *y = p->y + gx * p->sine + gy * p->cosine;
}

static void glyph(struct canvas *c, const char *strokes, const struct pen *p)
{
    double x0 = 0, y0 = 0;
    bool down = false;
    for (const char *at = strokes; *at; at += 2 + (at[2] != '\0')) {
        double x, y;
        place(p, at, &x, &y);
        if (down)
            line(c, x0, y0, x, y, p->radius);
        x0 = x;
        y0 = y;
        down = at[2] != '|';
    }
}

static const char *strokes_of(char letter)
{
    for (size_t i = 0; i < countof(GLYPHS); i++)
        if (GLYPHS[i].letter == letter)
            return GLYPHS[i].strokes;
    return NULL;
}

static void draw_text(struct canvas *c, str text)
{
    double x = between(c, 20, 26);
    for (size_t i = 0; i < text.n; i++) {
        double angle = between(c, -0.32, 0.32);
        struct pen p = {
            .x = x,
            .y = between(c, 26, 34),
            .cosine = cos(angle),
            .sine = sin(angle),
            .scale_x = between(c, 3.5, 4.3),
            .scale_y = between(c, 4.2, 5.0),
            .radius = between(c, 1.5, 2.1),
        };
        glyph(c, strokes_of(text.p[i]), &p);
        x += between(c, 26, 29.5);
    }
}

/* Lines and arcs of the strokes' own weight, so that neither thinning nor thickness tells them
 * apart. */
static void draw_clutter(struct canvas *c)
{
    for (int i = 0; i < 2; i++) {
        double y0 = between(c, 14, 46), y1 = between(c, 14, 46), bend = between(c, -14, 14);
        double before = 0;
        for (int k = 0; k <= STROKE_POINTS; k++) {
            double t = (double)k / STROKE_POINTS;
            double y = y0 + (y1 - y0) * t + bend * sin(t * 6.0 + i);
            if (k)
                line(c, CAPTCHA_WIDTH * (t - 1.0 / STROKE_POINTS), before, CAPTCHA_WIDTH * t, y,
                    0.75);
            before = y;
        }
    }
    for (int i = 0; i < 40; i++)
        dot(c, between(c, 0, CAPTCHA_WIDTH), between(c, 0, CAPTCHA_HEIGHT), between(c, 0.3, 1.0));
}

static void to_pixels(const struct canvas *c, uint8_t *pixels)
{
    for (int y = 0; y < CAPTCHA_HEIGHT; y++)
        for (int x = 0; x < CAPTCHA_WIDTH; x++) {
            double light = 1 - 0.82 * (c->ink[y][x] > 0 ? c->ink[y][x] : 0);
            pixels[y * CAPTCHA_WIDTH + x] = (uint8_t)(light * (LEVELS - 1) + 0.5);
        }
}

int captcha_png(str text, void (*random)(void *out, size_t n), struct buf *out)
{
    if (text.n != CAPTCHA_LENGTH)
        return E_INVALID;
    for (size_t i = 0; i < text.n; i++)
        if (!strokes_of(text.p[i]))
            return E_INVALID;
    struct canvas *c = mem_zalloc(1, sizeof(*c));
    uint8_t *pixels = mem_alloc(CAPTCHA_WIDTH * CAPTCHA_HEIGHT);
    c->random = random;
    c->wave_x = between(c, 11, 19);
    c->wave_y = between(c, 8, 14);
    c->phase_x = between(c, 0, 6.28);
    c->phase_y = between(c, 0, 6.28);
    draw_text(c, text);
    draw_clutter(c);
    to_pixels(c, pixels);
    png_grey(pixels, CAPTCHA_WIDTH, CAPTCHA_HEIGHT, LEVELS, out);
    mem_wipe(c, sizeof(*c));
    free(c);
    free(pixels);
    return 0;
}
