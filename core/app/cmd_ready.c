// SPDX-License-Identifier: Apache-2.0
// certhall ready: asks the admin listener whether the server is ready, for scripts and containers.
#include "core/app/admin_ask.h"
#include "core/app/command.h"

enum { ANSWER_LIMIT = 16384, SECONDS = 5 };

static int run(struct cli *cli)
{
    const struct admin_question q = {
        .method = STR("GET"), .path = STR("/readyz"), .seconds = SECONDS, .limit = ANSWER_LIMIT};
    struct buf answer = {0};
    struct err err = {0};
    int status = 0;
    if (!options_is_on(&cli->options, OPT_ADMIN))
        return cli_usage(cli, "the admin listener is off");
    int rc = admin_ask(&cli->options, &q, &status, &answer, &err);
    int code = rc ? cli_fail(&err) : cli_print(&answer);
    buf_release(&answer);
    return code ? code : (status == 200 ? EXIT_OK : EXIT_FAILED);
}

const struct command cmd_ready = {
    "ready", "", 0, 0, false, "Asks the running server whether it is ready.", run};
