// SPDX-License-Identifier: Apache-2.0
// access: lines gathered for one write a turn.
#include "core/http/access.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/base/codec.h"
#include "core/base/json.h"
#include "core/base/log.h"

enum { FULL = 32768 };

static void flush(void *arg)
{
    struct access *a = arg;
    if (a->lines.n)
        log_write_lines(buf_str(&a->lines));
    buf_clear(&a->lines);
    if (a->lines.cap > FULL * 2)
        buf_release(&a->lines);
}

/* The calendar is asked once a second. */
static str time_of(struct access *a)
{
    int64_t ms = loop_wall_ms(a->loop);
    if (ms / 1000 != a->second || !a->second) {
        a->second = ms / 1000;
        clock_rfc3339(ms, 480, a->time);
    }
    unsigned part = (unsigned)(ms % 1000);
    a->time[20] = (char)('0' + part / 100);
    a->time[21] = (char)('0' + part / 10 % 10);
    a->time[22] = (char)('0' + part % 10);
    return str_of(a->time, 29);
}

static void put_text(struct buf *out, str key, str value)
{
    struct json_writer w = {.out = out};
    buf_append(out, key);
    json_put_str(&w, value);
}

static void put_number(struct buf *out, str key, uint64_t n)
{
    buf_append(out, key);
    buf_append_u64(out, n);
}

static void put_ms(struct buf *out, uint64_t us)
{
    put_number(out, STR(",\"dur_ms\":"), us / 1000);
    const char part[4] = {
        '.', (char)('0' + us % 1000 / 100), (char)('0' + us % 100 / 10), (char)('0' + us % 10)};
    buf_append(out, str_of(part, sizeof(part)));
}

static void put_id(struct buf *out, uint64_t id)
{
    uint8_t bytes[8];
    codec_put_be64(bytes, id);
    codec_hex(out, str_of(bytes, sizeof(bytes)));
}

static void put_line(struct access *a, const struct access_entry *e)
{
    struct buf *out = &a->lines;
    buf_append(out, STR("{\"ts\":\""));
    buf_append(out, time_of(a));
    buf_append(out, STR("\",\"level\":\"info\",\"msg\":\"request\",\"req_id\":\""));
    put_id(out, e->id);
    buf_append(out, STR("\",\"method\":\""));
    buf_append(out, e->method);
    put_text(out, STR("\",\"route\":"), e->route);
    put_number(out, STR(",\"status\":"), (uint64_t)e->status);
    put_ms(out, e->us);
    put_number(out, STR(",\"bytes\":"), e->bytes);
    put_text(out, STR(",\"peer\":"), e->peer);
    buf_append(out, STR("}\n"));
}

static void log_human(const struct access_entry *e)
{
    struct buf id = {0};
    put_id(&id, e->id);
    log_info("request", LOG_STR("req_id", buf_str(&id)), LOG_STR("method", e->method),
        LOG_STR("route", e->route), LOG_INT("status", e->status), LOG_MS("dur_ms", e->us),
        LOG_INT("bytes", e->bytes), LOG_STR("peer", e->peer));
    buf_release(&id);
}

void access_log(struct access *a, const struct access_entry *e)
{
    if (log_level() > LOG_INFO)
        return;
    if (log_is_human()) {
        log_human(e);
        return;
    }
    put_line(a, e);
    if (a->lines.n > FULL)
        flush(a);
    else
        loop_defer(a->loop, &a->later, flush, a);
}

void access_release(struct access *a)
{
    loop_undefer(&a->later);
    flush(a);
    buf_release(&a->lines);
}
