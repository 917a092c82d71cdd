// SPDX-License-Identifier: Apache-2.0
// gate: one state for each element of a head, one table for what may stand in it.
#include "core/http/gate.h"

#include "core/http/request.h"

enum { TOKEN = 1, TARGET = 2, VALUE = 4, DIGIT = 8, HOST = 16 };
enum { GO_ON = 2, METHOD_MAX = 16 };

/* What each byte may be part of. Control bytes and those from 0x80 on belong nowhere; of a
 * target's, the ones that browsers always escape are left out: " < > and the fragment's #. */
static const uint8_t classes[256] = {
    /* clang-format off */
     0,  0,  0,  0,  0,  0,  0,  0,  0,  4,  0,  0,  0,  0,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
     4,  7,  4,  5,  7,  7,  7,  7,  6,  6,  7,  7,  6, 23, 23,  6,
    31, 31, 31, 31, 31, 31, 31, 31, 31, 31,  6,  6,  4,  6,  4,  6,
     6, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23,
    23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23,  6,  6,  6,  7, 23,
     7, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23,
    23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23,  6,  7,  6,  7,  0,
    /* clang-format on */
};

enum state { METHOD, PATH, VERSION, LINE, NAME, FIELD, FIELD_LF, END_LF };

static bool all_of(str s, unsigned class)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(classes[(unsigned char)s.p[i]] & class))
            return false;
    return s.n > 0;
}

bool gate_is_token(str s)
{
    return all_of(s, TOKEN);
}

bool gate_is_value(str s)
{
    return !s.n || all_of(s, VALUE);
}

static bool is_port(str s)
{
    uint64_t port;
    return s.n <= 5 && all_of(s, DIGIT) && !str_to_u64(s, &port) && port <= 65535;
}

/* The inside of [ ]: what is written there is not looked up, so its shape is enough. */
static bool is_literal(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (!hex && c != ':' && c != '.')
            return false;
    }
    return s.n >= 2 && s.n <= 45;
}

bool gate_is_host(str s)
{
    ptrdiff_t end = s.n && s.p[0] == '[' ? str_index(s, ']') : -1;
    if (end > 0) {
        str rest = str_slice(s, (size_t)end + 1, s.n);
        return is_literal(str_slice(s, 1, (size_t)end)) &&
               (!rest.n || (rest.p[0] == ':' && is_port(str_slice(rest, 1, rest.n))));
    }
    ptrdiff_t colon = str_index(s, ':');
    str name = str_slice(s, 0, colon < 0 ? s.n : (size_t)colon);
    return name.n <= 255 && all_of(name, HOST) &&
           (colon < 0 || is_port(str_slice(s, name.n + 1, s.n)));
}

void gate_init(struct gate *g)
{
    g->at = g->mark = 0;
    g->state = METHOD;
    g->count = 0;
}

/* Moves over bytes of a class; false when the bytes end there. */
static bool skip(struct gate *g, str head, unsigned class)
{
    size_t at = g->at;
    while (at < head.n && (classes[(unsigned char)head.p[at]] & class))
        at++;
    g->at = (uint32_t)at;
    return at < head.n;
}

static struct gate_span span_since(const struct gate *g, uint32_t from)
{
    return (struct gate_span){(uint16_t)from, (uint16_t)(g->at - from)};
}

/* Steps over the delimiter that was found, to the next element. */
static int next(struct gate *g, enum state state)
{
    g->at++;
    g->mark = g->at;
    g->state = (uint8_t)state;
    return GO_ON;
}

static int read_method(struct gate *g, str head)
{
    enum http_method method;
    bool more = skip(g, head, TOKEN);
    if (g->at > METHOD_MAX)
        return 501;
    if (!more)
        return GATE_MORE;
    if (head.p[g->at] != ' ' || !g->at)
        return 400;
    if (!http_method_parse(str_of(head.p, g->at), &method))
        return 501;
    g->method = (uint8_t)method;
    return next(g, PATH);
}

/* Origin-form only: a path of this server. */
static int read_target(struct gate *g, str head)
{
    bool more = skip(g, head, TARGET);
    if (g->at > g->mark && head.p[g->mark] != '/')
        return 400;
    if (!more)
        return GATE_MORE;
    if (head.p[g->at] != ' ' || g->at == g->mark)
        return 400;
    g->target = span_since(g, g->mark);
    return next(g, VERSION);
}

/* "HTTP/1.1", CR and LF. A version that we do not speak is told apart from nonsense. */
static int read_version(struct gate *g, str head)
{
    static const char shape[] = "HTTP/d.d\r\n";
    for (; g->at < head.n && g->at - g->mark < sizeof(shape) - 1; g->at++) {
        char want = shape[g->at - g->mark], c = head.p[g->at];
        if (want == 'd' ? c < '0' || c > '9' : c != want)
            return 400;
    }
    if (g->at - g->mark < sizeof(shape) - 1)
        return GATE_MORE;
    const char *version = head.p + g->mark;
    if (version[5] != '1' || version[7] > '1')
        return 505;
    g->minor = (uint8_t)(version[7] - '0');
    g->at--;
    return next(g, LINE);
}

/* A header, or the CR of the empty line. White space here would be a folded line. */
static int read_line(struct gate *g, str head)
{
    if (g->at >= head.n)
        return GATE_MORE;
    if (head.p[g->at] == '\r')
        return next(g, END_LF);
    g->state = NAME;
    return GO_ON;
}

static int read_name(struct gate *g, str head)
{
    if (!skip(g, head, TOKEN))
        return GATE_MORE;
    if (head.p[g->at] != ':' || g->at == g->mark)
        return 400;
    if (g->count == GATE_HEADERS)
        return 431;
    g->headers[g->count].name = span_since(g, g->mark);
    return next(g, FIELD);
}

static int read_field(struct gate *g, str head)
{
    if (!skip(g, head, VALUE))
        return GATE_MORE;
    if (head.p[g->at] != '\r')
        return 400;
    str value = str_trim(str_slice(head, g->mark, g->at));
    g->headers[g->count++].value =
        (struct gate_span){(uint16_t)(value.n ? value.p - head.p : 0), (uint16_t)value.n};
    return next(g, FIELD_LF);
}

static int read_lf(struct gate *g, str head)
{
    if (g->at >= head.n)
        return GATE_MORE;
    if (head.p[g->at] != '\n')
        return 400;
    if (g->state == FIELD_LF)
        return next(g, LINE);
    g->at++;
    return GATE_DONE;
}

static int step(struct gate *g, str head)
{
    switch ((enum state)g->state) {
    case METHOD:
        return read_method(g, head);
    case PATH:
        return read_target(g, head);
    case VERSION:
        return read_version(g, head);
    case LINE:
        return read_line(g, head);
    case NAME:
        return read_name(g, head);
    case FIELD:
        return read_field(g, head);
    case FIELD_LF:
    case END_LF:
        break;
    }
    return read_lf(g, head);
}

int gate_feed(struct gate *g, str head, size_t limit)
{
    int rc;
    str seen = str_slice(head, 0, limit);
    do
        rc = step(g, seen);
    while (rc == GO_ON);
    if (rc == GATE_MORE && head.n > limit)
        return g->state <= PATH ? 414 : 431;
    return rc;
}

/* Exactly one, digits only, small enough for every counter that follows. */
static int judge_length(str value, struct gate_framing *out)
{
    uint64_t n;
    if (out->has_length || value.n > 18 || !all_of(value, DIGIT) || str_to_u64(value, &n))
        return 400;
    out->has_length = true;
    out->length = (int64_t)n;
    return 0;
}

static void judge_connection(str value, struct gate_framing *out)
{
    while (value.n)
        if (str_eq_nocase(str_trim(str_cut(&value, ',')), STR("close")))
            out->close = true;
}

struct judging {
    struct gate_framing *out;
    unsigned hosts;
    unsigned codings;
    uint8_t minor;
};

static int judge_header(struct judging *j, str name, str value)
{
    switch (name.n) {
    case 4:
        if (str_eq_nocase(name, STR("host")))
            return ++j->hosts > 1 || !gate_is_host(value) ? 400 : 0;
        break;
    case 6:
        if (j->minor && str_eq_nocase(name, STR("expect"))) {
            j->out->expects = true;
            return str_eq_nocase(value, STR("100-continue")) ? 0 : 417;
        }
        break;
    case 10:
        if (str_eq_nocase(name, STR("connection")))
            judge_connection(value, j->out);
        break;
    case 14:
        if (str_eq_nocase(name, STR("content-length")))
            return judge_length(value, j->out);
        break;
    case 17:
        if (str_eq_nocase(name, STR("transfer-encoding")))
            return ++j->codings > 1 || !j->minor || !str_eq(value, STR("chunked")) ? 400 : 0;
        break;
    default:
        break;
    }
    return 0;
}

int gate_judge(const struct gate *g, const char *head, struct gate_framing *out)
{
    *out = (struct gate_framing){.close = g->minor == 0};
    struct judging j = {.out = out, .minor = g->minor};
    for (size_t i = 0; i < g->count; i++) {
        const struct gate_header *h = &g->headers[i];
        int rc = judge_header(&j, gate_str(head, h->name), gate_str(head, h->value));
        if (rc)
            return rc;
    }
    if (!j.hosts || (j.codings && out->has_length))
        return 400;
    if (j.codings)
        out->length = -1;
    return 0;
}
