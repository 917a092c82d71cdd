// SPDX-License-Identifier: Apache-2.0
// body: what handlers see of a body.
#include "core/http/body.h"

#include "core/http/conn.h"
#include "core/http/request_private.h"

str request_body(const struct request *r)
{
    return buf_str(&r->body.whole);
}

str request_content_type(const struct request *r)
{
    str value = request_header(r, STR("content-type"));
    str type = str_trim(str_cut(&value, ';'));
    for (size_t i = 0; i < type.n; i++) {
        char *c = (char *)(uintptr_t)type.p + i; /* of the request's own copy */
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 32);
    }
    return type;
}

int64_t request_content_length(const struct request *r)
{
    return r->body.length;
}

static int check(const struct request *r)
{
    const struct body *b = &r->body;
    if (r->conn->phase == CONN_CLOSED || r->counted || r->answer.complete)
        return E_CLOSED;
    if (!r->route || (r->route->body != BODY_STREAM && r->route->body != BODY_MULTIPART))
        return E_INVALID;
    return b->read_done || b->part_done ? E_BUSY : 0;
}

/* Bytes may be at hand; and the call must come later in any case. */
static void pull(struct request *r, void *arg)
{
    r->body.arg = arg;
    if (!r->conn->running)
        conn_continue(r->conn);
}

int body_read(struct request *r, void (*done)(void *arg, int status, str bytes), void *arg)
{
    int rc = check(r);
    if (rc)
        return rc;
    r->body.read_done = done;
    pull(r, arg);
    return 0;
}

int body_next_part(
    struct request *r, void (*done)(void *arg, int status, const struct part *part), void *arg)
{
    int rc = check(r);
    if (rc)
        return rc;
    if (r->route->body != BODY_MULTIPART)
        return E_INVALID;
    r->body.part_done = done;
    pull(r, arg);
    return 0;
}

void body_cancel(struct request *r)
{
    r->body.read_done = NULL;
    r->body.part_done = NULL;
}
