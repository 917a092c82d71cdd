// SPDX-License-Identifier: Apache-2.0
// scenario: what virtual users do, as a Lua file (bench/README.md says how to write one). Makes
// requests as bytes and takes answers; knows neither sockets nor time.
//
// The file returns one of
//   { requests = { request, … } }      each user repeats the list
//   { setup = function(user) … return { request, … } end }     each user makes its own list first
//   { journey = function(user) … end } each user runs it again and again
#ifndef BENCH_LOAD_SCENARIO_H
#define BENCH_LOAD_SCENARIO_H

#include "core/base/buf.h"

/* One request, ready to be sent. */
struct planned {
    str bytes;
    bool no_body; /* the answer has no body: HEAD */
    int expect;   /* the status that is right; 0: any below 400 */
};

/* A list of requests that a user repeats. Zero-initialised is empty. */
struct plan {
    struct planned *requests;
    size_t count;
};
void plan_release(struct plan *p);

enum scenario_kind { SCENARIO_REQUESTS, SCENARIO_SETUP, SCENARIO_JOURNEY };

struct scenario;

struct scenario_opts {
    const char *file;
    const char *host;         /* for the Host header, with port */
    bool tls;                 /* the origin is https */
    bool close;               /* every request says Connection: close */
    const char *const *words; /* NAME=VALUE, become the table `args`; NULL-ended; may be NULL */
};

/* E_SCRIPT with Lua's message; E_NOT_FOUND. */
must_use int scenario_open(
    struct scenario **out, const struct scenario_opts *opts, struct err *err);
/* Scripts must be freed before. NULL is fine. */
void scenario_close(struct scenario *s);
enum scenario_kind scenario_kind(const struct scenario *s);
/* The list of SCENARIO_REQUESTS; lives as long as the scenario. */
const struct plan *scenario_plan(const struct scenario *s);

/* One user's setup or journey. */
struct script;
/* `id` counts from 1. */
struct script *script_new(struct scenario *s, unsigned id);
void script_free(struct script *s);

struct answer {
    int status;
    str head;
    str body;
};

enum script_want {
    SCRIPT_REQUEST, /* send step.request, then go on with its answer */
    SCRIPT_SLEEP,   /* go on without an answer after step.sleep_ms */
    SCRIPT_DONE,    /* it returned; a setup's list is in script_plan */
    SCRIPT_FAILED   /* it raised: step.message */
};

/* Valid until the script goes on. */
struct script_step {
    enum script_want want;
    struct planned request;
    unsigned sleep_ms;
    const char *message;
};

/* Starts the function anew, or goes on with an answer (NULL after a sleep). */
void script_start(struct script *s, struct script_step *step);
void script_go_on(struct script *s, const struct answer *answer, struct script_step *step);
/* The list that setup returned; lives as long as the script. */
const struct plan *script_plan(const struct script *s);

#endif
