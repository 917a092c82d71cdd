// SPDX-License-Identifier: Apache-2.0
// certhall help: what can be asked, on one screen.
#include "core/app/command.h"

#include <string.h>

static const char head[] = "Certhall (证书大厅), the service hall of a certification authority\n\n"
                           "usage: certhall <command> [options]\n\n";
static const char tail[] =
    "\nOptions are set in config.lua (--config FILE), as CERTHALL_NAME, or as --name VALUE;\n"
    "the later wins. Most wanted: --data DIR  --http ADDRESS  --https ADDRESS  --watch\n"
    "All of them: certhall help options\n"
    "Exit codes: 0 done, 1 failed, 2 wrong command line or configuration\n";

static int run(struct cli *cli)
{
    struct buf out = {0};
    if (cli->argc == 1 && strcmp(cli->argv[0], "options") != 0)
        return cli_usage(cli, "help knows only the topic options");
    if (cli->argc == 1) {
        options_write_help(&out);
    } else {
        buf_append(&out, str_from(head));
        for (const struct command *const *c = command_list(); *c; c++) {
            struct buf name = {0};
            buf_printf(&name, "%s %s", (*c)->name, (*c)->arguments);
            buf_printf(&out, "  %-36.*s %s\n", STR_ARG(buf_str(&name)), (*c)->text);
            buf_release(&name);
        }
        buf_append(&out, str_from(tail));
    }
    int code = cli_print(&out);
    buf_release(&out);
    return code;
}

const struct command cmd_help = {
    "help", "[options]", 0, 1, true, "Says what can be asked; with options: every option.", run};
