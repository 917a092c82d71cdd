// SPDX-License-Identifier: Apache-2.0
// certhall ready: asks the admin listener whether the server is ready, for scripts and containers.
#include "core/app/command.h"

static int run(struct cli *cli)
{
    struct buf answer = {0}, out = {0};
    struct err err = {0};
    if (!options_is_on(&cli->options, OPT_ADMIN))
        return cli_usage(cli, "the admin listener is off");
    str body,
        question = STR("GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    int rc = cli_ask_admin(&cli->options, question, &answer, &err);
    bool ready = cli_answer_status(buf_str(&answer), &body) == 200;
    buf_append(&out, body);
    int code = rc ? cli_fail(&err) : cli_print(&out);
    buf_release(&answer);
    buf_release(&out);
    return code ? code : (ready ? EXIT_OK : EXIT_FAILED);
}

const struct command cmd_ready = {
    "ready", "", 0, 0, false, "Asks the running server whether it is ready.", run};
