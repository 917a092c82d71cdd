// SPDX-License-Identifier: Apache-2.0
// htmlctx: where in an HTML document the next byte stands, so that a template escapes by context.
// Knows no Lua and no template syntax.
#ifndef CORE_SCRIPT_HTMLCTX_H
#define CORE_SCRIPT_HTMLCTX_H

#include "core/base/base.h"

enum htmlctx_state {
    HTMLCTX_TEXT,
    HTMLCTX_TAG_NAME,
    HTMLCTX_TAG, /* between attributes */
    HTMLCTX_ATTR_NAME,
    HTMLCTX_AFTER_NAME,
    HTMLCTX_BEFORE_VALUE, /* behind '=' */
    HTMLCTX_VALUE_DOUBLE,
    HTMLCTX_VALUE_SINGLE,
    HTMLCTX_VALUE_BARE,
    HTMLCTX_MARKUP, /* <!doctype …> */
    HTMLCTX_COMMENT,
    HTMLCTX_RAW /* content of script, style */
};

/* Fields may be read; zero-initialised stands in text. */
struct htmlctx {
    enum htmlctx_state state;
    char tag[16];  /* current element, lower case, cut */
    char attr[32]; /* current attribute, lower case, cut */
    size_t length; /* bytes of the present name, value or raw run */
    bool closing;  /* in an end tag */
    bool verbatim; /* in pre or textarea, where spaces are content */
};

void htmlctx_feed(struct htmlctx *c, str text);
/* Whether an expression's output may not differ in meaning between the two places. */
bool htmlctx_same(const struct htmlctx *a, const struct htmlctx *b);

/* How an expression must be written at this place. */
enum htmlctx_escape { ESCAPE_TEXT, ESCAPE_ATTR, ESCAPE_URL, ESCAPE_REFUSED };
/* With the reason (static) when refused. */
enum htmlctx_escape htmlctx_escape(const struct htmlctx *c, const char **why);

#endif
