// SPDX-License-Identifier: Apache-2.0
// certhall bundle: the business rules of the running hall as a directory: log, export, diff,
// import.
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/app/admin_ask.h"
#include "core/app/admin_bundle.h"
#include "core/app/bundle_dir.h"
#include "core/app/command.h"
#include "core/loop/file.h"

enum { SECONDS = 180, JSON_DEPTH = 8, KEY_MAX = 64 };
enum { OWN_AUTHOR, OWN_REASON, OWN_FORCE };

static int read_key(const struct options *o, struct buf *header, struct err *err)
{
    char path[PATH_MAX];
    struct buf key = {0};
    int rc = admin_key_path(o, path, sizeof(path));
    if (!rc)
        rc = file_read(path, KEY_MAX, &key, NULL);
    if (rc)
        err_set(err, rc,
            "no hall runs on the data directory %s, or this user may not read its admin.key",
            options_text(o, OPT_DATA));
    else
        buf_printf(header, "X-Certhall-Key: %.*s\r\n", STR_ARG(buf_str(&key)));
    buf_release(&key);
    return rc;
}

/* The sentence of a problem answer. */
static int refused(str answer, struct err *err)
{
    struct arena a = {0};
    const struct json *root = NULL;
    str detail = STR("the hall gave no answer that can be read");
    if (!json_parse(answer, JSON_DEPTH, &a, &root, NULL) && json_get(root, STR("detail")))
        detail = json_str(json_get(root, STR("detail")));
    err_set(err, E_DENIED, "%.*s", STR_ARG(detail));
    arena_release(&a);
    return E_DENIED;
}

/* Asks the hall with a JSON question; appends the text it gives. */
static int ask(const struct cli *cli, str question, struct buf *answer, struct err *err)
{
    struct buf header = {0};
    int status = 0, rc = read_key(&cli->options, &header, err);
    const struct admin_question q = {.method = STR("POST"),
        .path = STR("/bundle"),
        .headers = buf_str(&header),
        .body = question,
        .seconds = SECONDS,
        .limit = ADMIN_BUNDLE_MAX};
    if (!rc)
        rc = admin_ask(&cli->options, &q, &status, answer, err);
    if (!rc && status != 200)
        rc = refused(buf_str(answer), err);
    buf_release(&header);
    return rc;
}

static void begin(struct json_writer *w, const char *act)
{
    json_begin_object(w);
    json_key(w, STR("act"));
    json_put_str(w, str_from(act));
}

static void put(struct json_writer *w, const char *name, const char *value)
{
    json_key(w, str_from(name));
    json_put_str(w, str_from(value));
}

/* Ends the question, asks it, prints the answer; returns the exit code. */
static int ask_and_print(const struct cli *cli, struct json_writer *w, int rc, struct err *err)
{
    struct buf answer = {0};
    json_end_object(w);
    if (!rc)
        rc = ask(cli, buf_str(w->out), &answer, err);
    int code = rc ? cli_fail(err) : cli_print(&answer);
    buf_release(&answer);
    return code;
}

static int run_log(const struct cli *cli, struct json_writer *w, struct err *err)
{
    begin(w, "log");
    return ask_and_print(cli, w, 0, err);
}

static int write_export(const char *dir, str answer, bool force, struct err *err)
{
    struct arena a = {0};
    const struct json *root;
    int rc = json_parse(answer, JSON_DEPTH, &a, &root, err);
    if (!rc)
        rc = bundle_dir_write(dir, json_get(root, STR("files")), force, err);
    if (!rc)
        printf("%.*s\n", STR_ARG(json_str(json_get(root, STR("hash")))));
    arena_release(&a);
    return rc;
}

/* export [HASH|live] DIR */
static int run_export(const struct cli *cli, struct json_writer *w, struct err *err)
{
    struct buf answer = {0};
    begin(w, "export");
    put(w, "bundle", cli->argc == 3 ? cli->argv[1] : "live");
    json_end_object(w);
    int rc = ask(cli, buf_str(w->out), &answer, err);
    if (!rc)
        rc = write_export(
            cli->argv[cli->argc - 1], buf_str(&answer), cli->own[OWN_FORCE] != NULL, err);
    buf_release(&answer);
    return rc ? cli_fail(err) : EXIT_OK;
}

static bool is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A directory stands before a bundle of the same name. */
static int put_side(struct json_writer *w, const char *name, const char *ref, struct err *err)
{
    int rc = 0;
    json_key(w, str_from(name));
    json_begin_object(w);
    if (is_directory(ref)) {
        json_key(w, STR("files"));
        rc = bundle_dir_read(ref, w, err);
    } else {
        put(w, "bundle", ref);
    }
    json_end_object(w);
    return rc;
}

static int run_diff(const struct cli *cli, struct json_writer *w, struct err *err)
{
    begin(w, "diff");
    int rc = put_side(w, "a", cli->argv[1], err);
    if (!rc)
        rc = put_side(w, "b", cli->argv[2], err);
    return ask_and_print(cli, w, rc, err);
}

static int run_import(const struct cli *cli, struct json_writer *w, struct err *err)
{
    if (!cli->own[OWN_AUTHOR] || !cli->own[OWN_REASON])
        return cli_usage(cli, "import wants --author, an administrator's login, and --reason");
    begin(w, "import");
    put(w, "author", cli->own[OWN_AUTHOR]);
    put(w, "reason", cli->own[OWN_REASON]);
    json_key(w, STR("files"));
    int rc = bundle_dir_read(cli->argv[1], w, err);
    return ask_and_print(cli, w, rc, err);
}

static const struct {
    const char *name;
    int min, max; /* words behind it */
    int (*run)(const struct cli *cli, struct json_writer *w, struct err *err);
} acts[] = {
    {"log", 0, 0, run_log},
    {"export", 1, 2, run_export},
    {"diff", 2, 2, run_diff},
    {"import", 1, 1, run_import},
};

static int run(struct cli *cli)
{
    struct buf question = {0};
    struct err err = {0};
    struct json_writer w = {.out = &question};
    int code = -1;
    for (size_t i = 0; i < countof(acts); i++) {
        if (strcmp(cli->argv[0], acts[i].name) != 0)
            continue;
        bool fits = cli->argc - 1 >= acts[i].min && cli->argc - 1 <= acts[i].max;
        code = fits ? acts[i].run(cli, &w, &err)
                    : cli_usage(cli, "log; export [HASH|live] DIR; diff A B; import DIR");
    }
    buf_release(&question);
    return code < 0 ? cli_usage(cli, "the acts are log, export, diff and import") : code;
}

const struct command cmd_bundle = {"bundle",
    "log|export|diff|import WORDS… [--author LOGIN] [--reason TEXT] [--force]", 1, 3, false,
    "Lists, writes out, compares and proposes business rules of the running hall.", run};
