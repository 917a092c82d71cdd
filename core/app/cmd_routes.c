// SPDX-License-Identifier: Apache-2.0
// certhall routes: what the scripts answer, without opening the hall.
#include "core/app/command.h"

#include "core/http/router.h"
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
        buf_printf(out, "%-7.*s %-40.*s %-10s%s%s%s%s%s\n", STR_ARG(http_method_name(r->method)),
            STR_ARG(r->pattern), bodies[r->body], r->flags & ROUTE_STAFF ? " staff" : "",
            r->flags & ROUTE_API ? " api" : "", r->flags & ROUTE_WEBHOOK ? " webhook" : "",
            r->flags & ROUTE_EVENTS ? " events" : "", r->flags & ROUTE_PLAIN ? " plain" : "");
    }
}

static void list_live(struct script *s, struct buf *out)
{
    list(script_routes(s)->live, out);
}

static int run(struct cli *cli)
{
    struct err err = {0};
    struct buf out = {0};
    int rc = cli_load_scripts(&cli->options, list_live, &out, &err);
    int code = rc ? cli_fail(&err) : cli_print(&out);
    buf_release(&out);
    return code;
}

const struct command cmd_routes = {
    "routes", "", 0, 0, false, "Lists what the scripts answer.", run};
