// SPDX-License-Identifier: Apache-2.0
// start_key: the seal key: made once, read at the start, never shown.
#include <stdlib.h>

#include "core/app/start.h"

#include <string.h>

#include "core/crypto/token.h"
#include "core/crypto/hash.h"
#include "core/loop/secret.h"

enum { SECRET_MAX = 1024 };

int start_read_key(const char *path, uint8_t key[START_KEY_SIZE], struct err *err)
{
    struct buf bytes = {0};
    int rc = secret_read(path, "seal key", SECRET_MAX, &bytes, err);
    if (rc == E_NOT_FOUND)
        rc = err_set(err, rc, "there is no seal key %s; certhall init makes it", path);
    if (!rc && bytes.n != START_KEY_SIZE)
        rc = err_set(err, E_CORRUPT, "the seal key %s has %zu bytes instead of %d", path, bytes.n,
            START_KEY_SIZE);
    if (!rc)
        memcpy(key, bytes.p, START_KEY_SIZE);
    secret_release(&bytes);
    return rc;
}

int start_read_secret(const char *path, const char *what, struct buf *out, struct err *err)
{
    return secret_read_line(path, what, SECRET_MAX, out, err);
}

int start_make_key(const char *path, struct err *err)
{
    uint8_t key[START_KEY_SIZE];
    token_random(key, sizeof(key));
    int rc = secret_make(path, "seal key", str_of(key, sizeof(key)), err);
    mem_wipe(key, sizeof(key));
    return rc;
}

void start_derive(
    const uint8_t key[START_KEY_SIZE], const char *purpose, uint8_t out[START_KEY_SIZE])
{
    if (hash_hkdf(str_of(key, START_KEY_SIZE), STR(""), str_from(purpose), out, START_KEY_SIZE))
        abort();
}
