// SPDX-License-Identifier: Apache-2.0
// listener: a listening socket that hands over accepted connections, and survives running out of
// descriptors.
#ifndef CORE_NET_LISTENER_H
#define CORE_NET_LISTENER_H

#include "core/net/stream.h"

struct listener;

/* Binds and listens on "127.0.0.1:8080", "[::1]:8080" or "unix:/path" (an old socket file is
 * replaced). Port 0 takes a free one. Calls accepted(arg, fd, peer) for each connection; the
 * descriptor (non-blocking) is then the callee's. E_ADDR_IN_USE, E_DENIED, E_CONFIG with a sentence
 * that names the address. */
must_use int listener_open(struct listener **out, struct net *n, str address,
    void (*accepted)(void *arg, int fd, const struct addr *peer), void *arg, struct err *err);
/* The same on a descriptor that already listens (socket activation). Takes it. */
must_use int listener_adopt(struct listener **out, struct net *n, int fd,
    void (*accepted)(void *arg, int fd, const struct addr *peer), void *arg, struct err *err);
/* Stops and resumes accepting; the kernel's queue holds what comes meanwhile. */
void listener_pause(struct listener *l);
void listener_resume(struct listener *l);
/* Where it listens, with the real port. */
const struct addr *listener_addr(const struct listener *l);
/* No call after this returns. */
void listener_close(struct listener *l);

#endif
