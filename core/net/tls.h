// SPDX-License-Identifier: Apache-2.0
// tls: the server's certificate and rules as a shared context; swapped while running by handing out
// another one.
#ifndef CORE_NET_TLS_H
#define CORE_NET_TLS_H

#include "core/base/buf.h"

struct tlsctx;

/* TLS 1.2 and 1.3 with this chain and key (PEM texts; the leaf first). One reference is the
 * caller's. E_CONFIG with a sentence when a text does not parse or the key belongs to another
 * certificate. `names` is for messages only. */
must_use int tlsctx_new(
    struct tlsctx **out, str chain_pem, str key_pem, const char *names, struct err *err);
struct tlsctx *tlsctx_ref(struct tlsctx *ctx);
void tlsctx_unref(struct tlsctx *ctx);
/* When the leaf ends, seconds since 1970. */
int64_t tlsctx_not_after(const struct tlsctx *ctx);

/* Appends a fresh P-256 key and a certificate over it, signed by itself, for localhost, 127.0.0.1,
 * ::1 and `host` (may be empty), valid for a year from `now` (seconds): for trying out only. */
must_use int tls_self_signed(
    str host, int64_t now, struct buf *chain_pem, struct buf *key_pem, struct err *err);

#endif
