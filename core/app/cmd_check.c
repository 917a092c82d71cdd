// SPDX-License-Identifier: Apache-2.0
// certhall check: what is in force and whether the server could start with it; changes nothing.
#include "core/app/command.h"

#include <stdio.h>

#include "core/app/start.h"
#include "core/script/script.h"

static int check_scripts(const struct options *o, struct err *err)
{
    struct buf json = {0};
    int rc = script_schema(options_text(o, OPT_SCRIPTS), &json, err);
    buf_release(&json);
    return rc ? rc : cli_load_scripts(o, NULL, NULL, err);
}

static int check_key(const struct options *o, struct err *err)
{
    uint8_t key[START_KEY_SIZE];
    int rc = start_read_key(options_text(o, OPT_SEAL_KEY_FILE), key, err);
    mem_wipe(key, sizeof(key));
    return rc;
}

static int check_data(const struct options *o, struct err *err)
{
    struct start_user u;
    int rc = start_find_user(o, &u, err);
    return rc ? rc : start_check_data(options_text(o, OPT_DATA), u.uid, err);
}

static const struct {
    const char *name;
    int (*run)(const struct options *o, struct err *err);
} checks[] = {{"scripts", check_scripts}, {"seal key", check_key}, {"data", check_data}};

static int run(struct cli *cli)
{
    struct buf out = {0};
    if (cli->options.config_file)
        buf_printf(&out, "configuration file %s\n\n", cli->options.config_file);
    options_write_values(&cli->options, &out);
    buf_append_byte(&out, '\n');
    int code = EXIT_OK;
    for (size_t i = 0; i < countof(checks); i++) {
        struct err err = {0};
        int rc = checks[i].run(&cli->options, &err);
        bool later = rc == E_NOT_FOUND && options_is_try(&cli->options) && i > 0;
        buf_printf(&out, "%-10s %s%s%s\n", checks[i].name,
            !rc ? "ok" : (later ? "not there yet; the first start makes it" : err.message),
            rc && !later && err.where[0] ? " at " : "", rc && !later ? err.where : "");
        if (rc && !later)
            code = EXIT_FAILED;
    }
    int printed = cli_print(&out);
    buf_release(&out);
    return printed ? printed : code;
}

const struct command cmd_check = {"check", "", 0, 0, false,
    "Prints the options in force with their source, and what stands in the way of a start.", run};
