// SPDX-License-Identifier: Apache-2.0
// A small server for tests of core/net: echoes on a plain and on a TLS port until a connection says
// "quit". "slow" makes it pause reading for 200 ms, "burst" answers with 8 MiB, "finish" ends its
// side, "swap" changes the certificate.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/loop/timer.h"
#include "core/net/listener.h"
#include "core/net/tls.h"

struct server {
    struct loop *loop;
    struct net *net;
    struct listener *plain;
    struct listener *tls;
    struct tlsctx *ctx;
    int open;
};

struct echo {
    struct server *server;
    struct stream *stream;
    struct timer pause;
};

static struct tlsctx *fresh_context(void)
{
    struct buf chain = {0};
    struct buf key = {0};
    struct err err;
    struct tlsctx *ctx = NULL;
    if (tls_self_signed(STR("127.0.0.9"), clock_wall_ms() / 1000, &chain, &key, &err) ||
        tlsctx_new(&ctx, buf_str(&chain), buf_str(&key), "echo", &err))
        fprintf(stderr, "%s\n", err.message), exit(1);
    buf_release(&chain);
    buf_release(&key);
    return ctx;
}

static void resume(void *arg)
{
    stream_resume(((struct echo *)arg)->stream);
}

static void burst(struct echo *e)
{
    static char block[65536];
    for (int i = 0; i < 128; i++) {
        str piece = str_of(block, sizeof(block));
        if (stream_write(e->stream, &piece, 1))
            return;
    }
}

static void quit(struct server *s)
{
    listener_close(s->plain);
    listener_close(s->tls);
    s->plain = NULL;
    s->tls = NULL;
}

static void on_data(void *arg, str bytes)
{
    struct echo *e = arg;
    str pieces[2] = {bytes, STR("")};
    if (str_starts(bytes, STR("slow"))) {
        stream_pause(e->stream);
        timer_start(e->server->loop, &e->pause, 200, resume, e);
    }
    if (str_starts(bytes, STR("swap"))) {
        tlsctx_unref(e->server->ctx);
        e->server->ctx = fresh_context();
    }
    if (str_starts(bytes, STR("burst"))) {
        burst(e);
    } else if (str_starts(bytes, STR("quit"))) {
        quit(e->server);
    } else if (str_starts(bytes, STR("finish"))) {
        stream_finish(e->stream);
    } else if (stream_write(e->stream, pieces, 2)) {
        stream_close(e->stream);
    }
}

static void on_event(void *arg, enum stream_event event, int status)
{
    struct echo *e = arg;
    (void)status;
    if (event == STREAM_EOF || event == STREAM_FAILED) {
        stream_finish(e->stream);
        stream_close(e->stream);
    }
    if (event == STREAM_CLOSED) {
        timer_cancel(&e->pause);
        e->server->open--;
        free(e);
    }
}

static const struct stream_handler echo_handler = {.data = on_data, .event = on_event};

static void open_echo(struct server *s, int fd, const struct addr *peer, struct tlsctx *ctx)
{
    struct echo *e = mem_zalloc(1, sizeof(*e));
    e->server = s;
    if (stream_open(&e->stream, s->net, fd, peer, ctx, &echo_handler, e))
        free(e);
    else
        s->open++;
}

static void accepted_plain(void *arg, int fd, const struct addr *peer)
{
    open_echo(arg, fd, peer, NULL);
}

static void accepted_tls(void *arg, int fd, const struct addr *peer)
{
    struct server *s = arg;
    open_echo(s, fd, peer, s->ctx);
}

int main(int argc, char **argv)
{
    struct server s = {.loop = loop_new()};
    struct err err;
    s.net = net_new(s.loop);
    s.ctx = fresh_context();
    str address = str_from(argc > 1 ? argv[1] : "127.0.0.1:0");
    if (listener_open(&s.plain, s.net, address, accepted_plain, &s, &err) ||
        listener_open(&s.tls, s.net, STR("127.0.0.1:0"), accepted_tls, &s, &err))
        return fprintf(stderr, "%s\n", err.message), 1;
    printf("%d %d\n", listener_addr(s.plain)->port, listener_addr(s.tls)->port);
    (void)fflush(stdout);
    while (s.plain || s.open)
        loop_run(s.loop);
    printf("open %u handshakes %llu\n", net_stats(s.net)->open,
        (unsigned long long)net_stats(s.net)->handshakes);
    tlsctx_unref(s.ctx);
    loop_free(s.loop);
    net_free(s.net);
    return 0;
}
