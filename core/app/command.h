// SPDX-License-Identifier: Apache-2.0
// command: what the program can be asked to do: one file and one row each.
#ifndef CORE_APP_COMMAND_H
#define CORE_APP_COMMAND_H

#include "core/app/options.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, COMMAND_OWN = 3 };

struct command;
struct script;

/* What a command gets. */
struct cli {
    const struct command *command;
    struct options options; /* settled, unless the command is plain */
    int argc;               /* words after the command's name, options taken out */
    char **argv;
    const char *own[COMMAND_OWN]; /* values of the command's own flags, in the order of its
                                     arguments; NULL: not given */
};

struct command {
    const char *name;
    const char *arguments; /* for the usage line; "" if none; a "--name" in it is a flag of its own,
                              with a value unless "]" stands behind it */
    int min, max;          /* count of words */
    bool plain;            /* runs without reading any option */
    const char *text;      /* one sentence */
    int (*run)(struct cli *cli);
};

extern const struct command cmd_serve;
extern const struct command cmd_init;
extern const struct command cmd_check;
extern const struct command cmd_check_bundle;
extern const struct command cmd_bundle;
extern const struct command cmd_routes;
extern const struct command cmd_store;
extern const struct command cmd_audit;
extern const struct command cmd_backup;
extern const struct command cmd_restore;
extern const struct command cmd_seed;
extern const struct command cmd_staff;
extern const struct command cmd_reload;
extern const struct command cmd_ready;
extern const struct command cmd_options;
extern const struct command cmd_version;
extern const struct command cmd_help;

/* All of them, NULL at the end, in the order of --help. */
const struct command *const *command_list(void);

/* Finds the command, reads the options, runs it; returns the exit code. */
int command_main(int argc, char **argv, char *const *environment);

/* Writes to standard output; EXIT_FAILED when it cannot be written. */
int cli_print(const struct buf *text);
/* "certhall: <sentence> (<where>)" on standard error; returns EXIT_FAILED. */
int cli_fail(const struct err *err);
/* A sentence and the command's usage line; returns EXIT_USAGE. */
int cli_usage(const struct cli *cli, const char *sentence);
/* Loads the scripts without opening a hall; `use` (may be NULL) gets them and `out`. */
must_use int cli_load_scripts(const struct options *o,
    void (*use)(struct script *s, struct buf *out), struct buf *out, struct err *err);

#endif
