// SPDX-License-Identifier: Apache-2.0
// server_staff: the staff of a hall in mode try: passwords made at the first start, kept in one
// file beside the data directory, and handed to the scripts, which make the accounts.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/app/server.h"
#include "core/base/json.h"
#include "core/base/log.h"
#include "core/crypto/token.h"
#include "core/loop/secret.h"
#include "core/script/jobs.h"
#include "core/script/task.h"

enum { PASSWORD_LENGTH = 12, FILE_MAX = 4096 };

static const char *const logins[] = {
    "admin1", "admin2", "reviewer1", "reviewer2", "cashier1", "counter1"};

static str file_path(const struct options *o, struct arena *a)
{
    const char *data = options_text(o, OPT_DATA), *slash = strrchr(data, '/');
    return arena_printf(a, "%.*stry-accounts.txt", slash ? (int)(slash + 1 - data) : 0, data);
}

/* Rows are made by the first start; their absence tells that this is it. */
static bool is_first_start(const struct options *o, struct arena *a)
{
    return access(arena_printf(a, "%s/rows", options_text(o, OPT_DATA)).p, F_OK) != 0;
}

static int make_file(const char *path, const struct start_user *u, struct err *err)
{
    struct buf text = {0};
    for (size_t i = 0; i < countof(logins); i++) {
        buf_printf(&text, "%s ", logins[i]);
        token_letters(&text, PASSWORD_LENGTH);
        buf_append(&text, STR("\n"));
    }
    int rc = secret_make(path, "list of try-it accounts", buf_str(&text), err);
    secret_release(&text);
    if (!rc && u->drop && chown(path, u->uid, u->gid) != 0)
        rc = err_set(err, err_from_errno(errno), "cannot give away %s", path);
    return rc;
}

int server_prepare_staff(struct server *s, const struct start_user *u, struct err *err)
{
    struct arena a = {0};
    int rc = 0;
    if (options_is_try(s->options)) {
        str path = file_path(s->options, &a);
        if (access(path.p, F_OK) != 0 && is_first_start(s->options, &a)) {
            rc = make_file(path.p, u, err);
            s->staff_is_new = true;
        }
        if (!rc)
            rc = secret_read(path.p, "list of try-it accounts", FILE_MAX, &s->staff, err);
        if (rc == E_NOT_FOUND) /* its reader took it away; the accounts are there */
            rc = 0;
    }
    arena_release(&a);
    return rc;
}

/* {"admin1": "password" …} of the file's lines */
static void write_args(str text, struct buf *out)
{
    struct json_writer w = {.out = out};
    json_begin_object(&w);
    while (text.n) {
        str line = str_cut(&text, '\n'), login = str_cut(&line, ' ');
        if (!login.n || !line.n)
            continue;
        json_key(&w, login);
        json_put_str(&w, line);
    }
    json_end_object(&w);
}

/* On a terminal the passwords themselves, once; elsewhere only where they stand: logs are kept. */
static void say(const struct server *s)
{
    struct arena a = {0};
    str path = file_path(s->options, &a);
    if (s->steps.human && s->staff_is_new)
        fprintf(stderr, "\n  %s:\n\n%.*s", path.p, STR_ARG(buf_str(&s->staff)));
    else
        log_info("try-it accounts", LOG_STR("file", path));
    arena_release(&a);
}

static void made(void *arg, const struct failure *failure)
{
    struct server *s = arg;
    if (failure)
        log_error("the try-it accounts were not made", LOG_TEXT("why", failure->message));
    else
        say(s);
    secret_release(&s->staff);
    server_say_ready(s);
}

void server_open_staff(struct server *s)
{
    struct buf args = {0};
    int rc = 1;
    if (s->staff.n) {
        write_args(buf_str(&s->staff), &args);
        rc = jobs_start(s->script, STR("staff.first"), buf_str(&args), NULL, made, s);
    }
    secret_release(&args);
    if (rc) {
        secret_release(&s->staff);
        server_say_ready(s);
    }
}
