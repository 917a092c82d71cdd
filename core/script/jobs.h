// SPDX-License-Identifier: Apache-2.0
// jobs: handlers declared with job.on, run as tasks: for outbox rows and tests.
#ifndef CORE_SCRIPT_JOBS_H
#define CORE_SCRIPT_JOBS_H

#include "core/base/base.h"

struct failure;
struct script;

/* The handler's second argument. */
struct jobs_info {
    str id;
    str last_error;
    int64_t attempts;
};

/* The handler's end: failure is NULL on success. */
typedef void jobs_ended(void *arg, const struct failure *failure);

/* Runs a handler of the live generation with the decoded arguments; info may be NULL. `ended` is
 * called once, maybe before this returns. E_NOT_FOUND without such a handler, E_BUSY over the
 * number of tasks. */
must_use int jobs_start(struct script *s, str name, str args_json, const struct jobs_info *info,
    jobs_ended *ended, void *arg);
/* As jobs_start, for handlers that return a text: answer is valid during the call, and empty when
 * there is a failure. */
typedef void jobs_answered(void *arg, str answer, const struct failure *failure);
must_use int jobs_ask(
    struct script *s, str name, str args_json, jobs_answered *answered, void *arg);
/* The name of a handler of the live generation, in order of declaration. NULL after the last. */
const str *jobs_name(const struct script *s, size_t index);

#endif
