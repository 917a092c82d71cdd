// SPDX-License-Identifier: Apache-2.0
// certhall version: the release and what it was built from.
#include "core/app/command.h"

#include "core/app/version.h"

static int run(struct cli *cli)
{
    (void)cli;
    struct buf out = {0};
    buf_printf(&out, "certhall %s (%s build, %s)\n", CERTHALL_VERSION, CERTHALL_BUILD, __VERSION__);
    int code = cli_print(&out);
    buf_release(&out);
    return code;
}

const struct command cmd_version = {
    "version", "", 0, 0, true, "Prints the release and how it was built.", run};
