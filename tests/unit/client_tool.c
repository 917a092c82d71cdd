// SPDX-License-Identifier: Apache-2.0
// Drives core/client from tests: fetch METHOD URL BODY LIMIT TIMEOUT | mail URL FROM TO TEXT |
// cancel URL. The hosts 127.0.0.1 and localhost are allowed; CA_FILE in the environment names the
// trusted roots.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/client/client.h"
#include "core/loop/loop.h"

static void print_result(void *arg, const struct client_result *r)
{
    (void)arg;
    printf("%s %ld %zu\n%.*s\n", r->status ? err_name(r->status) : "OK", r->code, r->headers.n,
        STR_ARG(r->body));
}

static int fetch(struct client *c, char **argv, struct client_op **op)
{
    const struct client_header headers[] = {{STR("X-Test"), str_from(argv[6] ? argv[6] : "yes")}};
    const struct client_request request = {
        .method = str_from(argv[2]),
        .url = str_from(argv[3]),
        .headers = headers,
        .header_count = 1,
        .body = str_from(argv[4]),
        .response_limit = 100000,
        .timeout_ms = (unsigned)atoi(argv[5]),
    };
    return client_fetch(c, &request, print_result, NULL, op);
}

static int mail(struct client *c, char **argv)
{
    const str to = str_from(argv[4]);
    const struct client_mail m = {.url = str_from(argv[2]),
        .from = str_from(argv[3]),
        .to = &to,
        .to_count = 1,
        .message = str_from(argv[5])};
    return client_send_mail(c, &m, print_result, NULL, NULL);
}

int main(int argc, char **argv)
{
    static const char *const hosts[] = {"127.0.0.1", "localhost", NULL};
    const struct client_opts opts = {
        .hosts = hosts, .ca_file = getenv("CA_FILE"), .plain_loopback = true};
    struct loop *loop = loop_new();
    struct client *client;
    struct client_op *op = NULL;
    if (argc < 6 || client_open(&client, loop, &opts, NULL))
        return 2;
    int rc = !strcmp(argv[1], "mail") ? mail(client, argv) : fetch(client, argv, &op);
    if (rc)
        printf("%s\n", err_name(rc));
    else if (!strcmp(argv[1], "cancel"))
        client_cancel(op);
    if (strcmp(argv[1], "abandon"))
        loop_run(loop);
    client_close(client);
    loop_free(loop);
    return 0;
}
