// SPDX-License-Identifier: Apache-2.0
// certhall routes: what the scripts answer, without opening the hall.
#include "core/app/command.h"

#include "core/http/router.h"
#include "core/loop/loop.h"
#include "core/loop/work.h"
#include "core/script/script.h"

static void list(const struct router *t, struct buf *out)
{
    static const char *const bodies[] = {[BODY_NONE] = "",
        [BODY_MEMORY] = "body",
        [BODY_FORM] = "form",
        [BODY_MULTIPART] = "multipart",
        [BODY_STREAM] = "stream"};
    for (size_t i = 0; t && i < router_count(t); i++) {
        const struct route *r = router_at(t, i);
        buf_printf(out, "%-7.*s %-40.*s %-10s%s%s%s%s\n", STR_ARG(http_method_name(r->method)),
            STR_ARG(r->pattern), bodies[r->body], r->flags & ROUTE_STAFF ? " staff" : "",
            r->flags & ROUTE_API ? " api" : "", r->flags & ROUTE_WEBHOOK ? " webhook" : "",
            r->flags & ROUTE_EVENTS ? " events" : "");
    }
}

static void closed(void *arg)
{
    loop_stop(arg);
}

static int run(struct cli *cli)
{
    struct err err = {0};
    struct buf out = {0}, config = {0};
    struct script *script;
    struct loop *loop = loop_new();
    struct work *work = work_new(loop);
    options_write_json(
        &cli->options, str_from(options_text(&cli->options, OPT_PUBLIC_URL)), &config);
    const struct script_opts opts = {.dir = options_text(&cli->options, OPT_SCRIPTS),
        .loop = loop,
        .work = work,
        .config_json = buf_str(&config)};
    int rc = script_open(&script, &opts, &err);
    if (!rc) {
        list(script_routes(script)->live, &out);
        script_close(script, closed, loop);
        loop_run(loop);
    }
    work_free(work);
    loop_free(loop);
    int code = rc ? cli_fail(&err) : cli_print(&out);
    buf_release(&config);
    buf_release(&out);
    return code;
}

const struct command cmd_routes = {
    "routes", "", 0, 0, false, "Lists what the scripts answer.", run};
