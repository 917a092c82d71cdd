// SPDX-License-Identifier: Apache-2.0
// admin_staff: the first administrators of a hall in production, asked for by certhall staff.
#include "core/app/admin_job.h"
#include "core/app/server.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/crypto/token.h"
#include "core/script/task.h"

static void answer(struct request *r, str text, const struct failure *failure)
{
    (void)text;
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

void admin_add_staff(struct request *r, void *data)
{
    struct server *s = data;
    struct buf args = {0};
    str key = str_of(s->admin_secret, sizeof(s->admin_secret));
    if (token_verify(key, STR("staff.add"), request_body(r), clock_wall_ms(), &args))
        response_error_status(r, 403, STR("this is not signed with the seal key"), STR(""), 0);
    else
        admin_job(s, r, STR("staff.add"), buf_str(&args), answer);
    if (args.p)
        mem_wipe(args.p, args.cap);
    buf_release(&args);
}
