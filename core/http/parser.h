// SPDX-License-Identifier: Apache-2.0
// parser: llhttp, with every lenient flag off: a second opinion on heads, and the framing of
// bodies. The only part that sees llhttp.h.
#ifndef CORE_HTTP_PARSER_H
#define CORE_HTTP_PARSER_H

#include "core/base/base.h"

/* Fields are private. May be copied between calls. */
struct parser {
    _Alignas(void *) unsigned char state[256];
};

/* What llhttp read in a head. */
struct parser_head {
    str method;
    str target;
    int minor;
    unsigned headers;
    int64_t length; /* of the body; 0 if there is none, -1 when chunked */
};

/* Parses one complete head, no byte more or less; E_PROTOCOL when llhttp sees it otherwise. */
must_use int parser_head(struct parser *p, str head, struct parser_head *out);
/* Takes bytes of the body that follows from *in. 0: *piece is what they carry, borrowed from *in,
 * or empty when *in is used up; 1: the body is complete, the rest of *in belongs to what follows;
 * E_PROTOCOL: broken chunks, or a trailer that we would have to heed. */
must_use int parser_body(struct parser *p, str *in, str *piece);

#endif
