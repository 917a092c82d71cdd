// SPDX-License-Identifier: Apache-2.0
// assets_private: a static file, for who answers with it.
#ifndef CORE_HTTP_ASSETS_PRIVATE_H
#define CORE_HTTP_ASSETS_PRIVATE_H

#include "core/http/assets.h"

struct request;

/* One encoding of a file. */
struct asset_form {
    str bytes; /* NULL: there is none */
    str etag;  /* with its quotes */
    str head;  /* all lines behind Date and Connection of a 200 */
};

struct asset {
    struct asset *next; /* of one hash */
    struct assets *owner;
    str path; /* "/assets/app.css" */
    str type;
    str modified; /* as in Last-Modified */
    str cache;    /* Cache-Control */
    int64_t modified_s;
    struct asset_form plain, gzip;
};

/* NULL if there is none. */
const struct asset *assets_find(const struct assets *a, str path);
/* While an answer reads the bytes. */
void assets_hold(struct assets *a);
void assets_drop(struct assets *a);

/* assets_answer.c: answers a GET or HEAD request. */
void assets_answer(const struct asset *a, struct request *r);

/* What of "bytes=…" is asked for: 0 with from and to (exclusive), 1: all of it, E_INVALID: nothing
 * that there is. */
must_use int assets_range(str range, uint64_t size, uint64_t *from, uint64_t *to);
/* Whether an If-None-Match list names the tag, by weak comparison. */
bool assets_tag_matches(str list, str etag);

#endif
