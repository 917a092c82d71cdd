// SPDX-License-Identifier: Apache-2.0
// template: pages and mails. scripts/view/*.html become Lua functions when scripts are loaded; a
// fault is reported then, with file and line.
//
//   {{ expr }}              the value, escaped for the place where it stands; nil and false write
//   nothing
//   {% statement %}         Lua: {% if x then %} … {% end %}, {% for i, v in ipairs(list) do %} …
//   {% end %}
//   {# comment #}
//   {% layout "name" %}     first thing of a file: this file is the content of view/name.html
//   {% content() %}         in a layout: here stands the content
//   {% include("name", data) %}   another template with its own data
//
// Names are fields of the data given, but for: include content safe asset h ipairs pairs select
// type tostring tonumber string table math utf8. `safe` values (html.safe) are written as they are,
// in text only; spaces at the begin of a line are not sent, but in
// pre and textarea. `h` holds the functions given with html.helper. An expression is refused at
// load where no escaping is safe: unquoted values, event handlers, style, script, comments, inside
// a tag. A branch must end in the context it began in.
#ifndef CORE_SCRIPT_TEMPLATE_H
#define CORE_SCRIPT_TEMPLATE_H

#include <lua.h>

#include "core/base/arena.h"
#include "core/base/buf.h"

struct generation;
struct template;

/* What a compiler found: Lua source and the static pieces it refers to by number. Lives in the
 * arena. */
struct template_piece {
    str text;       /* static text before the expression */
    uint8_t escape; /* enum htmlctx_escape of the expression; ESCAPE_REFUSED: no expression, the run
                       ends */
};
struct template_code {
    str lua;
    const struct template_piece *pieces;
    size_t piece_count;
    const uint32_t *runs; /* run k: first piece; pieces go on until one without expression */
    size_t run_count;
    str layout; /* or empty */
};

/* Turns a template into code; pure. E_PARSE with "line" as number in err->where. */
must_use int template_compile(
    str text, struct arena *arena, struct template_code *out, struct err *err);

/* Loads all templates of a generation; raises with file and line. [-0, +0] */
void template_load(lua_State *L, struct generation *g);
/* Renders `name` with the table at idx into out; raises. Cannot wait. [-0, +0] */
void template_render(lua_State *L, str name, int idx, struct buf *out);
/* Pushes a value that templates write unescaped. [-0, +1] */
void template_push_safe(lua_State *L, str html);

#endif
