// SPDX-License-Identifier: Apache-2.0
// addr: where a peer or a listener stands.
#ifndef CORE_NET_ADDR_H
#define CORE_NET_ADDR_H

#include "core/base/base.h"

struct sockaddr_storage;

struct addr {
    char text[64];     /* "127.0.0.1", "::1", "unix" */
    uint16_t port;     /* 0 for a unix socket */
    bool is_loopback;  /* 127.0.0.0/8, ::1, or a unix socket */
    uint8_t group[16]; /* what limits count by: the IPv4 address (mapped), or the /64 of an IPv6
                          address */
};

/* Describes what accept(2) or getsockname(2) gave. */
void addr_from_sockaddr(const struct sockaddr_storage *from, struct addr *out);
/* Reads "127.0.0.1:8080", "[::1]:8080" or "unix:/path" into a socket address; E_CONFIG with a
 * sentence otherwise. */
must_use int addr_parse(str text, struct sockaddr_storage *out, unsigned *length, struct err *err);

#endif
