// SPDX-License-Identifier: Apache-2.0
// target: what is written in a request-target, a form body or a cookie header, decoded once and
// strictly.
//
// Pure. Results live in the arena or are borrowed from the text.
#ifndef CORE_HTTP_TARGET_H
#define CORE_HTTP_TARGET_H

#include "core/http/request.h"

enum { TARGET_PAIRS_MAX = 1000 };

/* Behind this stands a question to the OCSP responder in base64, whose slashes may come escaped. */
#define TARGET_OCSP "/ca/ocsp/"

/* Decodes the path of an origin-form target and drops one slash at its end. E_PARSE: broken
 * escapes, not UTF-8, control characters, backslashes, escaped slashes, dot or empty segments.
 * Slashes behind TARGET_OCSP, escaped or not, come as '_': it is one segment. */
must_use int target_path(str raw, struct arena *a, str *path);
/* Decodes "a=1&b=%20" in its order; '+' is a space. E_PARSE for broken escapes and what is not
 * UTF-8 or holds a NUL, E_TOO_BIG over TARGET_PAIRS_MAX. */
must_use int target_pairs(str text, struct arena *a, const struct pair **pairs, size_t *count);
/* The first pair of that name: 0, 1 if there is none, E_INVALID if there are several. */
must_use int target_pair_get(const struct pair *pairs, size_t count, str name, str *value);
/* Counts the cookies of that name in one Cookie header; *value is the first one's. */
size_t target_cookie(str header, str name, str *value);

#endif
