// SPDX-License-Identifier: Apache-2.0
// multipart: delimiters, part headers, data.
#include "core/http/multipart.h"

#include <string.h>

#include "core/base/codec.h"
#include "core/http/gate.h"

enum state { FIRST, AFTER, HEAD, DATA, CLOSING, DONE };
enum { GO_ON = MULTIPART_END + 1 };

static bool is_boundary(str s)
{
    static const char others[] = "'()+_,-./:=? ";
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && !memchr(others, c, sizeof(others) - 1))
            return false;
    }
    return s.n && s.n <= MULTIPART_BOUNDARY && s.p[s.n - 1] != ' ';
}

/* The end of a quoted string that begins at s.p[0]; 0 if there is none. */
static size_t quoted_end(str s)
{
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == '"')
            i++;
        else if (s.p[i] == '"')
            return i + 1;
    }
    return 0;
}

int multipart_param(str *rest, str *name, str *value, bool *quoted)
{
    *rest = str_trim(*rest);
    if (!rest->n)
        return 1;
    if (rest->p[0] != ';')
        return E_PARSE;
    *rest = str_trim(str_slice(*rest, 1, rest->n));
    ptrdiff_t equals = str_index(*rest, '=');
    if (equals < 0)
        return rest->n ? E_PARSE : 1;
    *name = str_slice(*rest, 0, (size_t)equals);
    *rest = str_slice(*rest, (size_t)equals + 1, rest->n);
    *quoted = rest->n && rest->p[0] == '"';
    ptrdiff_t semicolon = str_index(*rest, ';');
    size_t end = semicolon < 0 ? rest->n : (size_t)semicolon;
    if (*quoted)
        end = quoted_end(*rest);
    *value = *quoted && end ? str_slice(*rest, 1, end - 1) : str_trim(str_slice(*rest, 0, end));
    *rest = str_slice(*rest, end, rest->n);
    return gate_is_token(*name) && (*quoted ? end > 0 : gate_is_token(*value)) ? 0 : E_PARSE;
}

int multipart_init(struct multipart *m, str content_type)
{
    str rest = content_type, boundary = {NULL, 0}, name, value;
    bool quoted;
    int rc;
    ptrdiff_t semicolon = str_index(rest, ';');
    size_t end = semicolon < 0 ? rest.n : (size_t)semicolon;
    if (!str_eq_nocase(str_trim(str_slice(rest, 0, end)), STR("multipart/form-data")))
        return E_PARSE;
    rest = str_slice(rest, end, rest.n);
    while ((rc = multipart_param(&rest, &name, &value, &quoted)) == 0) {
        if (!str_eq_nocase(name, STR("boundary")))
            continue;
        if (boundary.n)
            return E_PARSE;
        boundary = value;
    }
    if (rc < 0 || !is_boundary(boundary))
        return E_PARSE;
    m->name = m->filename = m->content_type = STR("");
    m->is_file = false;
    m->state = FIRST;
    m->seen = 2; /* the body's beginning counts as the end of a line */
    m->head_n = 0;
    memcpy(m->mark, "\r\n--", 4);
    memcpy(m->mark + 4, boundary.p, boundary.n);
    m->mark_n = (uint8_t)(4 + boundary.n);
    return 0;
}

static void take(str *in, size_t n)
{
    *in = str_slice(*in, n, in->n);
}

/* Compares on where the last input ended; 1 when the whole delimiter has come, 0 when the input
 * ended within it, -1 when it is none. Takes only what matched. */
static int match(struct multipart *m, str *in)
{
    size_t i = 0;
    while (i < in->n && m->seen < m->mark_n && in->p[i] == m->mark[m->seen]) {
        i++;
        m->seen++;
    }
    bool differs = i < in->n && m->seen < m->mark_n;
    take(in, i);
    if (m->seen == m->mark_n)
        return 1;
    return differs ? -1 : 0;
}

static int read_first(struct multipart *m, str *in)
{
    int rc = match(m, in);
    if (rc < 0)
        return E_PARSE;
    if (!rc)
        return MULTIPART_MORE;
    m->state = AFTER;
    m->seen = 0;
    return GO_ON;
}

/* Behind a delimiter: CR LF and a part, or -- and the end. */
static int read_after(struct multipart *m, str *in)
{
    while (in->n && m->seen < 2) {
        char c = in->p[0];
        bool good = m->seen == 0 ? c == '\r' || c == '-' : c == (m->head[0] == '\r' ? '\n' : '-');
        if (!good)
            return E_PARSE;
        m->head[m->seen++] = c;
        take(in, 1);
    }
    if (m->seen < 2)
        return MULTIPART_MORE;
    m->state = m->head[0] == '-' ? CLOSING : HEAD;
    m->seen = 0;
    m->head_n = 0;
    return GO_ON;
}

/* Browsers write %22 for a quote, others \"; a path before the name is dropped. Works in place. */
static str unescape(str s)
{
    char *to = (char *)(uintptr_t)s.p;
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == '"')
            i++;
        if (s.n - i > 2 && memcmp(s.p + i, "%22", 3) == 0) {
            to[n++] = '"';
            i += 2;
            continue;
        }
        to[n++] = s.p[i];
    }
    return str_of(to, n);
}

static str last_component(str s)
{
    size_t from = s.n;
    while (from > 0 && s.p[from - 1] != '/' && s.p[from - 1] != '\\')
        from--;
    return str_slice(s, from, s.n);
}

static int read_disposition(struct multipart *m, str value)
{
    str name, v, rest = value;
    bool quoted, named = false;
    int rc;
    if (m->name.p || !str_eq_nocase(str_slice(value, 0, 9), STR("form-data")))
        return E_PARSE;
    rest = str_slice(rest, 9, rest.n);
    while ((rc = multipart_param(&rest, &name, &v, &quoted)) == 0) {
        if (str_eq_nocase(name, STR("name"))) {
            if (named)
                return E_PARSE;
            named = true;
            m->name = quoted ? unescape(v) : v;
        } else if (str_eq_nocase(name, STR("filename"))) {
            if (m->is_file)
                return E_PARSE;
            m->is_file = true;
            m->filename = last_component(quoted ? unescape(v) : v);
        }
    }
    return rc < 0 || !m->name.n ? E_PARSE : 0;
}

static int read_type(struct multipart *m, str value)
{
    if (m->content_type.p)
        return E_PARSE;
    str type = str_trim(str_cut(&value, ';'));
    for (size_t i = 0; i < type.n; i++) {
        char *c = (char *)(uintptr_t)type.p + i;
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 32);
    }
    m->content_type = type;
    return 0;
}

static int read_header(struct multipart *m, str line)
{
    ptrdiff_t colon = str_index(line, ':');
    if (colon < 0)
        return E_PARSE;
    str name = str_slice(line, 0, (size_t)colon);
    str value = str_trim(str_slice(line, (size_t)colon + 1, line.n));
    if (!gate_is_token(name))
        return E_PARSE;
    if (str_eq_nocase(name, STR("content-disposition")))
        return read_disposition(m, value);
    if (str_eq_nocase(name, STR("content-type")))
        return read_type(m, value);
    if (str_eq_nocase(name, STR("content-transfer-encoding")))
        return str_eq_nocase(value, STR("binary")) || str_eq_nocase(value, STR("8bit")) ||
                       str_eq_nocase(value, STR("7bit"))
                   ? 0
                   : E_PARSE;
    return 0;
}

/* UTF-8 without control characters. */
static bool is_clean(str s)
{
    size_t at = 0;
    int32_t c;
    while ((c = codec_utf8_next(s, &at)) >= 0)
        if ((c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0))
            return false;
    return c == -1;
}

static int read_headers(struct multipart *m, str head)
{
    m->name = m->filename = m->content_type = (str){NULL, 0};
    m->is_file = false;
    while (head.n) {
        ptrdiff_t end = str_find(head, STR("\r\n"));
        str line = str_slice(head, 0, end < 0 ? head.n : (size_t)end);
        head = str_slice(head, line.n + 2, head.n);
        int rc = is_clean(line) ? read_header(m, line) : E_PARSE;
        if (rc)
            return rc;
    }
    if (!m->name.p)
        return E_PARSE;
    return is_clean(m->filename) ? 0 : E_PARSE;
}

static int read_head(struct multipart *m, str *in)
{
    while (in->n) {
        if (m->head_n == MULTIPART_HEAD)
            return E_TOO_BIG;
        m->head[m->head_n++] = in->p[0];
        take(in, 1);
        str head = str_of(m->head, m->head_n);
        if (!str_ends(head, STR("\r\n\r\n")) && !str_eq(head, STR("\r\n")))
            continue;
        int rc = read_headers(m, str_slice(head, 0, head.n - (head.n > 2 ? 4 : 2)));
        m->state = DATA;
        m->seen = 0;
        return rc ? rc : MULTIPART_PART;
    }
    return MULTIPART_MORE;
}

/* What matched so far was data after all: CR stands nowhere in a delimiter but at its beginning, so
 * no other match can have begun within. */
static int give_back(struct multipart *m, str *bytes)
{
    *bytes = str_of(m->mark, m->seen);
    m->seen = 0;
    return MULTIPART_DATA;
}

static int read_data(struct multipart *m, str *in, str *bytes)
{
    if (!m->seen) {
        const char *cr = in->n ? memchr(in->p, '\r', in->n) : NULL;
        size_t n = cr ? (size_t)(cr - in->p) : in->n;
        if (n) {
            *bytes = str_slice(*in, 0, n);
            take(in, n);
            return MULTIPART_DATA;
        }
    }
    int rc = match(m, in);
    if (rc < 0)
        return give_back(m, bytes);
    if (!rc)
        return MULTIPART_MORE;
    m->state = AFTER;
    m->seen = 0;
    return MULTIPART_PART_END;
}

/* A line end may follow the last delimiter, nothing else. */
static int read_closing(struct multipart *m, str *in)
{
    static const char crlf[] = "\r\n";
    while (in->n) {
        if (m->seen >= 2 || in->p[0] != crlf[m->seen])
            return E_PARSE;
        m->seen++;
        take(in, 1);
    }
    return MULTIPART_MORE;
}

int multipart_next(struct multipart *m, str *in, str *bytes)
{
    int rc;
    *bytes = (str){NULL, 0};
    do {
        switch ((enum state)m->state) {
        case FIRST:
            rc = read_first(m, in);
            break;
        case AFTER:
            rc = read_after(m, in);
            break;
        case HEAD:
            return read_head(m, in);
        case DATA:
            return read_data(m, in, bytes);
        case CLOSING:
            m->state = DONE;
            return MULTIPART_END;
        case DONE:
            return read_closing(m, in);
        default:
            return E_PARSE;
        }
    } while (rc == GO_ON);
    return rc;
}
