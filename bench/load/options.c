// SPDX-License-Identifier: Apache-2.0
// options: the command line of certhall-load as a table.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/load/load.h"

enum option_type { COUNT, REAL, FLAG, TEXT, PID, WORD };

struct option {
    const char *name;
    enum option_type type;
    size_t offset;
    double min, max;
    const char *help;
};

#define AT(member) offsetof(struct load_opts, member)

static const struct option options[] = {
    {"connections", COUNT, AT(users), 1, 100000, "virtual users, a connection each [64]"},
    {"depth", COUNT, AT(depth), 1, LOAD_DEPTH_MAX, "requests outstanding on a connection [1]"},
    {"rate", REAL, AT(rate), 0, 1e7, "open loop: so many a second [closed loop]"},
    {"duration", REAL, AT(duration), 0.01, 86400, "seconds measured [10]"},
    {"warmup", REAL, AT(warmup), 0, 3600, "seconds before, not counted [1]"},
    {"timeout", REAL, AT(timeout), 0.01, 3600, "seconds to wait for an answer [10]"},
    {"sources", COUNT, AT(sources), 1, 60000, "source addresses in 127.0.0.0/8 [1]"},
    {"close", FLAG, AT(close), 0, 0, "a new connection for each request"},
    {"idle", FLAG, AT(idle), 0, 0, "one request each, then hold the connections"},
    {"pid", PID, 0, 1, 1e9, "watch this server process (again for more)"},
    {"set", WORD, 0, 0, 0, "NAME=VALUE for the scenario's table args (again for more)"},
    {"json", TEXT, AT(json), 0, 0, "write the result to this file"},
    {"quiet", FLAG, AT(quiet), 0, 0, "no line a second, no summary"},
};

static int help(void)
{
    printf("Usage: certhall-load URL SCENARIO [OPTIONS]\n"
           "Makes the requests of a scenario (a Lua file, see bench/README.md) and measures.\n\n");
    for (size_t i = 0; i < countof(options); i++)
        printf("  --%-12s %s\n", options[i].name, options[i].help);
    return 1;
}

static const struct option *find(const char *word)
{
    for (size_t i = 0; i < countof(options); i++)
        if (strncmp(word, "--", 2) == 0 && strcmp(word + 2, options[i].name) == 0)
            return &options[i];
    return NULL;
}

static int read_number(const struct option *o, const char *text, double *out, struct err *err)
{
    char *end = NULL;
    *out = strtod(text, &end);
    bool whole = o->type == REAL || *out == (double)(int64_t)*out;
    if (end == text || *end || !(*out >= o->min && *out <= o->max) || !whole)
        return err_set(err, E_CONFIG, "--%s must be a%s number from %g to %g, not \"%s\"", o->name,
            o->type == REAL ? "" : " whole", o->min, o->max, text);
    return 0;
}

static int add_word(struct load_opts *opts, const char *text, struct err *err)
{
    size_t n = 0;
    while (opts->words[n])
        n++;
    if (n == LOAD_WORDS_MAX || !strchr(text, '='))
        return err_set(err, E_CONFIG, "--set takes NAME=VALUE, at most %d times", LOAD_WORDS_MAX);
    opts->words[n] = text;
    return 0;
}

static int set(struct load_opts *opts, const struct option *o, const char *text, struct err *err)
{
    char *place = (char *)opts + o->offset;
    double number = 0;
    if (o->type == WORD)
        return add_word(opts, text, err);
    if (o->type == TEXT) {
        memcpy(place, &text, sizeof(text));
        return 0;
    }
    int rc = read_number(o, text, &number, err);
    if (rc)
        return rc;
    if (o->type == PID && opts->pid_count == LOAD_PIDS_MAX)
        return err_set(err, E_CONFIG, "--pid can be given %d times", LOAD_PIDS_MAX);
    if (o->type == PID)
        opts->pids[opts->pid_count++] = (int)number;
    else if (o->type == REAL)
        memcpy(place, &number, sizeof(number));
    else
        memcpy(place, &(unsigned){(unsigned)number}, sizeof(unsigned));
    return 0;
}

static int set_place(struct load_opts *o, const char *word, struct err *err)
{
    if (!o->url)
        o->url = word;
    else if (!o->scenario)
        o->scenario = word;
    else
        return err_set(err, E_CONFIG, "\"%s\" is one word too many", word);
    return 0;
}

int load_options(struct load_opts *o, int argc, char **argv, struct err *err)
{
    *o = (struct load_opts){
        .users = 64, .depth = 1, .sources = 1, .warmup = 1, .duration = 10, .timeout = 10};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0)
            return help();
        const struct option *option = find(argv[i]);
        int rc = 0;
        if (!option && strncmp(argv[i], "--", 2) == 0)
            return err_set(err, E_CONFIG, "there is no option %s (--help lists them)", argv[i]);
        if (!option)
            rc = set_place(o, argv[i], err);
        else if (option->type == FLAG)
            memcpy((char *)o + option->offset, &(bool){true}, sizeof(bool));
        else if (i + 1 == argc)
            rc = err_set(err, E_CONFIG, "%s needs a value", argv[i]);
        else
            rc = set(o, option, argv[++i], err);
        if (rc)
            return rc;
    }
    if (!o->scenario)
        return err_set(err, E_CONFIG, "a URL and a scenario are needed (--help)");
    return 0;
}
