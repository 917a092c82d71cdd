// SPDX-License-Identifier: Apache-2.0
// Requests: any bytes; what is taken must be a request whose key can be written and read again.
#include <stdlib.h>

#include <openssl/err.h>

#include "core/pki/csr.h"
#include "core/pki/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_key(const struct csr *csr)
{
    struct pk *again = NULL;
    struct buf spki = {0};
    pk_put_spki(csr->key, &spki);
    if (!str_eq(buf_str(&spki), csr->spki) || pk_from_spki(buf_str(&spki), &again, NULL) ||
        !pk_is_same(again, csr->key) || !name_is_wellformed(csr->subject))
        abort();
    pk_free(again);
    buf_release(&spki);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct csr csr;
    struct err err = {0};
    int rc = csr_parse(str_of(data, size), &a, &csr, &err);
    if (rc == 0)
        check_key(&csr);
    else if (rc > 0 || !err.message[0] || !err.where[0])
        abort(); /* every refusal says what and where */
    if (ERR_peek_error())
        abort();
    arena_release(&a);
    return 0;
}
