// SPDX-License-Identifier: Apache-2.0
// pem: RFC 7468, read strictly.
#include "core/crypto/pem.h"

#include "core/base/codec.h"

static const str BEGIN = {"-----BEGIN ", 11};
static const str END = {"-----END ", 9};
static const str DASHES = {"-----", 5};

void pem_put(str label, str der, struct buf *out)
{
    struct buf text = {0};
    codec_base64(&text, der);
    buf_printf(out, "-----BEGIN %.*s-----\n", STR_ARG(label));
    for (size_t at = 0; at < text.n; at += 64) {
        buf_append(out, str_slice(buf_str(&text), at, at + 64));
        buf_append_byte(out, '\n');
    }
    buf_printf(out, "-----END %.*s-----\n", STR_ARG(label));
    mem_wipe(text.p, text.n);
    buf_release(&text);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool only_space(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_space(s.p[i]))
            return false;
    return true;
}

/* Cuts `text` behind the first `mark`: what stood before it in *before. */
static bool cut_at(str *text, str mark, str *before)
{
    ptrdiff_t at = str_find(*text, mark);
    if (at < 0)
        return false;
    *before = str_slice(*text, 0, (size_t)at);
    *text = str_slice(*text, (size_t)at + mark.n, text->n);
    return true;
}

static int decode(str body, struct buf *der)
{
    struct buf packed = {0};
    for (size_t i = 0; i < body.n; i++)
        if (!is_space(body.p[i]))
            buf_append_byte(&packed, body.p[i]);
    int rc = packed.n ? codec_unbase64(der, buf_str(&packed)) : E_PARSE;
    if (packed.p)
        mem_wipe(packed.p, packed.n);
    buf_release(&packed);
    return rc;
}

int pem_get(str text, str *label, struct buf *der, struct err *err)
{
    str ignored, body, closing;
    if (text.n > PEM_TEXT_MAX)
        return err_set(err, E_TOO_BIG, "the text is longer than %d bytes", PEM_TEXT_MAX);
    if (!cut_at(&text, BEGIN, &ignored) || !cut_at(&text, DASHES, label))
        return err_set(err, E_PARSE, "there is no line -----BEGIN …-----");
    if (!cut_at(&text, END, &body) || !cut_at(&text, DASHES, &closing))
        return err_set(err, E_PARSE, "the line -----END …----- is missing");
    if (!str_eq(*label, closing))
        return err_set(err, E_PARSE, "BEGIN and END name different things");
    if (!only_space(text))
        return err_set(err, E_PARSE, "something follows the line -----END …-----");
    if (decode(body, der))
        return err_set(err, E_PARSE, "the lines between BEGIN and END are not clean base64");
    return 0;
}

bool pem_is_der(str bytes)
{
    return bytes.n > 2 && bytes.p[0] == 0x30 && ((uint8_t)bytes.p[1] & 0x80);
}
