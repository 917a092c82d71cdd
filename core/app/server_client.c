// SPDX-License-Identifier: Apache-2.0
// server_client: outgoing calls and mail, as far as the options allow them.
#include <stdlib.h>

#include "core/app/server.h"
#include "core/client/client.h"

enum { HOSTS_MAX = 64 };

/* "smtps://mail.example.cn:465" -> "mail.example.cn" */
static str host_of(const char *url)
{
    str rest = str_from(url);
    ptrdiff_t at = str_find(rest, STR("://"));
    if (at < 0)
        return STR("");
    rest = str_slice(rest, (size_t)at + 3, rest.n);
    rest = str_cut(&rest, '/');
    return str_cut(&rest, ':');
}

static void add_host(struct arena *a, const char **hosts, size_t *n, str host)
{
    host = str_trim(host);
    if (host.n && *n < HOSTS_MAX)
        hosts[(*n)++] = arena_str(a, host).p;
}

int server_open_client(struct server *s, struct err *err)
{
    struct arena a = {0};
    const char *hosts[HOSTS_MAX + 1] = {NULL};
    size_t n = 0;
    const struct options *o = s->options;
    str list = str_from(options_text(o, OPT_CLIENT_HOSTS));
    while (list.n)
        add_host(&a, hosts, &n, str_cut(&list, ','));
    add_host(&a, hosts, &n, host_of(options_text(o, OPT_MAIL_URL)));
    hosts[n] = NULL;
    const struct client_opts opts = {
        .hosts = hosts,
        .ca_file =
            options_is_on(o, OPT_CLIENT_CA_FILE) ? options_text(o, OPT_CLIENT_CA_FILE) : NULL,
        .plain_loopback = options_is_try(o),
    };
    int rc = n ? client_open(&s->client, s->loop, &opts, err) : 0;
    arena_release(&a);
    return rc;
}
