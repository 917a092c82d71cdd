// SPDX-License-Identifier: Apache-2.0
// blob_send: a sealed blob as the streamed answer to a request: unsealed chunk by chunk on the pool
// while the client takes them. Knows no Lua.
#ifndef CORE_SCRIPT_BLOB_SEND_H
#define CORE_SCRIPT_BLOB_SEND_H

#include "core/http/response.h"
#include "core/loop/work.h"

struct blob_send;
struct script;

/* Opens the blob on the pool; calls opened(arg, status) once, later: 0, E_NOT_FOUND, E_CORRUPT,
 * E_IO. Name and key are copied. */
must_use int blob_send_open(struct blob_send **out, struct script *s, str name, str data_key,
    void (*opened)(void *arg, int status), void *arg);
/* Sends it with the status and headers set so far; takes the sender, which frees itself. */
void blob_send_start(struct blob_send *b, struct request *r);
/* Instead of starting; after `opened`. NULL is fine. */
void blob_send_free(struct blob_send *b);

#endif
