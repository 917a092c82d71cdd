// SPDX-License-Identifier: Apache-2.0
// htmlctx: a small HTML tokenizer that keeps only the context.
#include "core/script/htmlctx.h"

#include <string.h>

static const char *const url_attrs[] = {"action", "background", "cite", "data", "formaction",
    "href", "hx-delete", "hx-get", "hx-patch", "hx-post", "hx-put", "manifest", "ping", "poster",
    "src", "xlink:href"};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
    c = lower(c);
    return c >= 'a' && c <= 'z';
}

static void go(struct htmlctx *c, enum htmlctx_state state)
{
    c->state = state;
    c->length = 0;
}

static void add(char *name, size_t size, size_t *n, char ch)
{
    if (*n + 1 < size) {
        name[*n] = lower(ch);
        name[*n + 1] = 0;
    }
    ++*n;
}

static bool is_raw_tag(const char *tag)
{
    return !strcmp(tag, "script") || !strcmp(tag, "style");
}

static bool is_verbatim_tag(const char *tag)
{
    return !strcmp(tag, "pre") || !strcmp(tag, "textarea");
}

static void end_tag(struct htmlctx *c)
{
    if (is_verbatim_tag(c->tag))
        c->verbatim = !c->closing;
    go(c, !c->closing && is_raw_tag(c->tag) ? HTMLCTX_RAW : HTMLCTX_TEXT);
    c->attr[0] = 0;
}

/* Text: "<" followed by a letter, "/" or "!" opens something. length counts what was seen of that
 * opening. */
static void in_text(struct htmlctx *c, char ch)
{
    if (c->length == 0) {
        c->length = ch == '<' ? 1 : 0;
        return;
    }
    if (c->length == 1 && ch == '/') {
        c->length = 2;
    } else if (c->length == 1 && ch == '!') {
        go(c, HTMLCTX_MARKUP);
    } else if (is_letter(ch)) {
        c->closing = c->length == 2;
        go(c, HTMLCTX_TAG_NAME);
        add(c->tag, sizeof(c->tag), &c->length, ch);
    } else {
        c->length = ch == '<' ? 1 : 0;
    }
}

static void in_tag(struct htmlctx *c, char ch)
{
    if (ch == '>')
        end_tag(c);
    else if (!is_space(ch) && ch != '/') {
        go(c, HTMLCTX_ATTR_NAME);
        c->attr[0] = 0;
        add(c->attr, sizeof(c->attr), &c->length, ch);
    }
}

static void in_tag_name(struct htmlctx *c, char ch)
{
    if (is_space(ch) || ch == '/')
        go(c, HTMLCTX_TAG);
    else if (ch == '>')
        end_tag(c);
    else
        add(c->tag, sizeof(c->tag), &c->length, ch);
}

static void in_attr_name(struct htmlctx *c, char ch)
{
    if (ch == '=')
        go(c, HTMLCTX_BEFORE_VALUE);
    else if (is_space(ch))
        go(c, HTMLCTX_AFTER_NAME);
    else if (ch == '>' || ch == '/')
        go(c, HTMLCTX_TAG), in_tag(c, ch);
    else
        add(c->attr, sizeof(c->attr), &c->length, ch);
}

static void after_name(struct htmlctx *c, char ch)
{
    if (ch == '=')
        go(c, HTMLCTX_BEFORE_VALUE);
    else if (!is_space(ch))
        go(c, HTMLCTX_TAG), in_tag(c, ch);
}

static void before_value(struct htmlctx *c, char ch)
{
    if (ch == '"')
        go(c, HTMLCTX_VALUE_DOUBLE);
    else if (ch == '\'')
        go(c, HTMLCTX_VALUE_SINGLE);
    else if (ch == '>')
        end_tag(c);
    else if (!is_space(ch))
        go(c, HTMLCTX_VALUE_BARE);
}

static void in_bare(struct htmlctx *c, char ch)
{
    if (is_space(ch))
        go(c, HTMLCTX_TAG);
    else if (ch == '>')
        end_tag(c);
}

/* Behind "<!": a comment begins with "--" and ends at "-->"; anything else ends at ">". */
static void in_markup(struct htmlctx *c, char ch)
{
    if (ch == '-' && ++c->length == 2)
        go(c, HTMLCTX_COMMENT);
    else if (ch == '>')
        go(c, HTMLCTX_TEXT);
    else if (ch != '-')
        c->length = 3;
}

static void in_comment(struct htmlctx *c, char ch)
{
    if (ch == '-')
        c->length++;
    else if (ch == '>' && c->length >= 2)
        go(c, HTMLCTX_TEXT);
    else
        c->length = 0;
}

/* Raw text ends at "</" and the element's name. length counts the matched bytes of that. */
static void in_raw(struct htmlctx *c, char ch)
{
    size_t n = strlen(c->tag) + 2;
    char want = c->length == 0   ? '<'
                : c->length == 1 ? '/'
                : c->length < n  ? c->tag[c->length - 2]
                                 : 0;
    if (want && lower(ch) == want) {
        c->length++;
    } else if (c->length == n && (is_space(ch) || ch == '/' || ch == '>')) {
        c->closing = true;
        go(c, HTMLCTX_TAG);
        in_tag(c, ch);
    } else {
        c->length = ch == '<' ? 1 : 0;
    }
}

static void feed_byte(struct htmlctx *c, char ch)
{
    switch (c->state) {
    case HTMLCTX_TEXT:
        in_text(c, ch);
        return;
    case HTMLCTX_TAG_NAME:
        in_tag_name(c, ch);
        return;
    case HTMLCTX_TAG:
        in_tag(c, ch);
        return;
    case HTMLCTX_ATTR_NAME:
        in_attr_name(c, ch);
        return;
    case HTMLCTX_AFTER_NAME:
        after_name(c, ch);
        return;
    case HTMLCTX_BEFORE_VALUE:
        before_value(c, ch);
        return;
    case HTMLCTX_VALUE_DOUBLE:
    case HTMLCTX_VALUE_SINGLE:
        c->length++;
        if (ch == (c->state == HTMLCTX_VALUE_DOUBLE ? '"' : '\''))
            go(c, HTMLCTX_TAG);
        return;
    case HTMLCTX_VALUE_BARE:
        in_bare(c, ch);
        return;
    case HTMLCTX_MARKUP:
        in_markup(c, ch);
        return;
    case HTMLCTX_COMMENT:
        in_comment(c, ch);
        return;
    case HTMLCTX_RAW:
        in_raw(c, ch);
        return;
    }
}

void htmlctx_feed(struct htmlctx *c, str text)
{
    for (size_t i = 0; i < text.n; i++)
        feed_byte(c, text.p[i]);
}

/* A branch may or may not write attributes: between two of them is one place. */
static enum htmlctx_state place(const struct htmlctx *c)
{
    switch (c->state) {
    case HTMLCTX_TAG_NAME:
    case HTMLCTX_ATTR_NAME:
    case HTMLCTX_AFTER_NAME:
        return HTMLCTX_TAG;
    default:
        return c->state;
    }
}

bool htmlctx_same(const struct htmlctx *a, const struct htmlctx *b)
{
    if (place(a) != place(b))
        return false;
    if (place(a) == HTMLCTX_TEXT)
        return a->length == b->length;
    if (strcmp(a->tag, b->tag))
        return false;
    bool in_value = a->state == HTMLCTX_VALUE_DOUBLE || a->state == HTMLCTX_VALUE_SINGLE;
    return !in_value || !strcmp(a->attr, b->attr);
}

static bool is_url_attr(const char *name)
{
    for (size_t i = 0; i < countof(url_attrs); i++)
        if (!strcmp(name, url_attrs[i]))
            return true;
    return false;
}

static bool is_code_attr(const char *name)
{
    return (name[0] == 'o' && name[1] == 'n') || !strcmp(name, "style") ||
           !strcmp(name, "srcdoc") || !strncmp(name, "hx-on", 5) || !strcmp(name, "hx-vals") ||
           !strcmp(name, "srcset");
}

enum htmlctx_escape htmlctx_escape(const struct htmlctx *c, const char **why)
{
    *why = "";
    switch (c->state) {
    case HTMLCTX_TEXT:
        if (c->length == 0)
            return ESCAPE_TEXT;
        *why = "an expression cannot follow '<'";
        return ESCAPE_REFUSED;
    case HTMLCTX_VALUE_DOUBLE:
    case HTMLCTX_VALUE_SINGLE:
        if (is_code_attr(c->attr)) {
            *why = "an expression cannot stand in an attribute that holds code";
            return ESCAPE_REFUSED;
        }
        return c->length == 0 && is_url_attr(c->attr) ? ESCAPE_URL : ESCAPE_ATTR;
    case HTMLCTX_BEFORE_VALUE:
    case HTMLCTX_VALUE_BARE:
        *why = "an attribute's value needs quotes around the expression";
        return ESCAPE_REFUSED;
    case HTMLCTX_COMMENT:
    case HTMLCTX_MARKUP:
        *why = "an expression cannot stand in a comment";
        return ESCAPE_REFUSED;
    case HTMLCTX_RAW:
        *why = "an expression cannot stand in a script or style element; use a data- attribute";
        return ESCAPE_REFUSED;
    default:
        *why = "an expression cannot stand inside a tag; write {% if … %} name{% end %}";
        return ESCAPE_REFUSED;
    }
}
