// SPDX-License-Identifier: Apache-2.0
// srccheck: a tokenizer pass over Lua text.
#include "core/script/srccheck.h"

#include "core/base/codec.h"

struct scan {
    str text;
    size_t at;
    unsigned line;
};

static int refuse(struct err *err, str name, unsigned line, const char *why)
{
    err_set(err, E_PARSE, "%s", why);
    err_at(err, "%.*s:%u", STR_ARG(name), line);
    return E_PARSE;
}

static bool is_bidi(int32_t cp)
{
    return (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200e ||
           cp == 0x200f || cp == 0x061c;
}

/* Everything that is forbidden wherever it stands, strings and comments included. */
static const char *bad_character(int32_t cp)
{
    if (cp == 0)
        return "a NUL byte is not allowed";
    if (cp == -2)
        return "the text is not UTF-8";
    if (cp == 0x1b)
        return "compiled code is not allowed";
    if (cp == 0xfeff)
        return "a byte order mark is not allowed";
    return is_bidi(cp) ? "a bidirectional control character is not allowed" : NULL;
}

static int check_characters(str name, str text, struct err *err)
{
    unsigned line = 1;
    for (size_t at = 0; at < text.n;) {
        int32_t cp = codec_utf8_next(text, &at);
        const char *why = bad_character(cp);
        if (why)
            return refuse(err, name, line, why);
        line += cp == '\n';
    }
    return 0;
}

static char peek(const struct scan *s, size_t ahead)
{
    return s->at + ahead < s->text.n ? s->text.p[s->at + ahead] : 0;
}

static void step(struct scan *s)
{
    s->line += s->text.p[s->at] == '\n';
    s->at++;
}

/* The level of a long bracket that opens here, or -1. */
static int long_level(const struct scan *s)
{
    if (peek(s, 0) != '[')
        return -1;
    size_t n = 1;
    while (peek(s, n) == '=')
        n++;
    return peek(s, n) == '[' ? (int)n - 1 : -1;
}

static void skip_long(struct scan *s, int level)
{
    while (s->at < s->text.n) {
        size_t n = 1;
        if (peek(s, 0) == ']') {
            while (peek(s, n) == '=')
                n++;
            if (peek(s, n) == ']' && (int)n - 1 == level) {
                s->at += n + 1;
                return;
            }
        }
        step(s);
    }
}

static void skip_quoted(struct scan *s, char quote)
{
    for (step(s); s->at < s->text.n; step(s)) {
        char c = peek(s, 0);
        if (c == '\\' && s->at + 1 < s->text.n)
            step(s);
        else if (c == quote) {
            step(s);
            return;
        } else if (c == '\n')
            return;
    }
}

static void skip_comment(struct scan *s)
{
    s->at += 2;
    int level = long_level(s);
    if (level >= 0) {
        s->at += (size_t)level + 2;
        skip_long(s, level);
        return;
    }
    while (s->at < s->text.n && peek(s, 0) != '\n')
        step(s);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* "<" spaces "close" spaces ">", comments between included by refusing any "<" that is followed by
 * the word. */
static bool is_close_attribute(struct scan s)
{
    s.at++;
    for (;;) {
        while (s.at < s.text.n && is_space(peek(&s, 0)))
            step(&s);
        if (peek(&s, 0) != '-' || peek(&s, 1) != '-')
            break;
        skip_comment(&s);
    }
    str rest = str_slice(s.text, s.at, s.at + 5);
    char next = peek(&s, 5);
    bool word_goes_on = (next | 32) >= 'a' && (next | 32) <= 'z';
    return str_eq(rest, STR("close")) && !word_goes_on && next != '_' &&
           !(next >= '0' && next <= '9');
}

static const char *scan_one(struct scan *s)
{
    char c = peek(s, 0);
    int level = long_level(s);
    if (c == '-' && peek(s, 1) == '-') {
        skip_comment(s);
    } else if (level >= 0) {
        s->at += (size_t)level + 2;
        skip_long(s, level);
    } else if (c == '"' || c == '\'') {
        skip_quoted(s, c);
    } else if ((unsigned char)c >= 0x80) {
        return "names may hold ASCII letters only";
    } else if (c == '<' && is_close_attribute(*s)) {
        return "<close> is not allowed";
    } else {
        step(s);
    }
    return NULL;
}

int srccheck(str name, str text, struct err *err)
{
    if (text.n > SRCCHECK_MAX)
        return refuse(err, name, 1, "the file is too big");
    int rc = check_characters(name, text, err);
    struct scan s = {.text = text, .line = 1};
    while (!rc && s.at < text.n) {
        unsigned line = s.line;
        const char *why = scan_one(&s);
        if (why)
            rc = refuse(err, name, line, why);
    }
    return rc;
}
