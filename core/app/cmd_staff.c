// SPDX-License-Identifier: Apache-2.0
// certhall staff add: the first two administrators of a hall in production. Who can read the seal
// key may do it; their passwords are good for one login and are shown here only.
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/app/admin_ask.h"
#include "core/app/command.h"
#include "core/app/start.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/crypto/token.h"
#include "core/loop/secret.h"

enum {
    PASSWORD_LENGTH = 16,
    NUMBER_MAX = 64,
    MINUTE_MS = 60000,
    ANSWER_LIMIT = 16384,
    SECONDS = 5
};

static void put(struct json_writer *w, const char *key, str value)
{
    json_key(w, str_from(key));
    json_put_str(w, value);
}

static void write_args(const struct cli *cli, str number, str password, struct buf *out)
{
    struct json_writer w = {.out = out};
    json_begin_object(&w);
    put(&w, "login", str_from(cli->argv[1]));
    put(&w, "roles", str_from(cli->own[0]));
    put(&w, "name", str_from(cli->own[1]));
    put(&w, "number", number);
    put(&w, "password", password);
    json_end_object(&w);
}

static int sign(const struct cli *cli, str args, struct buf *token, struct err *err)
{
    uint8_t key[START_KEY_SIZE], secret[START_KEY_SIZE];
    int rc = start_read_key(options_text(&cli->options, OPT_SEAL_KEY_FILE), key, err);
    if (!rc) {
        start_derive(key, START_ADMIN_SECRET, secret);
        token_sign(str_of(secret, sizeof(secret)), STR("staff.add"), args,
            clock_wall_ms() + MINUTE_MS, token);
    }
    mem_wipe(key, sizeof(key));
    mem_wipe(secret, sizeof(secret));
    return rc;
}

static int send_token(const struct cli *cli, str token, struct err *err)
{
    const struct admin_question q = {.method = STR("POST"),
        .path = STR("/staff"),
        .headers = STR("Content-Type: text/plain\r\n"),
        .body = token,
        .seconds = SECONDS,
        .limit = ANSWER_LIMIT};
    struct buf answer = {0};
    int status = 0, rc = admin_ask(&cli->options, &q, &status, &answer, err);
    if (!rc && status != 204)
        rc = err_set(
            err, E_DENIED, "the server says %d: %.*s", status, STR_ARG(str_trim(buf_str(&answer))));
    buf_release(&answer);
    return rc;
}

static int add(const struct cli *cli, str number, struct buf *out, struct err *err)
{
    struct buf password = {0}, args = {0}, token = {0};
    token_letters(&password, PASSWORD_LENGTH);
    write_args(cli, number, buf_str(&password), &args);
    int rc = sign(cli, buf_str(&args), &token, err);
    if (!rc)
        rc = send_token(cli, buf_str(&token), err);
    if (!rc)
        buf_printf(out,
            "user name  %s\npassword   %.*s\n\nShown only now, good for one login within 72 "
            "hours, and changed there.\n",
            cli->argv[1], STR_ARG(buf_str(&password)));
    secret_release(&password);
    secret_release(&args);
    secret_release(&token);
    return rc;
}

/* From standard input, because words of a command are seen by everybody on the machine. */
static str read_number(char *room)
{
    if (isatty(STDIN_FILENO))
        fprintf(stderr, "identity card number: ");
    return fgets(room, NUMBER_MAX, stdin) ? str_trim(str_from(room)) : STR("");
}

static int run(struct cli *cli)
{
    char room[NUMBER_MAX];
    struct buf out = {0};
    struct err err = {0};
    if (strcmp(cli->argv[0], "add") != 0 || !cli->own[0] || !cli->own[1])
        return cli_usage(cli, "staff knows: add");
    if (!options_is_on(&cli->options, OPT_ADMIN))
        return cli_usage(cli, "the admin listener is off");
    int rc = add(cli, read_number(room), &out, &err);
    int code = rc ? cli_fail(&err) : cli_print(&out);
    mem_wipe(room, sizeof(room));
    secret_release(&out);
    return code;
}

const struct command cmd_staff = {"staff", "add LOGIN --role ROLES --name NAME", 2, 2, false,
    "Makes one of the first two administrators; identity card number on standard input.", run};
