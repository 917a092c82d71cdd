// SPDX-License-Identifier: Apache-2.0
// admin_staff: the first administrators of a hall in production, asked for by certhall staff.
#include <stdlib.h>

#include "core/app/server.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/crypto/token.h"
#include "core/script/jobs.h"
#include "core/script/task.h"

/* Shared by the job and the request, either of which may end first. */
struct adding {
    struct request *request; /* NULL: nobody waits any more */
    int users;
};

static void leave(struct adding *a)
{
    if (!--a->users)
        free(a);
}

static void gone(void *arg)
{
    struct adding *a = arg;
    a->request = NULL;
    leave(a);
}

static void answer(struct request *r, const struct failure *failure)
{
    if (!failure) {
        log_warn("an administrator was added by the operator");
        response_status(r, 204);
        response_send_empty(r);
        return;
    }
    response_status(r, failure->meant ? 422 : 500);
    response_type(r, STR("text/plain; charset=utf-8"));
    response_send(r, failure->meant ? failure->message : STR("the log says why it failed"));
}

static void ended(void *arg, const struct failure *failure)
{
    struct adding *a = arg;
    if (failure)
        log_warn("no administrator was added", LOG_TEXT("why", failure->message));
    if (a->request)
        answer(a->request, failure);
    leave(a);
}

static void add(struct server *s, struct request *r, str args)
{
    struct adding *a = mem_zalloc(1, sizeof(*a));
    a->request = r;
    a->users = 2;
    arena_defer(request_arena(r), gone, a);
    int rc = jobs_start(s->script, STR("staff.add"), args, NULL, ended, a);
    if (!rc)
        return;
    response_error_status(r, 503, STR("the scripts cannot add staff now"), STR(""), 5);
    leave(a);
}

void admin_add_staff(struct request *r, void *data)
{
    struct server *s = data;
    struct buf args = {0};
    str key = str_of(s->admin_secret, sizeof(s->admin_secret));
    if (token_verify(key, STR("staff.add"), request_body(r), clock_wall_ms(), &args))
        response_error_status(r, 403, STR("this is not signed with the seal key"), STR(""), 0);
    else
        add(s, r, buf_str(&args));
    if (args.p)
        mem_wipe(args.p, args.cap);
    buf_release(&args);
}
