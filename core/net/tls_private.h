// SPDX-License-Identifier: Apache-2.0
// tls_private: what the TLS body needs of a context.
#ifndef CORE_NET_TLS_PRIVATE_H
#define CORE_NET_TLS_PRIVATE_H

#include <openssl/ssl.h>

#include "core/net/tls.h"

SSL_CTX *tlsctx_ssl(const struct tlsctx *ctx);
const BIO_METHOD *tlsctx_bio_method(const struct tlsctx *ctx);
/* The method of the BIO whose data is a struct stream; freed with BIO_meth_free. */
BIO_METHOD *tls_bio_method_new(void);

#endif
