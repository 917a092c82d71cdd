// SPDX-License-Identifier: Apache-2.0
// response: one state for each thing that can come next. A line or head that is not whole yet is
// left to the caller, who has the bytes anyway.
#include "bench/load/response.h"

#include <string.h>

enum state {
    AT_HEAD,
    AT_LENGTH,     /* `left` bytes of body */
    AT_UNTIL_END,  /* body until the connection ends */
    AT_CHUNK_SIZE, /* line with a size */
    AT_CHUNK,      /* `left` bytes of a chunk */
    AT_CHUNK_END,  /* CRLF behind a chunk */
    AT_TRAILER,    /* lines until an empty one */
    AT_DONE,       /* everything was given out, RESPONSE_DONE was not */
    AT_BROKEN
};

enum { CHUNK_LINE_MAX = 256 };

str response_lines(str head)
{
    str_cut(&head, '\n');
    return head;
}

bool response_next_header(str *lines, str *name, str *value)
{
    str line = str_cut(lines, '\n');
    if (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    if (!line.n)
        return false;
    *name = str_cut(&line, ':');
    *value = str_trim(line);
    return true;
}

str response_header(str head, str name)
{
    str lines = response_lines(head), found, value;
    while (response_next_header(&lines, &found, &value))
        if (str_eq_nocase(found, name))
            return value;
    return (str){0};
}

static bool has_word(str list, str word)
{
    while (list.n)
        if (str_eq_nocase(str_trim(str_cut(&list, ',')), word))
            return true;
    return false;
}

static int take_length(struct response *r, str value)
{
    uint64_t n;
    if (str_to_u64(value, &n) || (r->has_length && n != r->left))
        return -1;
    r->has_length = true;
    r->left = n;
    return 0;
}

static int take_header(struct response *r, str name, str value)
{
    if (str_eq_nocase(name, STR("content-length")))
        return take_length(r, value);
    if (str_eq_nocase(name, STR("connection"))) {
        if (has_word(value, STR("close")))
            r->close = true;
        if (has_word(value, STR("keep-alive")))
            r->close = false;
    }
    if (str_eq_nocase(name, STR("transfer-encoding"))) {
        if (!str_eq_nocase(value, STR("chunked")))
            return -1;
        r->chunked = true;
    }
    return 0;
}

static int take_status_line(struct response *r, str head)
{
    *r = (struct response){.no_body = r->no_body};
    if (head.n < 12 || memcmp(head.p, "HTTP/1.", 7) != 0 || head.p[8] != ' ')
        return -1;
    for (int i = 9; i < 12; i++) {
        if (head.p[i] < '0' || head.p[i] > '9')
            return -1;
        r->status = r->status * 10 + (head.p[i] - '0');
    }
    r->close = head.p[7] == '0';
    return r->status >= 100 ? 0 : -1;
}

static enum state state_behind_head(struct response *r)
{
    if (r->status == 204 || r->status == 304 || r->no_body)
        return AT_DONE;
    if (r->chunked)
        return AT_CHUNK_SIZE;
    if (r->has_length)
        return r->left ? AT_LENGTH : AT_DONE;
    r->close = true;
    return AT_UNTIL_END;
}

static size_t broken(struct response *r, enum response_event *event)
{
    r->state = AT_BROKEN;
    *event = RESPONSE_BAD;
    return 0;
}

static size_t more(struct response *r, str in, size_t limit, enum response_event *event)
{
    if (in.n > limit)
        return broken(r, event);
    *event = RESPONSE_MORE;
    return 0;
}

/* The first line, or a header. Only three names matter, and few begin with their letters. */
static int take_head_line(struct response *r, str line, bool first)
{
    if (first)
        return take_status_line(r, line);
    if ((line.p[0] | 32) != 'c' && (line.p[0] | 32) != 't')
        return 0;
    str name = str_cut(&line, ':');
    return take_header(r, name, str_trim(line));
}

/* Reads lines until the empty one: the head's size, 0 if it is not whole yet, -1 if it is broken.
 * One pass, because this is where the generator spends its time. */
static ptrdiff_t take_head(struct response *r, str in)
{
    for (size_t at = 0; at < in.n;) {
        const char *end = memchr(in.p + at, '\n', in.n - at);
        if (!end)
            return 0;
        str line = str_of(in.p + at, (size_t)(end - in.p) - at);
        bool first = at == 0;
        at += line.n + 1;
        if (at > RESPONSE_HEAD_MAX || !line.n || line.p[line.n - 1] != '\r')
            return -1;
        if (!--line.n)
            return first || (r->chunked && r->has_length) ? -1 : (ptrdiff_t)at;
        if (take_head_line(r, line, first))
            return -1;
    }
    return 0;
}

static size_t step_head(struct response *r, str in, enum response_event *event, str *piece)
{
    ptrdiff_t size = take_head(r, in);
    if (size == 0)
        return more(r, in, RESPONSE_HEAD_MAX, event);
    if (size < 0 || r->status == 101)
        return broken(r, event);
    *event = RESPONSE_BODY;
    *piece = (str){0};
    if (r->status < 200)
        return (size_t)size;
    r->state = (int)state_behind_head(r);
    *event = RESPONSE_HEAD;
    *piece = str_of(in.p, (size_t)size);
    return (size_t)size;
}

static size_t step_body(struct response *r, str in, enum response_event *event, str *piece)
{
    *event = in.n ? RESPONSE_BODY : RESPONSE_MORE;
    *piece = in;
    if (r->state == AT_UNTIL_END)
        return in.n;
    if (piece->n > r->left)
        piece->n = (size_t)r->left;
    r->left -= piece->n;
    if (!r->left)
        r->state = r->state == AT_LENGTH ? AT_DONE : AT_CHUNK_END;
    return piece->n;
}

static int parse_size(str line, uint64_t *out)
{
    str digits = str_trim(str_cut(&line, ';'));
    if (!digits.n || digits.n > 12)
        return -1;
    *out = 0;
    for (size_t i = 0; i < digits.n; i++) {
        char c = digits.p[i];
        int v = c >= '0' && c <= '9'                 ? c - '0'
                : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                     : -1;
        if (v < 0)
            return -1;
        *out = *out << 4 | (unsigned)v;
    }
    return 0;
}

static int take_line(struct response *r, str line)
{
    if (r->state == AT_TRAILER) {
        r->state = line.n ? AT_TRAILER : AT_DONE;
        return 0;
    }
    if (r->state == AT_CHUNK_END) {
        r->state = AT_CHUNK_SIZE;
        return line.n ? -1 : 0;
    }
    if (parse_size(line, &r->left))
        return -1;
    r->state = r->left ? AT_CHUNK : AT_TRAILER;
    return 0;
}

static size_t step_line(struct response *r, str in, enum response_event *event, str *piece)
{
    const char *end = in.n ? memchr(in.p, '\n', in.n) : NULL;
    size_t limit = r->state == AT_TRAILER ? RESPONSE_HEAD_MAX : CHUNK_LINE_MAX;
    if (!end)
        return more(r, in, limit, event);
    str line = str_of(in.p, (size_t)(end - in.p));
    size_t used = line.n + 1;
    if (line.n > limit || !line.n || line.p[line.n - 1] != '\r')
        return broken(r, event);
    line.n--;
    if (take_line(r, line))
        return broken(r, event);
    *piece = (str){0};
    *event = RESPONSE_BODY;
    return used;
}

size_t response_step(struct response *r, str in, enum response_event *event, str *piece)
{
    switch ((enum state)r->state) {
    case AT_HEAD:
        return step_head(r, in, event, piece);
    case AT_LENGTH:
    case AT_CHUNK:
    case AT_UNTIL_END:
        return step_body(r, in, event, piece);
    case AT_CHUNK_SIZE:
    case AT_CHUNK_END:
    case AT_TRAILER:
        return step_line(r, in, event, piece);
    case AT_DONE:
        r->state = AT_HEAD;
        r->no_body = false;
        *event = RESPONSE_DONE;
        return 0;
    case AT_BROKEN:
        break;
    }
    *event = RESPONSE_BAD;
    return 0;
}

bool response_end(struct response *r)
{
    if (r->state != AT_UNTIL_END)
        return false;
    r->state = AT_HEAD;
    r->no_body = false;
    return true;
}
