// SPDX-License-Identifier: Apache-2.0
// certhall serve: opens the hall and stays until it is told to stop.
#include <malloc.h>

#include "core/app/command.h"
#include "core/app/server.h"

enum { MMAP_FROM = 128 << 10 };

static int run(struct cli *cli)
{
    struct server server;
    struct err err = {0};
    /* Unless it is told, glibc raises this bound itself when large blocks are freed; then they
     * stand between small ones, and what published rules and old scripts have left is not given
     * back. */
    mallopt(M_MMAP_THRESHOLD, MMAP_FROM);
    if (server_open(&server, &cli->options, &err))
        return cli_fail(&err);
    server_run(&server);
    return EXIT_OK;
}

const struct command cmd_serve = {
    "serve", "", 0, 0, false, "Opens the hall; SIGTERM drains, SIGHUP reloads.", run};
