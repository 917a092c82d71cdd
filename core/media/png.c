// SPDX-License-Identifier: Apache-2.0
// png: a writer for small grey pictures. Deflate (RFC 1951) with the fixed Huffman code and matches
// of distance 1 only, which is what flat rows need.
#include "core/media/png.h"

#include "core/base/codec.h"

struct bits {
    struct buf *out;
    uint32_t hold;
    unsigned count;
};

uint32_t png_crc(uint32_t crc, str bytes)
{
    crc = ~crc;
    for (size_t i = 0; i < bytes.n; i++) {
        crc ^= (unsigned char)bytes.p[i];
        for (int k = 0; k < 8; k++)
            crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1)));
    }
    return ~crc;
}

static void put_bits(struct bits *b, uint32_t value, unsigned count)
{
    b->hold |= value << b->count;
    b->count += count;
    while (b->count >= 8) {
        buf_append_byte(b->out, (char)(unsigned char)b->hold);
        b->hold >>= 8;
        b->count -= 8;
    }
}

/* Huffman codes go out with their highest bit first. */
static void put_code(struct bits *b, uint32_t code, unsigned count)
{
    uint32_t reversed = 0;
    for (unsigned i = 0; i < count; i++)
        reversed |= (code >> i & 1) << (count - 1 - i);
    put_bits(b, reversed, count);
}

/* RFC 1951 section 3.2.6. */
static void put_symbol(struct bits *b, unsigned symbol)
{
    if (symbol < 144)
        put_code(b, 0x30 + symbol, 8);
    else if (symbol < 256)
        put_code(b, 0x190 + symbol - 144, 9);
    else if (symbol < 280)
        put_code(b, symbol - 256, 7);
    else
        put_code(b, 0xc0 + symbol - 280, 8);
}

/* A match of 3 to 10 bytes (codes 257 to 264 need no extra bits) at distance 1 (code 0). */
static void put_run(struct bits *b, size_t length)
{
    put_symbol(b, (unsigned)(257 + length - 3));
    put_code(b, 0, 5);
}

static void deflate(struct bits *b, str data)
{
    put_bits(b, 3, 3); /* last block, fixed codes */
    for (size_t i = 0; i < data.n;) {
        size_t run = 0;
        while (i > 0 && run < 10 && i + run < data.n && data.p[i + run] == data.p[i - 1])
            run++;
        if (run >= 3) {
            put_run(b, run);
            i += run;
        } else {
            put_symbol(b, (unsigned char)data.p[i++]);
        }
    }
    put_symbol(b, 256);
    put_bits(b, 0, (8 - b->count) & 7);
}

static uint32_t adler32(str data)
{
    uint32_t a = 1, b = 0;
    for (size_t i = 0; i < data.n; i++) {
        a = (a + (unsigned char)data.p[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

static void put_be32(struct buf *out, uint32_t v)
{
    uint8_t bytes[4];
    codec_put_be32(bytes, v);
    buf_append(out, str_of(bytes, sizeof(bytes)));
}

static void put_chunk(struct buf *out, str type, str data)
{
    put_be32(out, (uint32_t)data.n);
    buf_append(out, type);
    buf_append(out, data);
    put_be32(out, png_crc(png_crc(0, type), data));
}

/* Rows without filter; pixels packed from the high bits. */
static void pack_rows(
    const uint8_t *pixels, unsigned width, unsigned height, unsigned depth, struct buf *out)
{
    for (unsigned y = 0; y < height; y++) {
        unsigned hold = 0, count = 0;
        buf_append_byte(out, 0);
        for (unsigned x = 0; x < width; x++) {
            hold = hold << depth | pixels[y * width + x];
            count += depth;
            if (count == 8 || x + 1 == width) {
                buf_append_byte(out, (char)(unsigned char)(hold << (8 - count)));
                hold = count = 0;
            }
        }
    }
}

void png_grey(
    const uint8_t *pixels, unsigned width, unsigned height, unsigned levels, struct buf *out)
{
    unsigned depth = levels <= 2 ? 1 : levels <= 4 ? 2 : 4;
    uint8_t head[13] = {0};
    struct buf rows = {0};
    struct buf stream = {0};
    codec_put_be32(head, width);
    codec_put_be32(head + 4, height);
    head[8] = (uint8_t)depth;
    pack_rows(pixels, width, height, depth, &rows);
    buf_append(&stream, STR("\x78\x01"));
    struct bits b = {.out = &stream};
    deflate(&b, buf_str(&rows));
    put_be32(&stream, adler32(buf_str(&rows)));
    buf_append(out, STR("\x89PNG\r\n\x1a\n"));
    put_chunk(out, STR("IHDR"), str_of(head, sizeof(head)));
    put_chunk(out, STR("IDAT"), buf_str(&stream));
    put_chunk(out, STR("IEND"), (str){NULL, 0});
    buf_release(&rows);
    buf_release(&stream);
}
