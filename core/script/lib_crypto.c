// SPDX-License-Identifier: Apache-2.0
// lib_crypto: digests, tokens, codes, encodings, and passwords on the pool.
#include "core/base/clock.h"
#include "core/base/codec.h"
#include "core/crypto/hash.h"
#include "core/crypto/token.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/state.h"

enum { CODE_MAX = 64 };

static struct buf *fresh_buf(lua_State *L)
{
    struct buf *out = &host_of(L)->out;
    buf_clear(out);
    return out;
}

static int push_buf(lua_State *L, const struct buf *b)
{
    lib_push_str(L, buf_str(b));
    return 1;
}

static int push_hex(lua_State *L, const uint8_t *digest, size_t n)
{
    struct buf *out = fresh_buf(L);
    codec_hex(out, str_of(digest, n));
    return push_buf(L, out);
}

/* crypto.sha256(text) -> 64 hexadecimal digits */
static int sha256(lua_State *L)
{
    uint8_t digest[HASH_SIZE];
    hash_sha256(lib_check_str(L, 1), digest);
    return push_hex(L, digest, sizeof(digest));
}

/* crypto.sm3(text) -> 64 hexadecimal digits */
static int sm3(lua_State *L)
{
    uint8_t digest[HASH_SIZE];
    hash_sm3(lib_check_str(L, 1), digest);
    return push_hex(L, digest, sizeof(digest));
}

/* crypto.hmac(key, text) -> 64 hexadecimal digits (SHA-256) */
static int hmac(lua_State *L)
{
    uint8_t digest[HASH_SIZE];
    hash_hmac(lib_check_str(L, 1), lib_check_str(L, 2), digest);
    return push_hex(L, digest, sizeof(digest));
}

/* crypto.equal(a, b) -> boolean, in a time that tells nothing about where they differ */
static int equal(lua_State *L)
{
    str a = lib_check_str(L, 1), b = lib_check_str(L, 2);
    lua_pushboolean(L, a.n == b.n && !mem_differs(a.p, b.p, a.n));
    return 1;
}

/* crypto.id() -> 22 characters, 128 random bits */
static int id(lua_State *L)
{
    struct buf *out = fresh_buf(L);
    token_id(out);
    return push_buf(L, out);
}

static size_t check_length(lua_State *L)
{
    lua_Integer n = luaL_checkinteger(L, 1);
    luaL_argcheck(L, n >= 1 && n <= CODE_MAX, 1, "1 to 64");
    return (size_t)n;
}

/* crypto.digits(n) -> n random digits */
static int digits(lua_State *L)
{
    struct buf *out = fresh_buf(L);
    token_digits(out, check_length(L));
    return push_buf(L, out);
}

/* crypto.letters(n) -> n random characters of 0-9A-Za-z */
static int letters(lua_State *L)
{
    struct buf *out = fresh_buf(L);
    token_letters(out, check_length(L));
    return push_buf(L, out);
}

static str secret_of(lua_State *L)
{
    return task_current(L)->gen->script->opts.secret;
}

/* crypto.sign(purpose, text, ms) -> token that crypto.verify accepts for ms milliseconds */
static int sign(lua_State *L)
{
    struct buf *out = fresh_buf(L);
    str purpose = lib_check_str(L, 1), payload = lib_check_str(L, 2);
    lua_Integer ms = luaL_checkinteger(L, 3);
    token_sign(secret_of(L), purpose, payload, clock_wall_ms() + ms, out);
    return push_buf(L, out);
}

/* crypto.verify(purpose, token) -> text|nil when it is altered, for another purpose or too old */
static int verify(lua_State *L)
{
    struct buf *out = fresh_buf(L);
    str purpose = lib_check_str(L, 1), token = lib_check_str(L, 2);
    if (token_verify(secret_of(L), purpose, token, clock_wall_ms(), out))
        return 0;
    return push_buf(L, out);
}

/* crypto.hex(bytes) -> hexadecimal digits */
static int hex(lua_State *L)
{
    struct buf *out = fresh_buf(L);
    codec_hex(out, lib_check_str(L, 1));
    return push_buf(L, out);
}

/* crypto.unhex(text) -> bytes|nil */
static int unhex(lua_State *L)
{
    struct buf *out = fresh_buf(L);
    return codec_unhex(out, lib_check_str(L, 1)) ? 0 : push_buf(L, out);
}

/* crypto.base64(bytes) -> text */
static int base64(lua_State *L)
{
    struct buf *out = fresh_buf(L);
    codec_base64(out, lib_check_str(L, 1));
    return push_buf(L, out);
}

/* crypto.unbase64(text) -> bytes|nil */
static int unbase64(lua_State *L)
{
    struct buf *out = fresh_buf(L);
    return codec_unbase64(out, lib_check_str(L, 1)) ? 0 : push_buf(L, out);
}

/* crypto.base64url(bytes) -> text */
static int base64url(lua_State *L)
{
    struct buf *out = fresh_buf(L);
    codec_base64url(out, lib_check_str(L, 1));
    return push_buf(L, out);
}

/* crypto.unbase64url(text) -> bytes|nil */
static int unbase64url(lua_State *L)
{
    struct buf *out = fresh_buf(L);
    return codec_unbase64url(out, lib_check_str(L, 1)) ? 0 : push_buf(L, out);
}

static const luaL_Reg functions[] = {
    {"base64", base64},
    {"base64url", base64url},
    {"digits", digits},
    {"equal", equal},
    {"hex", hex},
    {"hmac", hmac},
    {"id", id},
    {"letters", letters},
    {"sha256", sha256},
    {"sign", sign},
    {"sm3", sm3},
    {"unbase64", unbase64},
    {"unbase64url", unbase64url},
    {"unhex", unhex},
    {"verify", verify},
    {NULL, NULL},
};

int lib_crypto_open(lua_State *L)
{
    luaL_newlib(L, functions);
    lib_password_add(L);
    return 1;
}
