// SPDX-License-Identifier: Apache-2.0
// message: header lines with encoded words (RFC 2047), a base64 body of short lines.
#include "core/script/message.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/base/codec.h"

enum { ADDRESS_MAX = 254, LINE = 76, WORD_BYTES = 42, DAY_MS = 86400000 };

static bool is_atom(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
           (c && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

bool message_is_address(str address)
{
    str domain = address;
    str local = str_cut(&domain, '@');
    if (!local.n || !domain.n || address.n > ADDRESS_MAX || domain.p[0] == '-')
        return false;
    for (size_t i = 0; i < local.n; i++)
        if (!is_atom(local.p[i]))
            return false;
    for (size_t i = 0; i < domain.n; i++) {
        char c = domain.p[i];
        if (!(c >= '0' && c <= '9') && !((c | 32) >= 'a' && (c | 32) <= 'z') && c != '-' &&
            c != '.')
            return false;
    }
    return domain.p[0] != '.' && domain.p[domain.n - 1] != '.';
}

static bool is_header_text(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
            return false;
    return codec_is_utf8(s);
}

/* Nothing that would need quotes in a header line. */
static bool is_plain(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!(c >= '0' && c <= '9') && !((c | 32) >= 'a' && (c | 32) <= 'z') && c != ' ' &&
            c != '-')
            return false;
    }
    return s.n <= 60;
}

/* Encoded words of whole characters, folded; short plain text as it is. */
static void put_words(str s, struct buf *out)
{
    if (is_plain(s)) {
        buf_append(out, s);
        return;
    }
    for (size_t at = 0, from = 0; from < s.n; from = at) {
        while (at < s.n) {
            size_t next = at;
            (void)codec_utf8_next(s, &next);
            if (next - from > WORD_BYTES)
                break;
            at = next;
        }
        buf_append(out, from ? STR("\r\n =?UTF-8?B?") : STR("=?UTF-8?B?"));
        codec_base64(out, str_slice(s, from, at));
        buf_append(out, STR("?="));
    }
}

static void put_base64_lines(str text, struct buf *out)
{
    struct buf all = {0};
    codec_base64(&all, text);
    for (str rest = buf_str(&all); rest.n; rest = str_slice(rest, LINE, rest.n)) {
        buf_append(out, str_slice(rest, 0, LINE));
        buf_append(out, STR("\r\n"));
    }
    buf_release(&all);
}

/* "Mon, 23 Nov 2026 16:20:50 +0800": the HTTP form of the shifted moment with another zone. */
static void put_date(int64_t ms, struct buf *out)
{
    char text[30];
    size_t n = clock_http_date(ms + DAY_MS / 3, text);
    buf_printf(out, "Date: %.*s +0800\r\n", (int)(n - 4), text);
}

static void put_head(const struct message *m, struct buf *out)
{
    str domain = m->from;
    (void)str_cut(&domain, '@');
    buf_append(out, STR("From: "));
    if (m->from_name.n) {
        put_words(m->from_name, out);
        buf_append_byte(out, ' ');
    }
    buf_printf(out, "<%.*s>\r\nTo: <%.*s>\r\nSubject: ", STR_ARG(m->from), STR_ARG(m->to));
    put_words(m->subject, out);
    buf_append(out, STR("\r\n"));
    put_date(m->at_ms, out);
    buf_printf(out, "Message-ID: <%.*s@%.*s>\r\n", STR_ARG(m->id), STR_ARG(domain));
    buf_append(out, STR("MIME-Version: 1.0\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: base64\r\n"
                        "Auto-Submitted: auto-generated\r\n\r\n"));
}

int message_write(const struct message *m, struct buf *out)
{
    if (!message_is_address(m->from) || !message_is_address(m->to))
        return E_INVALID;
    if (!is_header_text(m->subject) || !is_header_text(m->from_name) || !codec_is_utf8(m->text))
        return E_INVALID;
    put_head(m, out);
    put_base64_lines(m->text, out);
    return 0;
}
