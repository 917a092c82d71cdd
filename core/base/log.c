// SPDX-License-Identifier: Apache-2.0
// log: JSON lines with masked personal data. The sink below is the program's only mutable global.
#define _GNU_SOURCE
#include "core/base/log.h"

#include <stdatomic.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/codec.h"
#include "core/base/json.h"

static struct {
    _Atomic int level;
    _Atomic int fd;
    _Atomic bool human;
    _Atomic uint64_t lost;
} sink = {LOG_INFO, 2, false, 0};

static const char *const LEVEL_NAMES[] = {"debug", "info", "warn", "error"};

void log_set_level(enum log_level level)
{
    atomic_store(&sink.level, (int)level);
}

enum log_level log_level(void)
{
    return (enum log_level)atomic_load(&sink.level);
}

void log_set_sink(int fd, bool human)
{
    atomic_store(&sink.fd, fd);
    atomic_store(&sink.human, human);
}

bool log_is_human(void)
{
    return atomic_load(&sink.human);
}

void log_write_lines(str lines)
{
    if (write(atomic_load(&sink.fd), lines.p, lines.n) != (ssize_t)lines.n)
        atomic_fetch_add(&sink.lost, 1);
}

uint64_t log_lost(void)
{
    return atomic_load(&sink.lost);
}

/* Keeps the first `head` and last `tail` characters, stars between; short texts become stars alone.
 */
static void mask_middle(struct buf *out, str text, size_t head, size_t tail)
{
    bool shown = text.n > head + tail + 3;
    if (shown)
        buf_append(out, str_slice(text, 0, head));
    size_t stars = shown ? text.n - head - tail : text.n;
    for (size_t i = 0; i < stars && i < 32; i++)
        buf_append_byte(out, '*');
    if (shown)
        buf_append(out, str_slice(text, text.n - tail, text.n));
}

/* A name keeps its first character. */
static void mask_name(struct buf *out, str text)
{
    size_t at = 0;
    if (codec_utf8_next(text, &at) >= 0)
        buf_append(out, str_slice(text, 0, at));
    buf_append(out, STR("**"));
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether a run of digits (and an X behind 17) has the form of a mobile or an identity number. */
static bool is_personal(str run)
{
    return (run.n == 11 && run.p[0] == '1' && run.p[1] >= '3') || run.n == 18;
}

static void mask_numbers(struct buf *out, str text)
{
    for (size_t at = 0, from; at < text.n;) {
        from = at;
        while (at < text.n && is_digit(text.p[at]))
            at++;
        if (at - from == 17 && at < text.n && (text.p[at] | 32) == 'x')
            at++;
        str run = str_slice(text, from, at);
        if (is_personal(run))
            mask_middle(out, run, 3, 4);
        else
            buf_append(out, run);
        for (from = at; at < text.n && !is_digit(text.p[at]);)
            at++;
        buf_append(out, str_slice(text, from, at));
    }
}

static void field_text(struct buf *out, const struct log_field *f)
{
    switch (f->kind) {
    case LOG_KIND_PHONE:
        mask_middle(out, f->text, 3, 4);
        break;
    case LOG_KIND_ID_NUMBER:
        mask_middle(out, f->text, 3, 4);
        break;
    case LOG_KIND_NAME:
        mask_name(out, f->text);
        break;
    case LOG_KIND_STR:
        buf_append(out, f->text);
        break;
    case LOG_KIND_TEXT:
        mask_numbers(out, f->text);
        break;
    case LOG_KIND_INT:
        buf_append_i64(out, f->number);
        break;
    case LOG_KIND_MS:
        buf_printf(
            out, "%lld.%03lld", (long long)(f->number / 1000), (long long)(f->number % 1000));
        break;
    }
}

static void field_json(struct json_writer *w, const struct log_field *f, struct buf *scratch)
{
    buf_clear(scratch);
    field_text(scratch, f);
    json_key(w, str_from(f->key));
    if (f->kind == LOG_KIND_INT || f->kind == LOG_KIND_MS)
        json_put_raw(w, buf_str(scratch));
    else
        json_put_str(w, buf_str(scratch));
}

static void line_json(struct buf *out, enum log_level level, const char *msg,
    const struct log_field *fields, size_t count)
{
    char ts[30];
    struct buf scratch = {0};
    struct json_writer w = {.out = out};
    size_t n = clock_rfc3339(clock_wall_ms(), 480, ts);
    json_begin_object(&w);
    json_key(&w, STR("ts"));
    json_put_str(&w, str_of(ts, n));
    json_key(&w, STR("level"));
    json_put_str(&w, str_from(LEVEL_NAMES[level]));
    json_key(&w, STR("msg"));
    json_put_str(&w, str_from(msg));
    for (size_t i = 0; i < count; i++)
        field_json(&w, &fields[i], &scratch);
    json_end_object(&w);
    buf_release(&scratch);
}

/* Control and bidirectional characters of a terminal line become spaces. */
static void append_visible(struct buf *out, str text)
{
    size_t at = 0;
    for (;;) {
        size_t from = at;
        int32_t c = codec_utf8_next(text, &at);
        if (c == -1)
            return;
        bool hidden = c < 32 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
                      (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f;
        buf_append(out, hidden ? STR(" ") : str_slice(text, from, at));
    }
}

static void line_human(struct buf *out, enum log_level level, const char *msg,
    const struct log_field *fields, size_t count)
{
    char ts[30];
    struct buf scratch = {0};
    clock_rfc3339(clock_wall_ms(), 480, ts);
    buf_append(out, str_of(ts + 11, 12));
    buf_printf(out, " %-5s ", LEVEL_NAMES[level]);
    append_visible(out, str_from(msg));
    for (size_t i = 0; i < count; i++) {
        buf_clear(&scratch);
        field_text(&scratch, &fields[i]);
        buf_printf(out, " %s=", fields[i].key);
        append_visible(out, buf_str(&scratch));
    }
    buf_release(&scratch);
}

void log_write(enum log_level level, const char *msg, const struct log_field *fields, size_t count)
{
    if ((int)level < atomic_load(&sink.level))
        return;
    struct buf line = {0};
    if (atomic_load(&sink.human))
        line_human(&line, level, msg, fields, count);
    else
        line_json(&line, level, msg, fields, count);
    buf_append_byte(&line, '\n');
    ssize_t written = write(atomic_load(&sink.fd), line.p, line.n);
    if (written != (ssize_t)line.n)
        atomic_fetch_add(&sink.lost, 1);
    buf_release(&line);
}
