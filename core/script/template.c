// SPDX-License-Identifier: Apache-2.0
// template: the compiler from HTML with {{ }} and {% %} to Lua.
#include "core/script/template.h"

#include <stdio.h>
#include <string.h>

#include "core/script/htmlctx.h"

enum { NEST_MAX = 64, RUN_EXPRS = 40, PIECES_MAX = 20000 };

struct compiler {
    struct arena *arena;
    struct err *err;
    str text;
    size_t at;
    unsigned line;     /* of `at` in the template */
    unsigned out_line; /* of the end of `lua` */
    struct htmlctx ctx;
    struct htmlctx nest[NEST_MAX]; /* context at each open block */
    size_t depth;
    struct buf lua;
    struct buf pending; /* static text not yet in a piece */
    struct buf pieces;  /* struct template_piece */
    struct buf runs;    /* uint32_t */
    size_t run_exprs;   /* expressions of the open run; the run is open while is_open */
    bool is_open;
    bool begun; /* something but a comment or space was seen */
    str layout;
};

static int fail(struct compiler *c, unsigned line, const char *why)
{
    err_set(c->err, E_PARSE, "%s", why);
    err_at(c->err, "%u", line);
    return E_PARSE;
}

static void append(struct buf *b, const void *bytes, size_t n)
{
    buf_append(b, str_of(bytes, n));
}

static size_t piece_count(const struct compiler *c)
{
    return c->pieces.n / sizeof(struct template_piece);
}

/* Brings the Lua text to the same line as the template, so that messages name the right one. */
static void sync_lines(struct compiler *c, unsigned line)
{
    for (; c->out_line < line; c->out_line++)
        buf_append_byte(&c->lua, '\n');
}

static void add_piece(struct compiler *c, enum htmlctx_escape escape)
{
    struct template_piece p = {
        .text = arena_str(c->arena, buf_str(&c->pending)), .escape = (uint8_t)escape};
    append(&c->pieces, &p, sizeof(p));
    buf_clear(&c->pending);
}

static void open_run(struct compiler *c)
{
    if (c->is_open)
        return;
    uint32_t first = (uint32_t)piece_count(c);
    append(&c->runs, &first, sizeof(first));
    buf_printf(&c->lua, " o(%zu", c->runs.n / sizeof(first) - 1);
    c->is_open = true;
    c->run_exprs = 0;
}

static void close_run(struct compiler *c)
{
    if (!c->is_open && !c->pending.n)
        return;
    open_run(c);
    add_piece(c, ESCAPE_REFUSED);
    buf_append(&c->lua, STR(") "));
    c->is_open = false;
}

static unsigned count_lines(str s)
{
    unsigned n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == '\n';
    return n;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Indentation and empty lines are for who reads the template; half a page would be nothing else. */
static bool is_idle(const struct compiler *c, bool at_line_start, char ch)
{
    return at_line_start && is_blank(ch) && c->ctx.state == HTMLCTX_TEXT && !c->ctx.verbatim;
}

static void add_text(struct compiler *c, str s)
{
    bool at_line_start = s.p == c->text.p || (s.n && s.p[-1] == '\n');
    for (size_t i = 0; i < s.n; i++) {
        if (is_idle(c, at_line_start, s.p[i]))
            continue;
        at_line_start = s.p[i] == '\n';
        buf_append_byte(&c->pending, s.p[i]);
        htmlctx_feed(&c->ctx, str_slice(s, i, i + 1));
    }
}

static str trim(str s)
{
    while (s.n && is_blank(s.p[0]))
        s = str_slice(s, 1, s.n);
    while (s.n && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

static int add_expression(struct compiler *c, str code, unsigned line)
{
    const char *why;
    enum htmlctx_escape e = htmlctx_escape(&c->ctx, &why);
    if (e == ESCAPE_REFUSED)
        return fail(c, line, why);
    if (!code.n)
        return fail(c, line, "an expression is empty");
    if (piece_count(c) >= PIECES_MAX)
        return fail(c, line, "the template is too big");
    c->begun = true;
    if (c->is_open && c->run_exprs == RUN_EXPRS)
        close_run(c);
    open_run(c);
    add_piece(c, e);
    c->run_exprs++;
    sync_lines(c, line);
    buf_append(&c->lua, STR(", ("));
    buf_append(&c->lua, code);
    c->out_line += count_lines(code);
    buf_append_byte(&c->lua, ')');
    return 0;
}

/* A word or one character of Lua; strings come as their first quote. */
static str next_token(str *s)
{
    while (s->n && is_blank(s->p[0]))
        *s = str_slice(*s, 1, s->n);
    if (!s->n)
        return STR("");
    size_t n = 0;
    while (n < s->n && ((s->p[n] | 32) >= 'a' && (s->p[n] | 32) <= 'z'
                               ? true
                               : s->p[n] == '_' || (n && s->p[n] >= '0' && s->p[n] <= '9')))
        n++;
    if (!n && (s->p[0] == '"' || s->p[0] == '\''))
        for (n = 1; n < s->n && s->p[n] != s->p[0]; n++)
            n += s->p[n] == '\\';
    str t = str_slice(*s, 0, n ? n : 1);
    bool is_string = t.p[0] == '"' || t.p[0] == '\'';
    *s = str_slice(*s, is_string ? n + 1 : t.n, s->n);
    return is_string ? str_slice(t, 0, 1) : t;
}

static bool is_one_of(str t, const char *const *words)
{
    for (; *words; words++)
        if (str_eq(t, str_from(*words)))
            return true;
    return false;
}

static int open_block(struct compiler *c, unsigned line)
{
    if (c->depth == NEST_MAX)
        return fail(c, line, "blocks nested too deeply");
    c->nest[c->depth++] = c->ctx;
    return 0;
}

static int check_block(struct compiler *c, unsigned line, bool close)
{
    if (!c->depth)
        return fail(c, line, "nothing is open here");
    if (!htmlctx_same(&c->nest[c->depth - 1], &c->ctx))
        return fail(c, line, "a branch must end in the same HTML context as it began");
    if (close)
        c->depth--;
    else
        c->ctx = c->nest[c->depth - 1];
    return 0;
}

/* `do` belongs to a for or while before it. */
static int track_blocks(struct compiler *c, str code, unsigned line)
{
    static const char *const openers[] = {"if", "for", "while", "repeat", "function", NULL};
    static const char *const middles[] = {"else", "elseif", NULL};
    static const char *const closers[] = {"end", "until", NULL};
    static const char *const writers[] = {"include", "content", NULL};
    bool loop_head = false;
    int rc = 0;
    while (!rc && code.n) {
        str t = next_token(&code);
        bool is_do = str_eq(t, STR("do"));
        if (is_one_of(t, openers) || (is_do && !loop_head))
            rc = open_block(c, line);
        else if (is_one_of(t, middles) || is_one_of(t, closers))
            rc = check_block(c, line, is_one_of(t, closers));
        else if (is_one_of(t, writers) && (c->ctx.state != HTMLCTX_TEXT || c->ctx.length))
            rc = fail(c, line, "include and content stand in text only");
        if (str_eq(t, STR("for")) || str_eq(t, STR("while")))
            loop_head = true;
        else if (is_do)
            loop_head = false;
    }
    return rc;
}

static int read_layout(struct compiler *c, str rest, unsigned line)
{
    rest = trim(rest);
    if (c->begun)
        return fail(c, line, "layout must be the first thing");
    if (rest.n < 3 || rest.p[0] != '"' ||
        str_index(str_slice(rest, 1, rest.n), '"') != (ptrdiff_t)rest.n - 2)
        return fail(c, line, "layout takes a name in quotes");
    c->layout = arena_str(c->arena, str_slice(rest, 1, rest.n - 1));
    c->begun = true;
    buf_clear(&c->pending);
    return 0;
}

static int add_statement(struct compiler *c, str code, unsigned line)
{
    if (str_starts(code, STR("layout")) && code.n > 6 && (is_blank(code.p[6]) || code.p[6] == '"'))
        return read_layout(c, str_slice(code, 6, code.n), line);
    c->begun = true;
    int rc = track_blocks(c, code, line);
    if (rc)
        return rc;
    close_run(c);
    sync_lines(c, line);
    buf_append_byte(&c->lua, ' ');
    buf_append(&c->lua, code);
    c->out_line += count_lines(code);
    buf_append_byte(&c->lua, ' ');
    return 0;
}

/* Cuts the spaces before a directive that stands alone on its line. */
static void cut_indent(struct compiler *c)
{
    size_t n = c->pending.n;
    while (n && (c->pending.p[n - 1] == ' ' || c->pending.p[n - 1] == '\t'))
        n--;
    c->pending.n = n;
}

static bool stands_alone(const struct compiler *c, size_t from, size_t *to)
{
    while (from && (c->text.p[from - 1] == ' ' || c->text.p[from - 1] == '\t'))
        from--;
    size_t end = *to;
    while (end < c->text.n &&
           (c->text.p[end] == ' ' || c->text.p[end] == '\t' || c->text.p[end] == '\r'))
        end++;
    bool ends = end == c->text.n || c->text.p[end] == '\n';
    if ((from && c->text.p[from - 1] != '\n') || !ends)
        return false;
    *to = end < c->text.n ? end + 1 : end;
    return true;
}

/* A Lua comment would swallow what follows on the line; {# #} is there for that. */
static bool has_comment(str code)
{
    while (code.n) {
        str t = next_token(&code);
        if (str_eq(t, STR("-")) && code.n && code.p[0] == '-')
            return true;
    }
    return false;
}

/* One directive at c->at; `kind` is its second character. */
static int directive(struct compiler *c, char kind)
{
    unsigned line = c->line;
    const char *close = kind == '{' ? "}}" : kind == '%' ? "%}" : "#}";
    str body = str_slice(c->text, c->at + 2, c->text.n);
    ptrdiff_t n = str_find(body, str_from(close));
    if (n < 0)
        return fail(c, line,
            kind == '{'   ? "{{ without }}"
            : kind == '%' ? "{% without %}"
                          : "{# without #}");
    size_t begin = c->at, end = c->at + 2 + (size_t)n + 2;
    body.n = (size_t)n;
    if (kind != '{' && stands_alone(c, begin, &end))
        cut_indent(c);
    c->line += count_lines(str_slice(c->text, begin, end));
    c->at = end;
    if (kind == '#')
        return 0;
    str code = trim(body);
    if (has_comment(code))
        return fail(c, line, "write comments as {# … #}");
    line += count_lines(str_slice(body, 0, code.n ? (size_t)(code.p - body.p) : 0));
    return kind == '{' ? add_expression(c, code, line) : add_statement(c, code, line);
}

/* Static text up to the next directive. */
static void static_text(struct compiler *c)
{
    size_t from = c->at;
    while (c->at < c->text.n) {
        bool brace = c->text.p[c->at] == '{' && c->at + 1 < c->text.n;
        char next = brace ? c->text.p[c->at + 1] : 0;
        if (next == '{' || next == '%' || next == '#')
            break;
        c->at++;
    }
    str s = str_slice(c->text, from, c->at);
    c->line += count_lines(s);
    if (trim(s).n)
        c->begun = true;
    add_text(c, s);
}

static int compile(struct compiler *c)
{
    buf_append(&c->lua,
        STR("local o, include, safe, asset, h, ipairs, pairs, select, type, tostring, tonumber, "
            "string, table, math, utf8 = ... return function(_ENV, content)"));
    int rc = 0;
    while (!rc && c->at < c->text.n) {
        static_text(c);
        if (c->at < c->text.n)
            rc = directive(c, c->text.p[c->at + 1]);
    }
    if (rc)
        return rc;
    close_run(c);
    if (c->depth)
        return fail(c, c->line, "a block is not closed");
    if (c->ctx.state != HTMLCTX_TEXT || c->ctx.length)
        return fail(c, c->line, "the template ends inside a tag, a comment or a script");
    buf_append(&c->lua, STR(" end"));
    return 0;
}

static void publish(struct compiler *c, struct template_code *out)
{
    struct template_piece *pieces = arena_alloc(c->arena, c->pieces.n + 1);
    uint32_t *runs = arena_alloc(c->arena, c->runs.n + 1);
    if (c->pieces.n)
        memcpy(pieces, c->pieces.p, c->pieces.n);
    if (c->runs.n)
        memcpy(runs, c->runs.p, c->runs.n);
    *out = (struct template_code){
        .lua = arena_str(c->arena, buf_str(&c->lua)),
        .pieces = pieces,
        .piece_count = piece_count(c),
        .runs = runs,
        .run_count = c->runs.n / sizeof(*runs),
        .layout = c->layout,
    };
}

int template_compile(str text, struct arena *arena, struct template_code *out, struct err *err)
{
    struct compiler c = {.arena = arena, .err = err, .text = text, .line = 1, .out_line = 1};
    int rc = compile(&c);
    if (!rc)
        publish(&c, out);
    buf_release(&c.lua);
    buf_release(&c.pending);
    buf_release(&c.pieces);
    buf_release(&c.runs);
    return rc;
}
