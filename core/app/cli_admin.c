// SPDX-License-Identifier: Apache-2.0
// cli_admin: one question of a command to the admin listener of the running server.
#define _GNU_SOURCE
#include "core/app/command.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/net/addr.h"

enum { ANSWER_LIMIT = 16384, SECONDS = 5 };

int cli_ask_admin(const struct options *o, str question, struct buf *answer, struct err *err)
{
    struct sockaddr_storage to;
    unsigned length;
    const char *address = options_text(o, OPT_ADMIN);
    int rc = addr_parse(str_from(address), &to, &length, err);
    if (rc)
        return rc;
    const struct timeval patience = {.tv_sec = SECONDS};
    int fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) != 0 ||
        connect(fd, (const struct sockaddr *)&to, length) != 0 ||
        send(fd, question.p, question.n, MSG_NOSIGNAL) != (ssize_t)question.n)
        rc = err_set(err, E_UNREACHABLE, "no server answers on %s", address);
    for (ssize_t n = 1; !rc && n > 0 && answer->n < ANSWER_LIMIT;) {
        n = read(fd, buf_reserve(answer, 4096), 4096);
        buf_added(answer, n > 0 ? (size_t)n : 0);
    }
    if (fd >= 0)
        close(fd);
    return rc;
}

int cli_answer_status(str answer, str *body)
{
    ptrdiff_t at = str_find(answer, STR("\r\n\r\n"));
    *body = at < 0 ? STR("") : str_slice(answer, (size_t)at + 4, answer.n);
    int64_t status;
    bool is_http = str_starts(answer, STR("HTTP/1.1 ")) && answer.n > 12;
    return is_http && !str_to_i64(str_slice(answer, 9, 12), &status) ? (int)status : 0;
}
