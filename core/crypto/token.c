// SPDX-License-Identifier: Apache-2.0
// token: random identifiers, codes, and signed short-lived tokens.
#include "core/crypto/token.h"

#include <openssl/rand.h>

#include "core/base/codec.h"
#include "core/crypto/hash.h"

void token_random(void *out, size_t n)
{
    RAND_bytes(out, n); /* aborts by itself when the system has no randomness */
}

uint32_t token_below(uint32_t limit)
{
    uint32_t unbiased = UINT32_MAX - UINT32_MAX % limit;
    uint32_t v;
    do
        token_random(&v, sizeof(v));
    while (v >= unbiased);
    return v % limit;
}

static void token_from(struct buf *out, str alphabet, size_t length)
{
    for (size_t i = 0; i < length; i++)
        buf_append_byte(out, alphabet.p[token_below((uint32_t)alphabet.n)]);
}

void token_letters(struct buf *out, size_t length)
{
    token_from(out, STR("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"), length);
}

void token_digits(struct buf *out, size_t length)
{
    token_from(out, STR("0123456789"), length);
}

void token_id(struct buf *out)
{
    uint8_t bytes[16];
    token_random(bytes, sizeof(bytes));
    codec_base64url(out, str_of(bytes, sizeof(bytes)));
}

/* MAC over purpose NUL signed-part, so that no purpose is another's beginning. */
static void token_mac(str key, str purpose, str part, uint8_t mac[HASH_SIZE])
{
    struct buf text = {0};
    buf_append(&text, purpose);
    buf_append_byte(&text, '\0');
    buf_append(&text, part);
    hash_hmac(key, buf_str(&text), mac);
    buf_release(&text);
}

void token_sign(str key, str purpose, str payload, int64_t expires_ms, struct buf *out)
{
    uint8_t mac[HASH_SIZE];
    size_t from = out->n;
    codec_base64url(out, payload);
    buf_append_byte(out, '.');
    buf_append_i64(out, expires_ms);
    token_mac(key, purpose, str_of(out->p + from, out->n - from), mac);
    buf_append_byte(out, '.');
    codec_base64url(out, str_of(mac, sizeof(mac)));
}

static bool mac_fits(str key, str purpose, str part, str claimed)
{
    uint8_t mac[HASH_SIZE];
    struct buf bytes = {0};
    token_mac(key, purpose, part, mac);
    bool fits = codec_unbase64url(&bytes, claimed) == 0 && bytes.n == sizeof(mac) &&
                !mem_differs(bytes.p, mac, sizeof(mac));
    buf_release(&bytes);
    return fits;
}

int token_verify(str key, str purpose, str token, int64_t now_ms, struct buf *payload)
{
    str rest = token;
    str encoded = str_cut(&rest, '.');
    str expiry = str_cut(&rest, '.');
    int64_t expires_ms;
    str part = str_slice(token, 0, encoded.n + 1 + expiry.n);
    if (!mac_fits(key, purpose, part, rest))
        return E_DENIED;
    if (str_to_i64(expiry, &expires_ms))
        return E_DENIED;
    if (now_ms >= expires_ms)
        return E_TIMEOUT;
    return codec_unbase64url(payload, encoded) ? E_DENIED : 0;
}
