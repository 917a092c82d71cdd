// SPDX-License-Identifier: Apache-2.0
// command: finding and running one, and how it talks to a person.
#include "core/app/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/app/start.h"

static const struct command *const commands[] = {
    &cmd_serve,
    &cmd_init,
    &cmd_check,
    &cmd_check_bundle,
    &cmd_routes,
    &cmd_store,
    &cmd_audit,
    &cmd_backup,
    &cmd_restore,
    &cmd_seed,
    &cmd_staff,
    &cmd_reload,
    &cmd_bundle,
    &cmd_ready,
    &cmd_options,
    &cmd_version,
    &cmd_help,
    NULL,
};

const struct command *const *command_list(void)
{
    return commands;
}

int cli_print(const struct buf *text)
{
    size_t n = fwrite(text->p ? text->p : "", 1, text->n, stdout);
    return n == text->n && fflush(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
}

int cli_fail(const struct err *err)
{
    if (err->where[0])
        fprintf(stderr, "certhall: %s (%s)\n", err->message, err->where);
    else
        fprintf(stderr, "certhall: %s\n", err->message);
    return EXIT_FAILED;
}

int cli_usage(const struct cli *cli, const char *sentence)
{
    const struct command *c = cli->command;
    fprintf(stderr, "certhall: %s\nusage: certhall %s%s%s [options]\n", sentence, c->name,
        *c->arguments ? " " : "", c->arguments);
    return EXIT_USAGE;
}

static const struct command *find(const char *name)
{
    static const struct {
        const char *alias, *name;
    } aliases[] = {{"--help", "help"}, {"-h", "help"}, {"--version", "version"}, {"-V", "version"}};
    for (size_t i = 0; i < countof(aliases); i++)
        if (strcmp(name, aliases[i].alias) == 0)
            name = aliases[i].name;
    for (const struct command *const *c = commands; *c; c++)
        if (strcmp((*c)->name, name) == 0)
            return *c;
    return NULL;
}

/* Takes --NAME VALUE out of argv; *value stays as it is without it. */
static int take(int argc, char **argv, str name, const char **value)
{
    int kept = 0;
    for (int i = 0; i < argc; i++) {
        bool is_it = str_starts(str_from(argv[i]), name);
        const char *rest = is_it ? argv[i] + name.n : "";
        if (is_it && *rest == 0 && i + 1 < argc)
            *value = argv[++i];
        else if (is_it && *rest == '=')
            *value = rest + 1;
        else
            argv[kept++] = argv[i];
    }
    argv[kept] = NULL;
    return kept;
}

/* Takes --NAME out of argv; *value stays as it is without it. */
static int take_switch(int argc, char **argv, str name, const char **value)
{
    int kept = 0;
    for (int i = 0; i < argc; i++) {
        if (str_eq(str_from(argv[i]), name))
            *value = argv[i];
        else
            argv[kept++] = argv[i];
    }
    argv[kept] = NULL;
    return kept;
}

/* The flags that the command's usage line names. */
static void take_own(struct cli *cli)
{
    size_t n = 0;
    const char *p = strstr(cli->command->arguments, "--");
    for (; p && n < COMMAND_OWN; p = strstr(p, "--")) {
        str name = str_of(p, strcspn(p, " ]"));
        p += name.n;
        cli->argc = (*p == ']' ? take_switch : take)(cli->argc, cli->argv, name, &cli->own[n++]);
    }
}

static int read_options(struct cli *cli, char *const *environment, struct err *err)
{
    const char *config = getenv("CERTHALL_CONFIG");
    cli->argc = take(cli->argc, cli->argv, STR("--config"), &config);
    take_own(cli);
    int rc = options_read_file(&cli->options, config, err);
    if (!rc)
        rc = options_read_environment(&cli->options, environment, err);
    if (!rc)
        rc = options_read_arguments(&cli->options, cli->argc, cli->argv, err);
    if (rc < 0)
        return rc;
    cli->argc = rc;
    return options_settle(&cli->options, err);
}

static int run(struct cli *cli, char *const *environment)
{
    struct err err = {0};
    options_init(&cli->options);
    if (!cli->command->plain && read_options(cli, environment, &err)) {
        cli_fail(&err);
        return EXIT_USAGE;
    }
    if (!cli->command->plain)
        start_set_log(&cli->options);
    if (cli->argc < cli->command->min)
        return cli_usage(cli, "a word is missing");
    if (cli->argc > cli->command->max)
        return cli_usage(cli, "too many words");
    return cli->command->run(cli);
}

int command_main(int argc, char **argv, char *const *environment)
{
    struct cli cli = {.command = argc < 2 ? &cmd_help : find(argv[1])};
    if (!cli.command) {
        fprintf(
            stderr, "certhall: there is no command \"%s\"; certhall help lists them\n", argv[1]);
        return EXIT_USAGE;
    }
    cli.argc = argc < 2 ? 0 : argc - 2;
    cli.argv = argv + (argc < 2 ? argc : 2);
    int code = run(&cli, environment);
    options_release(&cli.options);
    return code;
}
