// SPDX-License-Identifier: Apache-2.0
// shipped: the business rules that stand in the scripts folder, as one bundle.
#include "core/script/shipped.h"

#include "core/base/codec.h"
#include "core/base/json.h"
#include "core/crypto/hash.h"
#include "core/script/bundle.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/state.h"

static const char hash_key; /* registry: hash of the shipped bundle, once it was asked for */

static bool is_rule(str *name)
{
    if (!str_starts(*name, STR("business/")) || !str_ends(*name, STR(".lua")))
        return false;
    *name = str_slice(*name, STR("business/").n, name->n);
    return true;
}

/* Lengths stand between the texts, so that no two sets of files read the same. */
static void digest_text(struct hash *h, str text)
{
    uint64_t n = text.n;
    hash_update(h, str_of((const char *)&n, sizeof(n)));
    hash_update(h, text);
}

static void digest(const struct source_set *sources, uint8_t out[HASH_SIZE])
{
    struct hash h;
    hash_init(&h);
    for (size_t i = 0; i < sources->count; i++) {
        str name = sources->files[i].name;
        if (!is_rule(&name))
            continue;
        digest_text(&h, name);
        digest_text(&h, sources->files[i].text);
    }
    hash_final(&h, out);
}

static void write_files(const struct source_set *sources, struct buf *json)
{
    struct json_writer w = {.out = json};
    json_begin_object(&w);
    for (size_t i = 0; i < sources->count; i++) {
        str name = sources->files[i].name;
        if (!is_rule(&name))
            continue;
        json_key(&w, name);
        json_put_str(&w, sources->files[i].text);
    }
    json_end_object(&w);
}

/* [-0, +1]: the hash */
static void push_hash(lua_State *L, const struct source_set *sources)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &hash_key) == LUA_TSTRING)
        return;
    lua_pop(L, 1);
    uint8_t sum[HASH_SIZE];
    struct buf *out = &host_of(L)->out;
    digest(sources, sum);
    buf_clear(out);
    codec_hex(out, str_of((const char *)sum, sizeof(sum)));
    lib_push_str(L, buf_str(out));
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &hash_key);
}

int shipped_push(lua_State *L)
{
    struct generation *g = generation_of(L);
    if (!g->script || g->loading)
        return error_raise(L, E_UNSUPPORTED, "bundle: not while scripts are being loaded");
    push_hash(L, &g->sources);
    str hash = lib_check_str(L, -1);
    if (bundle_is_known(g->script->bundles, hash))
        return 1;
    struct err err = {0};
    struct buf *out = &host_of(L)->out;
    buf_clear(out);
    write_files(&g->sources, out);
    if (bundle_add(g->script->bundles, hash, buf_str(out), &err))
        return error_raise_err(L, &err);
    return 1;
}
