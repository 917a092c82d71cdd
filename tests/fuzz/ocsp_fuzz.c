// SPDX-License-Identifier: Apache-2.0
// OCSP requests: any bytes; what is taken lies within them and keeps the limits.
#include <stdlib.h>

#include <openssl/err.h>

#include "core/pki/ocsp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(str outer, str inner)
{
    if (inner.n && (inner.p < outer.p || inner.p + inner.n > outer.p + outer.n))
        abort();
}

static void check(str der, const struct ocsp_request *q)
{
    static const struct cert nobody;
    if (!q->count || q->count > OCSP_ASKED_MAX || q->nonce.n > OCSP_NONCE_MAX)
        abort();
    within(der, q->nonce);
    for (size_t i = 0; i < q->count; i++) {
        const struct ocsp_id *id = &q->asked[i];
        within(der, id->whole);
        within(id->whole, id->serial);
        if (id->serial.n > CERT_SERIAL_MAX || id->key_hash.n != (id->sha256 ? 32u : 20u) ||
            ocsp_is_of(id, &nobody))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ocsp_request q;
    struct err err = {0};
    str der = str_of(data, size);
    int rc = ocsp_parse(der, &q, &err);
    if (rc == 0)
        check(der, &q);
    else if (rc > 0 || !err.message[0])
        abort();
    if (ERR_peek_error())
        abort();
    return 0;
}
