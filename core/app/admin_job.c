// SPDX-License-Identifier: Apache-2.0
// admin_job: holds a request while its job runs.
#include "core/app/admin_job.h"

#include <stdlib.h>

#include "core/app/server.h"
#include "core/base/log.h"
#include "core/script/jobs.h"
#include "core/script/task.h"

/* Lives until the job has ended. */
struct question {
    struct request *request; /* NULL: whoever asked has gone */
    admin_job_answer *answer;
};

static void gone(void *arg)
{
    struct question *q = arg;
    q->request = NULL;
}

static void answered(void *arg, str text, const struct failure *failure)
{
    struct question *q = arg;
    if (failure)
        log_warn("an operator's command failed", LOG_TEXT("why", failure->message));
    if (q->request) {
        request_on_gone(q->request, NULL, NULL);
        q->answer(q->request, text, failure);
    }
    free(q);
}

void admin_job(struct server *s, struct request *r, str name, str args, admin_job_answer *answer)
{
    struct question *q = mem_zalloc(1, sizeof(*q));
    q->request = r;
    q->answer = answer;
    request_on_gone(r, gone, q);
    if (!jobs_ask(s->script, name, args, answered, q))
        return;
    request_on_gone(r, NULL, NULL);
    free(q);
    response_error_status(r, 503, STR("the scripts cannot answer this now"), STR(""), 5);
}
