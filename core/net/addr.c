// SPDX-License-Identifier: Apache-2.0
// addr: socket addresses as text and as keys of limits.
#define _GNU_SOURCE
#include "core/net/addr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static void from_ipv4(const struct in_addr *ip, struct addr *out)
{
    uint32_t host = ntohl(ip->s_addr);
    inet_ntop(AF_INET, ip, out->text, sizeof(out->text));
    out->is_loopback = host >> 24 == 127;
    out->group[10] = 0xff;
    out->group[11] = 0xff;
    memcpy(out->group + 12, ip, 4);
}

static void from_ipv6(const struct in6_addr *ip, struct addr *out)
{
    if (IN6_IS_ADDR_V4MAPPED(ip)) {
        struct in_addr v4;
        memcpy(&v4, ip->s6_addr + 12, 4);
        from_ipv4(&v4, out);
        return;
    }
    inet_ntop(AF_INET6, ip, out->text, sizeof(out->text));
    out->is_loopback = IN6_IS_ADDR_LOOPBACK(ip);
    memcpy(out->group, ip, 8);
}

void addr_from_sockaddr(const struct sockaddr_storage *from, struct addr *out)
{
    *out = (struct addr){.text = "unix"};
    if (from->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)from;
        from_ipv4(&in->sin_addr, out);
        out->port = ntohs(in->sin_port);
    } else if (from->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const void *)from;
        from_ipv6(&in->sin6_addr, out);
        out->port = ntohs(in->sin6_port);
    } else {
        out->is_loopback = true;
    }
}

static int parse_unix(str path, struct sockaddr_storage *out, unsigned *length, struct err *err)
{
    struct sockaddr_un *un = (void *)out;
    un->sun_family = AF_UNIX;
    if (!path.n || str_to_c(path, un->sun_path, sizeof(un->sun_path)))
        return err_set(err, E_CONFIG, "unix:%.*s is not a usable socket path", STR_ARG(path));
    *length = sizeof(*un);
    return 0;
}

static int parse_ip(const char *host, uint16_t port, struct sockaddr_storage *out, unsigned *length)
{
    struct sockaddr_in *v4 = (void *)out;
    struct sockaddr_in6 *v6 = (void *)out;
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        *length = sizeof(*v4);
        return 0;
    }
    if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        *length = sizeof(*v6);
        return 0;
    }
    return E_CONFIG;
}

/* The last colon parts host and port; brackets around an IPv6 host are taken off. */
static int split_host(str text, str *host, uint64_t *port)
{
    size_t colon = text.n;
    while (colon > 0 && text.p[colon - 1] != ':')
        colon--;
    if (!colon || str_to_u64(str_slice(text, colon, text.n), port) || *port > 65535)
        return E_CONFIG;
    *host = str_slice(text, 0, colon - 1);
    if (str_starts(*host, STR("[")) && str_ends(*host, STR("]")))
        *host = str_slice(*host, 1, host->n - 1);
    else if (str_index(*host, ':') >= 0)
        return E_CONFIG;
    return 0;
}

int addr_parse(str text, struct sockaddr_storage *out, unsigned *length, struct err *err)
{
    char host[64];
    str name;
    uint64_t port;
    memset(out, 0, sizeof(*out));
    if (str_starts(text, STR("unix:")))
        return parse_unix(str_slice(text, 5, text.n), out, length, err);
    if (split_host(text, &name, &port) || str_to_c(name, host, sizeof(host)) ||
        parse_ip(host, (uint16_t)port, out, length))
        return err_set(err, E_CONFIG,
            "\"%.*s\" is not an address like 127.0.0.1:8080, [::1]:8080 or unix:/path",
            STR_ARG(text));
    return 0;
}
