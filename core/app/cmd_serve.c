// SPDX-License-Identifier: Apache-2.0
// certhall serve: opens the hall and stays until it is told to stop.
#include "core/app/command.h"
#include "core/app/server.h"

static int run(struct cli *cli)
{
    struct server server;
    struct err err = {0};
    if (server_open(&server, &cli->options, &err))
        return cli_fail(&err);
    server_run(&server);
    return EXIT_OK;
}

const struct command cmd_serve = {
    "serve", "", 0, 0, false, "Opens the hall; SIGTERM drains, SIGHUP reloads.", run};
