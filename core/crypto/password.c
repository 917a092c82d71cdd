// SPDX-License-Identifier: Apache-2.0
// password: BoringSSL's scrypt behind the PHC string format.
#include "core/crypto/password.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include "core/base/codec.h"
#include "core/crypto/token.h"

enum { LN = 15, R = 8, P = 1, SALT = 16, SIZE = 32, LN_MAX = 17, MEMORY = 192 * 1024 * 1024 };

struct cost {
    uint64_t ln, r, p;
};

static int derive(str password, const struct cost *c, str salt, uint8_t out[SIZE])
{
    if (EVP_PBE_scrypt(password.p ? password.p : "", password.n, (const uint8_t *)salt.p, salt.n,
            (uint64_t)1 << c->ln, c->r, c->p, MEMORY, out, SIZE))
        return 0;
    ERR_clear_error();
    return E_CRYPTO;
}

int password_hash(str password, struct buf *out)
{
    uint8_t salt[SALT], hash[SIZE];
    const struct cost c = {LN, R, P};
    token_random(salt, sizeof(salt));
    int rc = derive(password, &c, str_of(salt, sizeof(salt)), hash);
    if (rc)
        return rc;
    buf_printf(out, "$scrypt$ln=%d,r=%d,p=%d$", LN, R, P);
    codec_base64url(out, str_of(salt, sizeof(salt)));
    buf_append_byte(out, '$');
    codec_base64url(out, str_of(hash, sizeof(hash)));
    mem_wipe(hash, sizeof(hash));
    return 0;
}

static int read_number(str *text, str name, uint64_t *out)
{
    str part = str_cut(text, ',');
    if (!str_starts(part, name))
        return E_CORRUPT;
    return str_to_u64(str_slice(part, name.n, part.n), out) ? E_CORRUPT : 0;
}

static int read_cost(str text, struct cost *c)
{
    if (read_number(&text, STR("ln="), &c->ln) || read_number(&text, STR("r="), &c->r) ||
        read_number(&text, STR("p="), &c->p) || text.n)
        return E_CORRUPT;
    return c->ln < 10 || c->ln > LN_MAX || c->r < 1 || c->r > 8 || c->p < 1 || c->p > 2 ? E_CORRUPT
                                                                                        : 0;
}

static int read_stored(str stored, struct cost *c, struct buf *salt, struct buf *hash)
{
    str empty = str_cut(&stored, '$');
    str scheme = str_cut(&stored, '$');
    str cost = str_cut(&stored, '$');
    str salt_text = str_cut(&stored, '$');
    if (empty.n || !str_eq(scheme, STR("scrypt")) || read_cost(cost, c) ||
        codec_unbase64url(salt, salt_text) || codec_unbase64url(hash, stored) || hash->n != SIZE)
        return E_CORRUPT;
    return 0;
}

static int verify_unknown(str password)
{
    uint8_t hash[SIZE];
    const struct cost c = {LN, R, P};
    int rc = derive(password, &c, STR("no such user...."), hash);
    return rc ? rc : E_DENIED;
}

int password_verify(str password, str stored)
{
    struct buf salt = {0};
    struct buf expected = {0};
    struct cost c = {0};
    uint8_t hash[SIZE];
    if (!stored.n)
        return verify_unknown(password);
    int rc = read_stored(stored, &c, &salt, &expected);
    if (!rc)
        rc = derive(password, &c, buf_str(&salt), hash);
    if (!rc && mem_differs(hash, expected.p, SIZE))
        rc = E_DENIED;
    mem_wipe(hash, sizeof(hash));
    buf_release(&salt);
    buf_release(&expected);
    return rc;
}

bool password_is_outdated(str stored)
{
    str rest = stored;
    struct cost c = {0};
    (void)str_cut(&rest, '$');
    (void)str_cut(&rest, '$');
    return read_cost(str_cut(&rest, '$'), &c) || c.ln < LN || c.r < R;
}
