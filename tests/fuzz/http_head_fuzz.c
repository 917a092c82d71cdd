// SPDX-License-Identifier: Apache-2.0
// A head and its body: read whole and cut in two, the gate says the same; what it lets pass, llhttp
// reads the same or refuses; a chunked body decodes the same whole and in steps.
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/http/gate.h"
#include "core/http/parser.h"
#include "core/http/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT = 2048 };

static int read_cut(struct gate *g, str head, size_t cut)
{
    gate_init(g);
    int rc = gate_feed(g, str_slice(head, 0, cut), LIMIT);
    return rc == GATE_MORE ? gate_feed(g, head, LIMIT) : rc;
}

/* The verdict over a body given in steps: 1 complete, 0 not yet, or an error. */
static int decode(const struct parser *begun, str rest, size_t step, struct buf *body, size_t *left)
{
    struct parser p = *begun;
    str piece;
    int rc = 0;
    while (rest.n && !rc) {
        str in = str_slice(rest, 0, step);
        size_t given = in.n;
        do {
            rc = parser_body(&p, &in, &piece);
            buf_append(body, piece);
        } while (!rc && piece.n);
        if (!rc && in.n)
            abort();
        rest = str_slice(rest, given - in.n, rest.n);
    }
    *left = rest.n;
    return rc;
}

static void check_body(const struct parser *p, str rest, size_t step)
{
    struct buf whole = {0}, parts = {0};
    size_t left_whole, left_parts;
    int a = decode(p, rest, rest.n, &whole, &left_whole);
    int b = decode(p, rest, step, &parts, &left_parts);
    if (a != b || (a == 1 && left_whole != left_parts) ||
        (a >= 0 && !str_eq(buf_str(&whole), buf_str(&parts))))
        abort();
    buf_release(&whole);
    buf_release(&parts);
}

static void check_head(const struct gate *g, str head, str rest, size_t step)
{
    struct gate_framing f;
    struct parser p;
    struct parser_head seen;
    if (gate_judge(g, head.p, &f) || parser_head(&p, head, &seen))
        return;
    if (seen.minor != g->minor || seen.headers != g->count || seen.length != f.length ||
        !str_eq(seen.target, gate_str(head.p, g->target)) ||
        !str_eq(seen.method, http_method_name((enum http_method)g->method)))
        abort();
    if (f.length)
        check_body(&p, rest, step);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gate whole, cut;
    if (size < 2)
        return 0;
    size_t step = (size_t)data[0] + 1;
    str text = str_of(data + 1, size - 1);
    gate_init(&whole);
    int rc = gate_feed(&whole, text, LIMIT);
    if (read_cut(&cut, text, step) != rc || (rc == GATE_DONE && cut.at != whole.at))
        abort();
    if (rc == GATE_DONE)
        check_head(&whole, str_slice(text, 0, whole.at), str_slice(text, whole.at, text.n), step);
    return 0;
}
