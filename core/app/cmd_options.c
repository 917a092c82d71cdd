// SPDX-License-Identifier: Apache-2.0
// certhall options: the option table, also as the document docs/options.md.
#include "core/app/command.h"

#include <string.h>

static int run(struct cli *cli)
{
    struct buf out = {0};
    if (cli->argc == 1 && strcmp(cli->argv[0], "--markdown") != 0)
        return cli_usage(cli, "options knows only --markdown");
    if (cli->argc == 1)
        options_write_markdown(&out);
    else
        options_write_help(&out);
    int code = cli_print(&out);
    buf_release(&out);
    return code;
}

const struct command cmd_options = {"options", "[--markdown]", 0, 1, true,
    "Lists every option, as text or as docs/options.md.", run};
