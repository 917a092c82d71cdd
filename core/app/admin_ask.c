// SPDX-License-Identifier: Apache-2.0
// admin_ask: one HTTP request on a connection of its own.
#define _GNU_SOURCE
#include "core/app/admin_ask.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/net/addr.h"

static int nobody(const struct options *o, struct err *err)
{
    return err_set(err, E_UNREACHABLE, "no server answers on %s", options_text(o, OPT_ADMIN));
}

static int open_socket(const struct options *o, int seconds, int *fd, struct err *err)
{
    struct sockaddr_storage to;
    unsigned length;
    if (!options_is_on(o, OPT_ADMIN))
        return err_set(err, E_UNSUPPORTED, "the admin listener is off");
    int rc = addr_parse(str_from(options_text(o, OPT_ADMIN)), &to, &length, err);
    if (rc)
        return rc;
    const struct timeval patience = {.tv_sec = seconds};
    *fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd < 0 || setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) != 0 ||
        connect(*fd, (const struct sockaddr *)&to, length) != 0)
        return nobody(o, err);
    return 0;
}

static bool send_all(int fd, str bytes)
{
    while (bytes.n) {
        ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes = str_slice(bytes, (size_t)n, bytes.n);
    }
    return true;
}

static void receive_all(int fd, size_t limit, struct buf *out)
{
    for (ssize_t n = 1; n > 0 && out->n < limit;) {
        n = read(fd, buf_reserve(out, 65536), 65536);
        buf_added(out, n > 0 ? (size_t)n : 0);
    }
}

/* "HTTP/1.1 200 OK …" with a body behind an empty line. */
static int split(str raw, int *status, struct buf *answer)
{
    ptrdiff_t body = str_find(raw, STR("\r\n\r\n"));
    uint64_t code = 0;
    if (body < 0 || !str_starts(raw, STR("HTTP/1.1 ")) || raw.n < 12 ||
        str_to_u64(str_slice(raw, 9, 12), &code))
        return E_UNREACHABLE;
    *status = (int)code;
    buf_append(answer, str_slice(raw, (size_t)body + 4, raw.n));
    return 0;
}

int admin_ask(const struct options *o, const struct admin_question *q, int *status,
    struct buf *answer, struct err *err)
{
    struct buf head = {0}, raw = {0};
    int fd = -1, rc = open_socket(o, q->seconds, &fd, err);
    buf_printf(&head,
        "%.*s %.*s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %zu\r\n"
        "%.*s\r\n",
        STR_ARG(q->method), STR_ARG(q->path), q->body.n, STR_ARG(q->headers));
    if (!rc && (!send_all(fd, buf_str(&head)) || !send_all(fd, q->body)))
        rc = nobody(o, err);
    if (!rc) {
        receive_all(fd, q->limit, &raw);
        rc = split(buf_str(&raw), status, answer) ? nobody(o, err) : 0;
    }
    if (fd >= 0)
        close(fd);
    buf_release(&head);
    buf_release(&raw);
    return rc;
}
