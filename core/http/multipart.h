// SPDX-License-Identifier: Apache-2.0
// multipart: a streaming parser of multipart/form-data (RFC 7578), strict where RFC 2046 is
// generous: no preamble, no epilogue, no padding, no transfer encodings.
//
// Pure: bytes in, events out. Holds only the header of the current part.
#ifndef CORE_HTTP_MULTIPART_H
#define CORE_HTTP_MULTIPART_H

#include "core/base/base.h"

enum { MULTIPART_BOUNDARY = 70, MULTIPART_HEAD = 4096 };

/* A fixed size. Fields are private, but for the part's, which are valid from MULTIPART_PART to the
 * next one. */
struct multipart {
    str name;
    str filename;
    str content_type; /* lower case, without parameters; empty if none was named */
    bool is_file;     /* a file name was given, perhaps an empty one */
    uint8_t state;
    uint8_t mark_n; /* of the delimiter below */
    uint8_t seen;   /* bytes of it that have matched */
    uint16_t head_n;
    char mark[4 + MULTIPART_BOUNDARY]; /* CR LF - - boundary */
    char head[MULTIPART_HEAD];
};

enum multipart_event {
    MULTIPART_MORE,     /* the input is used up */
    MULTIPART_PART,     /* a part begins */
    MULTIPART_DATA,     /* bytes of it */
    MULTIPART_PART_END, /* it is complete */
    MULTIPART_END       /* the body is complete */
};

/* Reads the boundary of a Content-Type value; E_PARSE when it is not multipart/form-data with a
 * good one. */
must_use int multipart_init(struct multipart *m, str content_type);
/* The next event, or E_PARSE, E_TOO_BIG (a part's header). Takes what it used from *in; *bytes is
 * borrowed from it or from m, until the next call. */
must_use int multipart_next(struct multipart *m, str *in, str *bytes);

/* The next "; name=value" of a header's parameters: 0, 1 at the end, E_PARSE. *value is still
 * escaped when it stood in quotes. */
must_use int multipart_param(str *rest, str *name, str *value, bool *quoted);

#endif
