// SPDX-License-Identifier: Apache-2.0
// admin_bundle: what certhall bundle asks of the running hall: a job of the scripts answers.
// Whoever asks shows a key that stands in the data directory, readable for its owner alone.
#define _GNU_SOURCE
#include "core/app/admin_bundle.h"

#include <limits.h>
#include <stdio.h>

#include "core/app/admin_job.h"
#include "core/app/server.h"
#include "core/base/log.h"
#include "core/crypto/token.h"
#include "core/loop/file.h"
#include "core/script/task.h"

int admin_key_path(const struct options *o, char *out, size_t size)
{
    int n = snprintf(out, size, "%s/admin.key", options_text(o, OPT_DATA));
    return n > 0 && (size_t)n < size ? 0 : E_TOO_BIG;
}

void admin_key_write(struct server *s)
{
    char path[PATH_MAX];
    struct err err = {0};
    struct buf key = {0};
    token_id(&key);
    snprintf(s->admin_key, sizeof(s->admin_key), "%.*s", STR_ARG(buf_str(&key)));
    int rc = admin_key_path(s->options, path, sizeof(path));
    if (rc || file_write(path, buf_str(&key), 0600, &err))
        log_warn("certhall bundle cannot ask this server", LOG_STR("why", str_from(err.message)));
    buf_release(&key);
}

static void answer(struct request *r, str text, const struct failure *f)
{
    if (f) {
        int status = f->meant ? http_status_of(f->code) : 500;
        response_error_status(r, status, f->message, STR(""), 0);
        return;
    }
    response_type(r, STR("text/plain; charset=utf-8"));
    response_send(r, text);
}

/* In a time that tells nothing about where they differ. */
static bool is_same(str a, str b)
{
    unsigned differs = a.n != b.n;
    for (size_t i = 0; i < a.n && i < b.n; i++)
        differs |= (unsigned)(a.p[i] ^ b.p[i]);
    return !differs;
}

static bool may_ask(const struct server *s, struct request *r)
{
    str shown = request_header(r, STR("X-Certhall-Key"));
    return s->admin_key[0] && is_same(shown, str_from(s->admin_key));
}

void admin_serve_bundle(struct request *r, void *data)
{
    struct server *s = data;
    if (!may_ask(s, r)) {
        response_error_status(r, 403, STR("the key of the data directory is missing"), STR(""), 0);
        return;
    }
    admin_job(s, r, STR("rules.command"), request_body(r), answer);
}
