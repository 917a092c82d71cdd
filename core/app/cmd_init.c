// SPDX-License-Identifier: Apache-2.0
// certhall init: makes the data directory and the seal key; touches nothing that exists.
#include "core/app/command.h"
#include "core/app/start.h"

static int make(const struct options *o, struct buf *out, struct err *err)
{
    const char *data = options_text(o, OPT_DATA), *key = options_text(o, OPT_SEAL_KEY_FILE);
    struct start_user u;
    int rc = start_find_user(o, &u, err);
    if (!rc)
        rc = start_make_data(data, u.uid, u.gid, err);
    if (!rc)
        rc = start_check_data(data, u.uid, err);
    if (rc)
        return rc;
    buf_printf(out, "data directory  %s\n", data);
    rc = start_make_key(key, err);
    if (rc && rc != E_EXISTS)
        return rc;
    buf_printf(out, "seal key        %s%s\n", key, rc ? " (was there already)" : "");
    buf_append(out, STR("\nKeep a copy of the seal key apart from the backups: without it the data "
                        "cannot be read "
                        "by anyone.\nNext: certhall check, then certhall serve\n"));
    return 0;
}

static int run(struct cli *cli)
{
    struct buf out = {0};
    struct err err = {0};
    int code = make(&cli->options, &out, &err) ? cli_fail(&err) : cli_print(&out);
    buf_release(&out);
    return code;
}

const struct command cmd_init = {
    "init", "", 0, 0, false, "Makes the data directory and the seal key.", run};
