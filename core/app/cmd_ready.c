// SPDX-License-Identifier: Apache-2.0
// certhall ready: asks the admin listener whether the server is ready, for scripts and containers.
#define _GNU_SOURCE
#include "core/app/command.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/net/addr.h"

enum { ANSWER_LIMIT = 16384, SECONDS = 5 };

static int ask(const struct options *o, struct buf *answer, struct err *err)
{
    struct sockaddr_storage to;
    unsigned length;
    const char *address = options_text(o, OPT_ADMIN);
    int rc = addr_parse(str_from(address), &to, &length, err);
    if (rc)
        return rc;
    static const char question[] =
        "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    const struct timeval patience = {.tv_sec = SECONDS};
    int fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) != 0 ||
        connect(fd, (const struct sockaddr *)&to, length) != 0 ||
        send(fd, question, strlen(question), MSG_NOSIGNAL) < 0)
        rc = err_set(err, E_UNREACHABLE, "no server answers on %s", address);
    for (ssize_t n = 1; !rc && n > 0 && answer->n < ANSWER_LIMIT;) {
        n = read(fd, buf_reserve(answer, 4096), 4096);
        buf_added(answer, n > 0 ? (size_t)n : 0);
    }
    if (fd >= 0)
        close(fd);
    return rc;
}

static int run(struct cli *cli)
{
    struct buf answer = {0}, out = {0};
    struct err err = {0};
    if (!options_is_on(&cli->options, OPT_ADMIN))
        return cli_usage(cli, "the admin listener is off");
    int rc = ask(&cli->options, &answer, &err);
    str text = buf_str(&answer);
    bool ready = str_starts(text, STR("HTTP/1.1 200 "));
    ptrdiff_t body = str_find(text, STR("\r\n\r\n"));
    if (body >= 0)
        buf_append(&out, str_slice(text, (size_t)body + 4, text.n));
    int code = rc ? cli_fail(&err) : cli_print(&out);
    buf_release(&answer);
    buf_release(&out);
    return code ? code : (ready ? EXIT_OK : EXIT_FAILED);
}

const struct command cmd_ready = {
    "ready", "", 0, 0, false, "Asks the running server whether it is ready.", run};
