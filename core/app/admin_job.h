// SPDX-License-Identifier: Apache-2.0
// admin_job: an admin request that a job of the scripts answers.
#ifndef CORE_APP_ADMIN_JOB_H
#define CORE_APP_ADMIN_JOB_H

#include "core/base/str.h"

struct failure;
struct request;
struct server;

/* Answers r with what the job gave, text being empty when it failed. */
typedef void admin_job_answer(struct request *r, str text, const struct failure *failure);

/* Runs the job and answers once it has ended; whoever has gone by then is not answered, and the job
 * runs on. 503 when the scripts cannot run it now. */
void admin_job(struct server *s, struct request *r, str name, str args, admin_job_answer *answer);

#endif
