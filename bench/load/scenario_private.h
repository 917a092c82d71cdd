// SPDX-License-Identifier: Apache-2.0
// Shared by scenario.c and scenario_http.c.
#ifndef BENCH_LOAD_SCENARIO_PRIVATE_H
#define BENCH_LOAD_SCENARIO_PRIVATE_H

#include <lua.h>

#include "bench/load/scenario.h"

struct scenario {
    lua_State *lua;
    const struct scenario_opts *opts; /* while loading; then a copy */
    struct scenario_opts copy;
    char *host;
    char *origin; /* "https://host:port" */
    enum scenario_kind kind;
    int function; /* registry reference of setup or journey */
    struct plan plan;
    struct buf body; /* of the request being built: here, so that a raise loses nothing */
};

struct script {
    struct scenario *scenario;
    lua_State *thread;
    int thread_ref;
    int user_ref;
    int cookies_ref;
    struct buf bytes; /* the request that is asked for */
    struct script_step step;
    struct plan plan;
    char message[256];
};

/* The scenario of a state, the script of a coroutine (NULL in the main thread). */
struct scenario *scenario_of(lua_State *L);
struct script *script_of(lua_State *L);

/* Appends the request described by the table at idx; `cookies` is the index of the user's table or
 * 0. Raises. [-0, +0] */
void http_build(lua_State *L, int idx, int cookies, struct buf *out, struct planned *planned);
/* Pushes an answer as a table and keeps its cookies in the table at `cookies`. [-0, +1] */
void http_push_answer(lua_State *L, const struct answer *answer, int cookies);
/* Registers the globals http, sleep and check. [-0, +0] */
void http_open(lua_State *L);

#endif
