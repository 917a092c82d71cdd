// SPDX-License-Identifier: Apache-2.0
// parser: llhttp's callbacks, pausing after each thing that the caller must see.
#include "core/http/parser.h"

#include <llhttp.h>
#include <string.h>

#include "core/http/gate.h"

enum { NAME_MAX_ = 24, EXTRA_MAX = 4096 };
enum { EXT_NOTHING, EXT_TOKEN, EXT_QUOTED, EXT_ESCAPED, EXT_CLOSED };

struct state {
    llhttp_t ll;
    struct parser_head *head; /* during parser_head */
    str piece;                /* of the body, during parser_body */
    uint32_t extra;           /* bytes of chunk extensions and trailers */
    uint8_t name_n;           /* of the trailer's name; more than fits: it is a harmless one */
    char name[NAME_MAX_];
    bool in_body;
    uint8_t extension; /* where in a chunk extension's name or value */
};
_Static_assert(sizeof(struct state) <= sizeof(struct parser), "parser.h keeps too little room");

static struct state *state_of(struct parser *p)
{
    return (struct state *)(void *)p->state;
}

/* What comes after a body cannot change how the message is framed, routed, or trusted. */
static bool matters(str name)
{
    static const char *const heeded[] = {"authorization", "connection", "content-encoding",
        "content-length", "content-range", "content-type", "cookie", "expect", "forwarded", "host",
        "keep-alive", "origin", "sec-fetch-site", "te", "trailer", "transfer-encoding", "upgrade",
        "x-forwarded-for"};
    for (size_t i = 0; i < countof(heeded); i++)
        if (str_eq_nocase(name, str_from(heeded[i])))
            return true;
    return false;
}

static int on_url(llhttp_t *ll, const char *at, size_t n)
{
    struct state *s = ll->data;
    if (!s->head)
        return -1;
    if (!s->head->target.p)
        s->head->target.p = at;
    s->head->target.n += n;
    return 0;
}

static int on_field(llhttp_t *ll, const char *at, size_t n)
{
    struct state *s = ll->data;
    if (!s->in_body)
        return 0;
    s->extra += (uint32_t)n;
    for (size_t i = 0; i < n && s->name_n < NAME_MAX_; i++)
        s->name[s->name_n++] = at[i];
    return s->extra > EXTRA_MAX ? -1 : 0;
}

static int on_field_complete(llhttp_t *ll)
{
    struct state *s = ll->data;
    if (!s->in_body)
        return 0;
    bool bad = !gate_is_token(str_of(s->name, s->name_n)) || matters(str_of(s->name, s->name_n));
    s->name_n = 0;
    return bad ? -1 : 0;
}

static int on_value(llhttp_t *ll, const char *at, size_t n)
{
    struct state *s = ll->data;
    if (!s->in_body)
        return 0;
    s->extra += (uint32_t)n;
    return s->extra > EXTRA_MAX || !gate_is_value(str_of(at, n)) ? -1 : 0;
}

static int on_value_complete(llhttp_t *ll)
{
    struct state *s = ll->data;
    if (s->head)
        s->head->headers++;
    return 0;
}

/* llhttp lets extensions without a name or value pass, and quotes within a token. */
static bool extension_goes_on(struct state *s, char c)
{
    switch (s->extension) {
    case EXT_NOTHING:
        s->extension = c == '"' ? EXT_QUOTED : EXT_TOKEN;
        return c == '"' || gate_is_token(str_of(&c, 1));
    case EXT_TOKEN:
        return gate_is_token(str_of(&c, 1));
    case EXT_QUOTED:
        s->extension = c == '"' ? EXT_CLOSED : c == '\\' ? EXT_ESCAPED : EXT_QUOTED;
        return gate_is_value(str_of(&c, 1));
    case EXT_ESCAPED:
        s->extension = EXT_QUOTED;
        return gate_is_value(str_of(&c, 1));
    default:
        return false;
    }
}

static int on_extension(llhttp_t *ll, const char *at, size_t n)
{
    struct state *s = ll->data;
    s->extra += (uint32_t)n;
    for (size_t i = 0; i < n; i++)
        if (!extension_goes_on(s, at[i]))
            return -1;
    return s->extra > EXTRA_MAX ? -1 : 0;
}

static int on_extension_complete(llhttp_t *ll)
{
    struct state *s = ll->data;
    bool good = s->extension == EXT_TOKEN || s->extension == EXT_CLOSED;
    s->extension = EXT_NOTHING;
    return good ? 0 : -1;
}

static int pause(llhttp_t *ll)
{
    (void)ll;
    return HPE_PAUSED;
}

static int on_body(llhttp_t *ll, const char *at, size_t n)
{
    struct state *s = ll->data;
    s->piece = str_of(at, n);
    return HPE_PAUSED;
}

static int on_complete(llhttp_t *ll)
{
    struct state *s = ll->data;
    s->head = NULL;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_url = on_url,
    .on_header_field = on_field,
    .on_header_field_complete = on_field_complete,
    .on_header_value = on_value,
    .on_header_value_complete = on_value_complete,
    .on_chunk_extension_name = on_extension,
    .on_chunk_extension_name_complete = on_extension_complete,
    .on_chunk_extension_value = on_extension,
    .on_chunk_extension_value_complete = on_extension_complete,
    .on_headers_complete = pause,
    .on_body = on_body,
    .on_message_complete = on_complete,
};

int parser_head(struct parser *p, str head, struct parser_head *out)
{
    struct state *s = state_of(p);
    *out = (struct parser_head){0};
    *s = (struct state){.head = out};
    llhttp_init(&s->ll, HTTP_REQUEST, &settings);
    s->ll.data = s;
    llhttp_errno_t rc = llhttp_execute(&s->ll, head.p, head.n);
    const char *end = llhttp_get_error_pos(&s->ll);
    s->head = NULL;
    bool chunked = s->ll.flags & F_CHUNKED;
    if (rc != HPE_PAUSED || end != head.p + head.n || s->ll.http_major != 1)
        return E_PROTOCOL;
    if ((s->ll.flags & F_TRANSFER_ENCODING) && !chunked)
        return E_PROTOCOL; /* a coding that only we would take for chunked */
    out->method = str_from(llhttp_method_name((llhttp_method_t)s->ll.method));
    out->minor = s->ll.http_minor;
    out->length = chunked ? -1 : (int64_t)s->ll.content_length;
    s->in_body = true;
    return 0;
}

int parser_body(struct parser *p, str *in, str *piece)
{
    struct state *s = state_of(p);
    struct parser_head done = {0};
    s->ll.data = s;
    s->head = &done; /* on_complete takes it away */
    s->piece = (str){NULL, 0};
    if (llhttp_get_errno(&s->ll) == HPE_PAUSED)
        llhttp_resume(&s->ll);
    if (!in->p) /* llhttp takes the address for the start of the run of bytes it is in */
        in->p = "";
    llhttp_errno_t rc = llhttp_execute(&s->ll, in->p, in->n);
    bool complete = !s->head;
    s->head = NULL;
    *piece = s->piece;
    if (rc != HPE_OK && rc != HPE_PAUSED)
        return E_PROTOCOL;
    const char *end = rc == HPE_OK ? in->p + in->n : llhttp_get_error_pos(&s->ll);
    *in = str_of(end, (size_t)(in->p + in->n - end));
    return complete;
}
