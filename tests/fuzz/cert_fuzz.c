// SPDX-License-Identifier: Apache-2.0
// Certificates, lists, chains and names: any bytes; what is taken lies within them, and a name that
// is taken is written as the same bytes.
#include <stdlib.h>

#include <openssl/err.h>

#include "core/pki/crl.h"
#include "core/pki/lint.h"
#include "core/pki/p7.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(str outer, str inner)
{
    if (inner.n && (inner.p < outer.p || inner.p + inner.n > outer.p + outer.n))
        abort();
}

static void try_name(str der)
{
    struct name n;
    struct buf again = {0};
    if (name_parse(der, &n, NULL))
        return;
    if (!name_is_wellformed(der) || name_put(&n, &again, NULL) || !str_eq(buf_str(&again), der))
        abort();
    buf_release(&again);
}

static void try_cert(str der)
{
    struct cert c;
    struct err err = {0};
    if (cert_parse(der, &c, &err))
        return;
    const str parts[] = {c.tbs, c.serial, c.issuer, c.subject, c.spki, c.signature, c.key_id,
        c.authority_id, c.policy, c.crl_url, c.ocsp_url, c.issuer_url, c.mail, c.numbers[0]};
    for (size_t i = 0; i < countof(parts); i++)
        within(der, parts[i]);
    try_name(c.subject);
    for (size_t i = 0; profile_at(i); i++)
        if (lint_cert(&c, profile_at(i), &c, &err) > 0)
            abort();
}

static void try_crl(str der)
{
    struct crl c;
    struct crl_entry e;
    if (crl_parse(der, &c, NULL))
        return;
    while (crl_next(&c.entries, &e) == 0)
        within(der, e.serial);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str der = str_of(data, size), certs[P7_CERTS_MAX];
    size_t count;
    try_cert(der);
    try_crl(der);
    try_name(der);
    if (p7_parse(der, certs, &count, NULL) == 0)
        for (size_t i = 0; i < count; i++)
            within(der, certs[i]);
    if (ERR_peek_error())
        abort();
    return 0;
}
