// SPDX-License-Identifier: Apache-2.0
// json_write: JSON text straight into a buf.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/codec.h"
#include "core/base/json.h"

/* A comma where one is due; a value behind its key needs none. */
static void before_value(struct json_writer *w)
{
    uint64_t bit = (uint64_t)1 << (w->depth & 63);
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (w->more & bit)
        buf_append_byte(w->out, ',');
    w->more |= bit;
}

static void open_container(struct json_writer *w, char c)
{
    before_value(w);
    buf_append_byte(w->out, c);
    w->depth++;
    w->more &= ~((uint64_t)1 << (w->depth & 63));
}

static void close_container(struct json_writer *w, char c)
{
    w->depth--;
    buf_append_byte(w->out, c);
}

void json_begin_object(struct json_writer *w)
{
    open_container(w, '{');
}

void json_end_object(struct json_writer *w)
{
    close_container(w, '}');
}

void json_begin_array(struct json_writer *w)
{
    open_container(w, '[');
}

void json_end_array(struct json_writer *w)
{
    close_container(w, ']');
}

/* Length of the run from `at` that needs no escape. */
static size_t plain_run(str v, size_t at)
{
    size_t n = 0;
    while (at + n < v.n) {
        unsigned char c = (unsigned char)v.p[at + n];
        if (c < 0x20 || c == '"' || c == '\\' || c >= 0x7f)
            break;
        n++;
    }
    return n;
}

static void put_special(struct buf *out, unsigned char c)
{
    static const char letters[] = "btn_fr"; /* U+0008 to U+000D */
    if (c == '"' || c == '\\') {
        buf_append_byte(out, '\\');
        buf_append_byte(out, (char)c);
    } else if (c >= 8 && c <= 13 && c != 11) {
        buf_append_byte(out, '\\');
        buf_append_byte(out, letters[c - 8]);
    } else {
        buf_printf(out, "\\u%04x", c);
    }
}

static void put_string(struct buf *out, str v)
{
    buf_append_byte(out, '"');
    for (size_t at = 0; at < v.n;) {
        size_t run = plain_run(v, at);
        buf_append(out, str_slice(v, at, at + run));
        at += run;
        if (at >= v.n)
            break;
        size_t from = at;
        unsigned char c = (unsigned char)v.p[at];
        int32_t code = codec_utf8_next(v, &at);
        if (code >= 0x80)
            buf_append(out, str_slice(v, from, at));
        else if (code == -2)
            buf_append(out, STR("\xef\xbf\xbd"));
        else
            put_special(out, c);
    }
    buf_append_byte(out, '"');
}

void json_key(struct json_writer *w, str name)
{
    before_value(w);
    put_string(w->out, name);
    buf_append_byte(w->out, ':');
    w->after_key = true;
}

void json_put_null(struct json_writer *w)
{
    json_put_raw(w, STR("null"));
}

void json_put_bool(struct json_writer *w, bool v)
{
    json_put_raw(w, v ? STR("true") : STR("false"));
}

void json_put_int(struct json_writer *w, int64_t v)
{
    before_value(w);
    buf_append_i64(w->out, v);
}

void json_put_uint(struct json_writer *w, uint64_t v)
{
    before_value(w);
    buf_append_u64(w->out, v);
}

void json_put_real(struct json_writer *w, double v)
{
    char text[40];
    if (!isfinite(v)) {
        json_put_null(w);
        return;
    }
    int n = 0;
    for (int digits = 15; digits <= 17; digits++) {
        n = snprintf(text, sizeof(text), "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    str s = str_of(text, (size_t)n);
    json_put_raw(w, s);
    /* A whole real keeps its kind when it is read back. */
    if (str_index(s, '.') < 0 && str_index(s, 'e') < 0)
        buf_append(w->out, STR(".0"));
}

void json_put_str(struct json_writer *w, str v)
{
    before_value(w);
    put_string(w->out, v);
}

void json_put_raw(struct json_writer *w, str json_text)
{
    before_value(w);
    buf_append(w->out, json_text);
}

static void put_container(struct json_writer *w, const struct json *v, bool object)
{
    struct json_iter it;
    open_container(w, object ? '{' : '[');
    json_iter_init(&it, v);
    while (json_iter_next(&it)) {
        if (object)
            json_key(w, it.name);
        json_put_value(w, it.value);
    }
    close_container(w, object ? '}' : ']');
}

void json_put_value(struct json_writer *w, const struct json *v)
{
    switch (json_type(v)) {
    case JSON_BOOL:
        json_put_bool(w, json_bool(v));
        break;
    case JSON_INT:
        json_put_int(w, json_int(v));
        break;
    case JSON_UINT:
        json_put_uint(w, json_uint(v));
        break;
    case JSON_REAL:
        json_put_real(w, json_real(v));
        break;
    case JSON_STRING:
        json_put_str(w, json_str(v));
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        put_container(w, v, json_type(v) == JSON_OBJECT);
        break;
    case JSON_NULL:
        json_put_null(w);
        break;
    }
}
