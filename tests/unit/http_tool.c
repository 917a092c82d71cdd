// SPDX-License-Identifier: Apache-2.0
// A small server over core/http for scenario tests. Prints "PLAIN_PORT TLS_PORT" and serves until
// its standard input ends; then it drains. Options are name=value, as in serve_opts, and
// assets=DIR.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/http/serve.h"
#include "core/loop/poll.h"
#include "core/loop/timer.h"
#include "core/net/listener.h"
#include "core/net/tls.h"
#include "tests/unit/http_tool.h"

static void accepted_plain(void *arg, int fd, const struct addr *peer)
{
    struct tool *t = arg;
    serve_accept(t->serve, fd, peer, NULL);
}

static void accepted_tls(void *arg, int fd, const struct addr *peer)
{
    struct tool *t = arg;
    serve_accept(t->serve, fd, peer, t->tls);
}

static struct tlsctx *make_tls(void)
{
    struct buf chain = {0}, key = {0};
    struct err err;
    struct tlsctx *ctx = NULL;
    if (tls_self_signed(STR("127.0.0.1"), clock_wall_ms() / 1000, &chain, &key, &err) ||
        tlsctx_new(&ctx, buf_str(&chain), buf_str(&key), "tool", &err))
        fprintf(stderr, "%s\n", err.message), exit(1);
    buf_release(&chain);
    buf_release(&key);
    return ctx;
}

static void on_closed(void *arg)
{
    struct tool *t = arg;
    t->serve = NULL;
}

static void on_drained(void *arg)
{
    struct tool *t = arg;
    serve_close(t->serve, on_closed, t);
}

static void end(struct tool *t)
{
    poll_close(t->input);
    t->input = NULL;
    listener_close(t->plain);
    listener_close(t->secure);
    serve_drain(t->serve, t->drain_ms, on_drained, t);
}

static void on_input(void *arg, int ready)
{
    struct tool *t = arg;
    char bytes[64];
    (void)ready;
    if (fread(bytes, 1, 1, stdin) != 1)
        end(t);
}

static const struct {
    const char *name;
    size_t at;
} numbers[] = {
    {"head_ms", offsetof(struct serve_opts, head_ms)},
    {"handshake_ms", offsetof(struct serve_opts, handshake_ms)},
    {"idle_ms", offsetof(struct serve_opts, idle_ms)},
    {"body_grace_ms", offsetof(struct serve_opts, body_grace_ms)},
    {"body_rate", offsetof(struct serve_opts, body_rate)},
    {"write_ms", offsetof(struct serve_opts, write_ms)},
    {"per_address", offsetof(struct serve_opts, per_address)},
    {"connections", offsetof(struct serve_opts, connections)},
};

static void read_option(struct tool *t, struct serve_opts *o, const char *option)
{
    str value = str_from(option), name = str_cut(&value, '=');
    uint64_t n = 0;
    if (str_eq(name, STR("public_url")))
        o->public_url = value;
    else if (str_eq(name, STR("assets")))
        t->assets_dir = value.p;
    else if (str_to_u64(value, &n))
        fprintf(stderr, "what is %s?\n", option), exit(1);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (str_eq(name, str_from(numbers[i].name)))
            *(unsigned *)(void *)((char *)o + numbers[i].at) = (unsigned)n;
    if (str_eq(name, STR("loopback_exempt")))
        o->loopback_exempt = n > 0;
    if (str_eq(name, STR("trust_forwarded")))
        o->trust_forwarded = n > 0;
    if (str_eq(name, STR("log")))
        o->quiet = n == 0;
    if (str_eq(name, STR("drain_ms")))
        t->drain_ms = (unsigned)n;
}

static void lift_limits(void)
{
    struct rlimit files;
    (void)getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files);
}

static void check(int rc, const struct err *err)
{
    if (rc)
        fprintf(stderr, "%s\n", err->message), exit(1);
}

static void open_all(struct tool *t, int argc, char **argv)
{
    struct err err = {0};
    struct serve_opts opts = {.quiet = true};
    t->drain_ms = 1000;
    t->loop = loop_new();
    t->net = net_new(t->loop);
    t->tls = make_tls();
    for (int i = 1; i < argc; i++)
        read_option(t, &opts, argv[i]);
    tool_open_routes(t);
    opts.net = t->net;
    opts.fixed = t->fixed;
    opts.live = &t->live;
    check(serve_open(&t->serve, &opts, &err), &err);
    tool_load_assets(t, &err);
    check(listener_open(&t->plain, t->net, STR("127.0.0.1:0"), accepted_plain, t, &err), &err);
    check(listener_open(&t->secure, t->net, STR("127.0.0.1:0"), accepted_tls, t, &err), &err);
    check(poll_open(&t->input, t->loop, 0, "input"), &err);
    poll_want(t->input, POLL_READ, on_input, t);
}

int main(int argc, char **argv)
{
    struct tool t = {0};
    log_set_level(LOG_INFO);
    lift_limits();
    open_all(&t, argc, argv);
    printf("%d %d\n", listener_addr(t.plain)->port, listener_addr(t.secure)->port);
    (void)fflush(stdout);
    while (t.serve)
        loop_run(t.loop);
    tool_close_routes(&t);
    printf("open %u\n", net_stats(t.net)->open);
    tlsctx_unref(t.tls);
    loop_free(t.loop);
    net_free(t.net);
    return 0;
}
