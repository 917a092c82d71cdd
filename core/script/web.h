// SPDX-License-Identifier: Apache-2.0
// web: requests of core/http as values of scripts. A request value is good until its answer is
// given or its client has gone; after that every use raises E_CLOSED.
#ifndef CORE_SCRIPT_WEB_H
#define CORE_SCRIPT_WEB_H

#include <lua.h>

#include "core/http/response.h"

struct task;

/* The userdata; kept alive until its task has ended. */
struct web_request {
    struct request *request; /* NULL: over */
    struct task *task;
};

/* Creates the type. [-0, +0] */
void web_open(lua_State *L);
/* The request at stack index 1; raises when it is over. */
struct request *web_check(lua_State *L);
/* As web_check, before giving the answer; raises inside a transaction body too. */
struct request *web_answer(lua_State *L);
/* Forgets the request at index 1. Call it just before the sending function of response.h. */
void web_answered(lua_State *L);
/* Starts the task of a request; data is its route_def. */
void web_handle(struct request *r, void *data);
/* The table of methods. [-0, +1] */
void web_push_methods(lua_State *L);
/* Add the methods that answer, take files and send files to the table on top. [-0, +0] */
void web_add_answers(lua_State *L);
void web_add_uploads(lua_State *L);
void web_add_parts(lua_State *L);
void web_add_blobs(lua_State *L);

#endif
