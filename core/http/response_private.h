// SPDX-License-Identifier: Apache-2.0
// response_private: what setting and writing the head of an answer share.
#ifndef CORE_HTTP_RESPONSE_PRIVATE_H
#define CORE_HTTP_RESPONSE_PRIVATE_H

#include "core/base/buf.h"
#include "core/http/request.h"

/* The bit of a standard header of that name, or 0. */
unsigned response_standard_bit(str name);
/* The standard headers as lines; those of `left_out` are not written. The policy is none of them.
 */
void response_standard_write(struct buf *out, unsigned left_out, bool https);
enum { RESPONSE_POLICY = 1, RESPONSE_CACHE = 2 };

/* The policy of pages when the options name none. */
extern const char response_default_policy[];
/* The policy of what is no page: nothing may load, run or frame. */
extern const char response_locked_policy[];

/* "HTTP/1.1 404 Not Found\r\n". */
void response_status_line(struct buf *out, int status);
/* Whether the connection must end with this answer. A body that is still on its way decides: a
 * little of it is thrown away, more is not worth it, and a client that waits for 100 may send it or
 * not. */
bool response_must_close(const struct request *r, bool streamed);
/* One of the core's own headers, which nobody else may write. */
bool response_is_ours(str name);

#endif
