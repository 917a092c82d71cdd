// SPDX-License-Identifier: Apache-2.0
// lib_pdf: pdf.make(document): printed forms as PDF, made on the pool.
#include <stdlib.h>

#include <lauxlib.h>

#include "core/base/arena.h"
#include "core/base/json.h"
#include "core/loop/work.h"
#include "core/media/pdf.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/state.h"
#include "core/script/value.h"

enum { DEPTH = 12 };

struct making {
    struct op op;
    struct work_op work;
    struct arena arena; /* the document */
    struct pdf_doc doc;
    struct buf out;
    struct err err;
    int status;
};

static const struct {
    const char *name;
    enum pdf_kind kind;
} kinds[] = {{"heading", PDF_HEADING}, {"section", PDF_SECTION}, {"paragraph", PDF_PARAGRAPH},
    {"table", PDF_TABLE}, {"checks", PDF_CHECKS}, {"boxes", PDF_BOXES}, {"qr", PDF_QR},
    {"space", PDF_SPACE}};

static str text_of(const struct json *v, const char *name)
{
    return json_str(json_get(v, str_from(name)));
}

static double number_of(const struct json *v, const char *name)
{
    return json_real(json_get(v, str_from(name)));
}

static bool flag_of(const struct json *v, const char *name)
{
    return json_bool(json_get(v, str_from(name)));
}

static enum pdf_align align_of(const struct json *v)
{
    str align = text_of(v, "align");
    if (str_eq(align, STR("right")))
        return PDF_RIGHT;
    return str_eq(align, STR("center")) ? PDF_CENTER : PDF_LEFT;
}

static void read_row(struct arena *a, const struct json *list, struct pdf_row *row)
{
    row->count = json_count(list);
    struct pdf_cell *cells = arena_zalloc(a, row->count + 1, sizeof(*cells));
    for (size_t i = 0; i < row->count; i++) {
        const struct json *v = json_at(list, i);
        cells[i] = (struct pdf_cell){.text = text_of(v, "text"),
            .span = (unsigned)number_of(v, "span"),
            .label = flag_of(v, "label"),
            .align = align_of(v)};
    }
    row->cells = cells;
}

static const struct pdf_table *read_table(struct arena *a, const struct json *block)
{
    const struct json *columns = json_get(block, STR("columns")),
                      *rows = json_get(block, STR("rows"));
    struct pdf_table *t = arena_zalloc(a, 1, sizeof(*t));
    t->column_count = json_count(columns);
    t->row_count = json_count(rows);
    double *widths = arena_zalloc(a, t->column_count + 1, sizeof(*widths));
    struct pdf_row *list = arena_zalloc(a, t->row_count + 1, sizeof(*list));
    for (size_t i = 0; i < t->column_count; i++)
        widths[i] = json_real(json_at(columns, i));
    for (size_t i = 0; i < t->row_count; i++)
        read_row(a, json_at(rows, i), &list[i]);
    t->columns = widths;
    t->rows = list;
    return t;
}

static const struct pdf_check *read_checks(struct arena *a, const struct json *list, size_t *n)
{
    *n = json_count(list);
    struct pdf_check *checks = arena_zalloc(a, *n + 1, sizeof(*checks));
    for (size_t i = 0; i < *n; i++)
        checks[i] =
            (struct pdf_check){text_of(json_at(list, i), "text"), flag_of(json_at(list, i), "on")};
    return checks;
}

static const struct pdf_box *read_boxes(struct arena *a, const struct json *list, size_t *n)
{
    *n = json_count(list);
    struct pdf_box *boxes = arena_zalloc(a, *n + 1, sizeof(*boxes));
    for (size_t i = 0; i < *n; i++)
        boxes[i] =
            (struct pdf_box){text_of(json_at(list, i), "title"), text_of(json_at(list, i), "note")};
    return boxes;
}

static int read_block(struct arena *a, const struct json *v, struct pdf_block *b)
{
    str kind = text_of(v, "kind");
    size_t i = 0;
    while (i < countof(kinds) && !str_eq(kind, str_from(kinds[i].name)))
        i++;
    if (i == countof(kinds))
        return E_INVALID;
    *b = (struct pdf_block){.kind = kinds[i].kind,
        .text = text_of(v, "text"),
        .caption = text_of(v, "caption"),
        .align = align_of(v),
        .indent = flag_of(v, "indent"),
        .bold = flag_of(v, "bold"),
        .scale = number_of(v, "scale"),
        .height = number_of(v, "height")};
    if (b->kind == PDF_TABLE)
        b->table = read_table(a, v);
    else if (b->kind == PDF_CHECKS)
        b->checks = read_checks(a, json_get(v, STR("checks")), &b->count);
    else if (b->kind == PDF_BOXES)
        b->boxes = read_boxes(a, json_get(v, STR("boxes")), &b->count);
    return 0;
}

static int read_page(struct arena *a, const struct json *v, struct pdf_page *page)
{
    const struct json *list = json_get(v, STR("blocks"));
    size_t n = json_count(list);
    struct pdf_block *blocks = arena_zalloc(a, n + 1, sizeof(*blocks));
    for (size_t i = 0; i < n; i++)
        if (read_block(a, json_at(list, i), &blocks[i]))
            return E_INVALID;
    *page = (struct pdf_page){
        .blocks = blocks, .count = n, .size = number_of(v, "size"), .fit = flag_of(v, "fit")};
    return 0;
}

static int read_doc(struct arena *a, const struct json *v, struct pdf_doc *doc)
{
    const struct json *list = json_get(v, STR("pages"));
    size_t n = json_count(list);
    struct pdf_page *pages = arena_zalloc(a, n + 1, sizeof(*pages));
    for (size_t i = 0; i < n; i++)
        if (read_page(a, json_at(list, i), &pages[i]))
            return E_INVALID;
    *doc = (struct pdf_doc){.title = text_of(v, "title"),
        .author = text_of(v, "author"),
        .number = text_of(v, "number"),
        .number_label = text_of(v, "number_label"),
        .organisation = text_of(v, "organisation"),
        .form = text_of(v, "form"),
        .qr = text_of(v, "qr"),
        .version = text_of(v, "version"),
        .created = (int64_t)number_of(v, "created"),
        .pages = pages,
        .count = n};
    return 0;
}

/* On a pool thread. */
static void run(void *arg)
{
    struct making *m = arg;
    m->status = pdf_make(&m->doc, &m->out, &m->err);
}

static void done(void *arg, int status)
{
    struct making *m = arg;
    if (status)
        m->status = err_set(&m->err, status, "%s", err_text(status));
    task_wake(&m->op);
}

static int push(lua_State *L, struct op *op)
{
    const struct making *m = container_of(op, struct making, op);
    if (m->status)
        return error_raise_err(L, &m->err);
    lib_push_str(L, buf_str(&m->out));
    return 1;
}

static void cancel(struct op *op)
{
    work_cancel(op->script->opts.work, &container_of(op, struct making, op)->work);
}

static void free_making(struct op *op)
{
    struct making *m = container_of(op, struct making, op);
    arena_release(&m->arena);
    buf_release(&m->out);
    free(m);
}

/* The table at index 1, as JSON that lives in the arena. */
static int read_argument(lua_State *L, struct making *m)
{
    const struct json *root;
    struct buf *out = &host_of(L)->out;
    const char *why = "";
    buf_clear(out);
    int rc = value_to_json(L, 1, true, NULL, out, &why);
    if (!rc)
        rc = json_parse(arena_str(&m->arena, buf_str(out)), DEPTH, &m->arena, &root, &m->err);
    if (!rc)
        rc = read_doc(&m->arena, root, &m->doc);
    return rc;
}

/* pdf.make{title, author, number, number_label, organisation, form, qr, version, created, pages =
 * {{fit, size, blocks}}} -> bytes. Raises E_UNSUPPORTED with the character that no font has
 * (字体缺字), E_TOO_BIG, E_BUSY. Waits. */
static int make(lua_State *L)
{
    struct task *t = task_waiting(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    struct making *m = mem_zalloc(1, sizeof(*m));
    m->op = (struct op){.push = push, .cancel = cancel, .free = free_making};
    int rc = read_argument(L, m);
    if (!rc)
        rc = work_start(t->gen->script->opts.work, &m->work, WORK_MEDIA, run, done, m);
    if (!rc)
        return task_await(L, &m->op);
    free_making(&m->op);
    return error_raise(
        L, rc, rc == E_BUSY ? "打印的人太多，请稍后再试" : "pdf.make: the document is not right");
}

static const luaL_Reg functions[] = {
    {"make", make},
    {NULL, NULL},
};

int lib_pdf_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
