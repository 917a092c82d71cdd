// SPDX-License-Identifier: Apache-2.0
// conn: sockets watched by uv_poll, read and written directly: one read and one write for each
// readable event, which is what lets one core make more requests than the servers answer.
#define _GNU_SOURCE
#include "bench/load/conn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 65536, SOURCES_A_NET = 250 };

enum conn_state { CONNECTING, HANDSHAKING, OPEN, CLOSED };

struct conn_pool {
    uv_loop_t *loop;
    struct sockaddr_storage address;
    socklen_t address_size;
    SSL_CTX *tls;
    unsigned sources;
    unsigned next_source;
    char read_buffer[READ_SIZE];
};

struct conn {
    uv_poll_t poll;
    struct conn_pool *pool;
    const struct conn_events *events;
    void *arg;
    SSL *ssl;
    struct buf in;  /* not consumed yet */
    struct buf out; /* not sent yet */
    size_t sent;    /* bytes of out that are gone */
    int fd;
    int watched; /* events asked of uv_poll */
    enum conn_state state;
};

static int set_address(struct conn_pool *p, const char *address, uint16_t port)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)&p->address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)&p->address;
    if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        p->address_size = sizeof(*v4);
        return 0;
    }
    if (inet_pton(AF_INET6, address, &v6->sin6_addr) != 1)
        return -1;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    p->address_size = sizeof(*v6);
    return 0;
}

int conn_pool_open(struct conn_pool **out, const struct conn_pool_opts *opts, struct err *err)
{
    struct conn_pool *p = mem_zalloc(1, sizeof(*p));
    p->loop = opts->loop;
    p->sources = opts->sources;
    if (opts->tls) {
        p->tls = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_verify(p->tls, SSL_VERIFY_NONE, NULL);
        SSL_CTX_set_session_cache_mode(p->tls, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_mode(p->tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS |
                                     SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    }
    *out = p;
    if (!set_address(p, opts->address, opts->port))
        return 0;
    conn_pool_close(p);
    return err_set(err, E_INVALID, "\"%s\" is not a numeric address", opts->address);
}

void conn_pool_close(struct conn_pool *p)
{
    if (!p)
        return;
    SSL_CTX_free(p->tls);
    free(p);
}

static void freed(uv_handle_t *handle)
{
    struct conn *c = container_of(handle, struct conn, poll);
    close(c->fd);
    SSL_free(c->ssl);
    buf_release(&c->in);
    buf_release(&c->out);
    free(c);
}

void conn_close(struct conn *c)
{
    if (!c || c->state == CLOSED)
        return;
    c->state = CLOSED;
    /* A reset leaves no port waiting; every answer has been read when we close. */
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    uv_close((uv_handle_t *)&c->poll, freed);
}

static void end(struct conn *c, enum conn_end why)
{
    ERR_clear_error();
    if (c->state == CLOSED)
        return;
    conn_close(c);
    c->events->ended(c->arg, why);
}

static void polled(uv_poll_t *poll, int status, int events);

static void watch(struct conn *c, int events)
{
    if (c->state == CLOSED || c->watched == events)
        return;
    c->watched = events;
    uv_poll_start(&c->poll, events, polled);
}

/* Bytes written, 0 when the kernel takes none now, -1 on an error. */
static ssize_t write_some(struct conn *c, const char *p, size_t n)
{
    if (!c->ssl) {
        ssize_t k = send(c->fd, p, n, MSG_NOSIGNAL);
        return k >= 0 ? k : errno == EAGAIN || errno == EINTR ? 0 : -1;
    }
    int k = SSL_write(c->ssl, p, n > READ_SIZE ? READ_SIZE : (int)n);
    if (k > 0)
        return k;
    int why = SSL_get_error(c->ssl, k);
    return why == SSL_ERROR_WANT_WRITE || why == SSL_ERROR_WANT_READ ? 0 : -1;
}

/* As write_some for reading; the end of the stream is -2. */
static ssize_t read_some(struct conn *c)
{
    char *buffer = c->pool->read_buffer;
    if (!c->ssl) {
        ssize_t k = recv(c->fd, buffer, READ_SIZE, 0);
        return k > 0 ? k : k == 0 ? -2 : errno == EAGAIN || errno == EINTR ? 0 : -1;
    }
    int k = SSL_read(c->ssl, buffer, READ_SIZE);
    if (k > 0)
        return k;
    int why = SSL_get_error(c->ssl, k);
    if (why == SSL_ERROR_ZERO_RETURN || (why == SSL_ERROR_SYSCALL && k == 0))
        return -2;
    return why == SSL_ERROR_WANT_WRITE || why == SSL_ERROR_WANT_READ ? 0 : -1;
}

void conn_queue(struct conn *c, str bytes)
{
    buf_append(&c->out, bytes);
}

void conn_flush(struct conn *c)
{
    while (c->state == OPEN && c->sent < c->out.n) {
        ssize_t k = write_some(c, c->out.p + c->sent, c->out.n - c->sent);
        if (k < 0)
            return end(c, c->ssl ? CONN_END_TLS : CONN_END_BROKEN);
        if (k == 0)
            return watch(c, UV_READABLE | UV_WRITABLE);
        c->sent += (size_t)k;
    }
    if (c->state != OPEN)
        return;
    buf_clear(&c->out);
    c->sent = 0;
    watch(c, UV_READABLE);
}

static void hand_over(struct conn *c, str fresh)
{
    if (c->in.n) {
        buf_append(&c->in, fresh);
        size_t used = c->events->data(c->arg, buf_str(&c->in));
        if (c->state == CLOSED)
            return;
        buf_consume(&c->in, used);
        if (!c->in.n)
            buf_release(&c->in);
        return;
    }
    size_t used = c->events->data(c->arg, fresh);
    if (c->state != CLOSED && used < fresh.n)
        buf_append(&c->in, str_slice(fresh, used, fresh.n));
}

/* TLS is read until it has nothing: what it decrypted wakes no poll. */
static void read_all(struct conn *c)
{
    do {
        ssize_t k = read_some(c);
        if (k == 0)
            return;
        if (k < 0)
            return end(c, k == -2 ? CONN_END_PEER : c->ssl ? CONN_END_TLS : CONN_END_BROKEN);
        hand_over(c, str_of(c->pool->read_buffer, (size_t)k));
    } while (c->state == OPEN && c->ssl);
}

static void opened(struct conn *c)
{
    c->state = OPEN;
    watch(c, UV_READABLE);
    c->events->opened(c->arg);
}

static void shake(struct conn *c)
{
    int k = SSL_do_handshake(c->ssl);
    if (k == 1)
        return opened(c);
    int why = SSL_get_error(c->ssl, k);
    if (why == SSL_ERROR_WANT_READ)
        return watch(c, UV_READABLE);
    if (why == SSL_ERROR_WANT_WRITE)
        return watch(c, UV_WRITABLE);
    end(c, CONN_END_TLS);
}

static void connected(struct conn *c)
{
    int error = 0;
    socklen_t size = sizeof(error);
    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error)
        return end(c, CONN_END_CONNECT);
    if (!c->pool->tls)
        return opened(c);
    c->state = HANDSHAKING;
    c->ssl = SSL_new(c->pool->tls);
    SSL_set_fd(c->ssl, c->fd);
    SSL_set_connect_state(c->ssl);
    shake(c);
}

static void polled(uv_poll_t *poll, int status, int events)
{
    struct conn *c = container_of(poll, struct conn, poll);
    if (c->state == CONNECTING)
        return status < 0 ? end(c, CONN_END_CONNECT) : connected(c);
    if (status < 0)
        return end(c, CONN_END_BROKEN);
    if (c->state == HANDSHAKING)
        return shake(c);
    if (events & UV_WRITABLE)
        conn_flush(c);
    if (c->state == OPEN && (events & UV_READABLE))
        read_all(c);
}

static int bind_source(struct conn_pool *p, int fd)
{
    if (p->sources < 2 || p->address.ss_family != AF_INET)
        return 0;
    unsigned i = p->next_source++ % p->sources;
    const int late = 1;
    const struct sockaddr_in from = {.sin_family = AF_INET,
        .sin_addr.s_addr =
            htonl(0x7f000000u + ((1 + i / SOURCES_A_NET) << 8) + 1 + i % SOURCES_A_NET)};
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &late, sizeof(late));
    return bind(fd, (const struct sockaddr *)(const void *)&from, sizeof(from));
}

struct conn *conn_open(struct conn_pool *p, const struct conn_events *events, void *arg)
{
    int fd = socket(p->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return NULL;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (bind_source(p, fd) ||
        (connect(fd, (const struct sockaddr *)&p->address, p->address_size) != 0 &&
            errno != EINPROGRESS)) {
        close(fd);
        return NULL;
    }
    struct conn *c = mem_zalloc(1, sizeof(*c));
    *c = (struct conn){.pool = p, .events = events, .arg = arg, .fd = fd};
    if (uv_poll_init(p->loop, &c->poll, fd)) {
        close(fd);
        free(c);
        return NULL;
    }
    watch(c, UV_WRITABLE);
    return c;
}
