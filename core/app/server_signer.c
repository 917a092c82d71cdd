// SPDX-License-Identifier: Apache-2.0
// server_signer: the way to the signer, and, in mode try, the signer itself as a child.
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/app/server.h"
#include "core/base/json.h"
#include "core/base/log.h"
#include "core/crypto/token.h"
#include "core/issuer/client.h"
#include "core/loop/keep.h"
#include "core/loop/secret.h"

enum { ASK_MS = 3000, ASK_FIRST_MS = 200, PATIENCE_MS = 30000, WORDS = 14 };

static bool is_child(const struct options *o)
{
    return options_is_try(o) && strcmp(options_text(o, OPT_SIGNER), "auto") == 0;
}

static str folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? str_of(path, (size_t)(slash - path)) : STR(".");
}

/* In mode try the first start makes the key that hall and signer share. */
static int make_ticket_key(const char *path, const struct start_user *u, struct err *err)
{
    uint8_t key[START_KEY_SIZE];
    if (access(path, F_OK) == 0)
        return 0;
    token_random(key, sizeof(key));
    int rc = secret_make(path, "ticket key", str_of(key, sizeof(key)), err);
    mem_wipe(key, sizeof(key));
    if (!rc && u->drop && chown(path, u->uid, u->gid) != 0)
        rc = err_set(err, err_from_errno(errno), "cannot give away the ticket key %s", path);
    return rc;
}

/* Folders that the child fills as the user it runs as. */
static int make_folders(const struct options *o, const struct start_user *u, struct err *err)
{
    struct arena a = {0};
    str keys = folder_of(options_text(o, OPT_TICKET_KEY_FILE));
    str data = arena_printf(&a, "%s-signer", options_text(o, OPT_DATA));
    int rc = start_make_data(arena_str(&a, keys).p, u->uid, u->gid, err);
    if (!rc)
        rc = start_make_data(data.p, u->uid, u->gid, err);
    arena_release(&a);
    return rc;
}

int server_prepare_signer(struct server *s, const struct start_user *u, struct err *err)
{
    const struct options *o = s->options;
    const char *path = options_text(o, OPT_TICKET_KEY_FILE);
    struct buf key = {0};
    int rc = 0;
    if (!options_is_on(o, OPT_SIGNER))
        return 0;
    if (is_child(o))
        rc = make_folders(o, u, err);
    if (!rc && is_child(o))
        rc = make_ticket_key(path, u, err);
    if (!rc)
        rc = secret_read(path, "ticket key", START_KEY_SIZE, &key, err);
    if (!rc && key.n != START_KEY_SIZE)
        rc = err_set(err, E_CORRUPT, "the ticket key %s is not of %d bytes", path, START_KEY_SIZE);
    if (!rc)
        memcpy(s->ticket_key, key.p, START_KEY_SIZE);
    secret_release(&key);
    return rc;
}

/* Beside the program, or in the neighbouring folder of a build. */
static bool find_program(char out[PATH_MAX])
{
    static const char *const places[] = {"", "/../signer"};
    char dir[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", dir, sizeof(dir) - 1);
    dir[n > 0 ? n : 0] = 0;
    str folder = folder_of(dir);
    for (size_t i = 0; i < countof(places); i++) {
        int length = snprintf(out, PATH_MAX, "%.*s%s/certhall-signer", STR_ARG(folder), places[i]);
        if (length > 0 && length < PATH_MAX && access(out, X_OK) == 0)
            return true;
    }
    return false;
}

/* Clients look certificates up over plain HTTP: they must not need another certificate first. */
static str ca_url(const struct server *s, struct arena *a)
{
    char url[256];
    const char *said = options_text(s->options, OPT_CA_URL);
    if (*said)
        return str_from(said);
    if (!s->http.listener)
        return STR("http://127.0.0.1:8080/ca");
    server_entrance_url(&s->http, url, sizeof(url));
    return arena_printf(a, "%s/ca", url);
}

static void start_child(struct server *s, const char *program)
{
    struct arena a = {0};
    const struct options *o = s->options;
    str keys = folder_of(options_text(o, OPT_TICKET_KEY_FILE)), url = ca_url(s, &a);
    const char *words[WORDS] = {program, "serve", "--init", "--with-hall",
        "--user=", arena_printf(&a, "--data=%s-signer", options_text(o, OPT_DATA)).p,
        arena_printf(&a, "--seal-key-file=%.*s/seal.key", STR_ARG(keys)).p,
        arena_printf(&a, "--passphrase-file=%.*s/passphrase", STR_ARG(keys)).p,
        arena_printf(&a, "--ca=%.*s/ca", STR_ARG(keys)).p,
        arena_printf(&a, "--ticket-key-file=%s", options_text(o, OPT_TICKET_KEY_FILE)).p,
        arena_printf(&a, "--socket=%s", options_text(o, OPT_SIGNER_SOCKET)).p,
        arena_printf(&a, "--url=%.*s", STR_ARG(url)).p,
        arena_printf(&a, "--log-level=%s", options_text(o, OPT_LOG_LEVEL)).p, NULL};
    s->signer_child = keep_open(s->loop, program, words);
    arena_release(&a);
}

static void ask(void *arg);

static void note(struct server *s, str trouble)
{
    bool before = s->signer_trouble[0] != 0, now = trouble.n > 0;
    snprintf(s->signer_trouble, sizeof(s->signer_trouble), "%.*s", STR_ARG(trouble));
    if (now && (!before || !s->signer_known))
        log_warn("the signer has trouble", LOG_STR("why", str_from(s->signer_trouble)));
    if (!now && (before || !s->signer_known))
        log_info("the signer answers", LOG_STR("trouble", STR("none")));
    s->signer_known = true;
}

static void answered(void *arg, const struct message_answer *a)
{
    struct server *s = arg;
    s->signer_ask = NULL;
    if (a->code == E_CANCELLED)
        return;
    bool starting =
        a->code && !s->signer_known && loop_now_ms(s->loop) - s->signer_since_ms < PATIENCE_MS;
    if (a->code && !starting)
        note(s, a->message);
    else if (!a->code)
        note(s, json_str(json_get(a->result, STR("trouble"))));
    timer_start(s->loop, &s->signer_timer, starting ? ASK_FIRST_MS : ASK_MS, ask, s);
}

static void ask(void *arg)
{
    struct server *s = arg;
    const struct message_request r = {.op = MESSAGE_STATUS};
    int rc = issuer_client_ask(s->issuer, &r, answered, s, &s->signer_ask);
    if (rc)
        timer_start(s->loop, &s->signer_timer, ASK_MS, ask, s);
}

void server_open_signer(struct server *s)
{
    const struct issuer_client_opts opts = {
        .loop = s->loop, .path = options_text(s->options, OPT_SIGNER_SOCKET)};
    if (options_is_on(s->options, OPT_SIGNER))
        s->issuer = issuer_client_open(&opts);
}

void server_start_signer(struct server *s)
{
    char program[PATH_MAX];
    const struct options *o = s->options;
    if (!s->issuer)
        return;
    s->signer_since_ms = loop_now_ms(s->loop);
    if (!is_child(o))
        start_step(&s->steps, "signer", options_text(o, OPT_SIGNER_SOCKET));
    else if (find_program(program))
        start_child(s, program);
    else
        log_warn("there is no certhall-signer beside this program: nothing can be issued",
            LOG_STR("socket", str_from(options_text(o, OPT_SIGNER_SOCKET))));
    ask(s);
}

const char *server_signer_trouble(const struct server *s)
{
    return s->signer_trouble[0] ? s->signer_trouble : NULL;
}

static void child_closed(void *arg)
{
    struct server *s = arg;
    s->signer_child = NULL;
    loop_stop(s->loop);
}

void server_release_signer(struct server *s)
{
    timer_cancel(&s->signer_timer);
    issuer_client_close(s->issuer);
    s->issuer = NULL;
    mem_wipe(s->ticket_key, sizeof(s->ticket_key));
    if (!s->signer_child)
        return;
    keep_close(s->signer_child, child_closed, s);
    loop_run(s->loop);
}
