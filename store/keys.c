// SPDX-License-Identifier: Apache-2.0
// keys: deriving, sealing, unsealing, signing.
#include "store/keys.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/codec.h"
#include "core/crypto/ed25519.h"
#include "core/crypto/seal.h"

/* A damaged file can name any epoch: beyond so many, keys are derived and forgotten. */
enum { KNOWN_MAX = 4096, AAD_MAX = 512 };

struct epoch {
    uint32_t number;
    struct seal_key *key;
};

struct keys {
    uint8_t root[KEYS_SECRET];
    struct hash_key index;
    struct seal_key *wrap;
    struct seal_key *log; /* NULL until the secrets are set */
    struct keys_secrets secrets;
    pthread_mutex_t lock; /* of all below */
    uint32_t epoch;       /* 0: none begun */
    struct seal_key *current;
    uint64_t counter;
    struct epoch *known; /* sorted by number; keys live until keys_free */
    size_t known_count;
    size_t known_cap;
};

static void derive(const struct keys *k, str info, uint8_t out[KEYS_SECRET])
{
    if (hash_hkdf(str_of(k->root, KEYS_SECRET), (str){NULL, 0}, info, out, KEYS_SECRET))
        abort(); /* only an impossible length fails */
}

static struct seal_key *derive_seal(const struct keys *k, str info)
{
    uint8_t bytes[KEYS_SECRET];
    derive(k, info, bytes);
    struct seal_key *key = seal_key_new(bytes);
    mem_wipe(bytes, sizeof(bytes));
    return key;
}

static struct seal_key *derive_epoch(const struct keys *k, uint32_t epoch)
{
    uint8_t info[18] = "certhall epoch";
    codec_put_be32(info + 14, epoch);
    return derive_seal(k, str_of(info, sizeof(info)));
}

struct keys *keys_new(const uint8_t seal_key[KEYS_SECRET])
{
    struct keys *k = mem_zalloc(1, sizeof(*k));
    uint8_t index[KEYS_SECRET];
    memcpy(k->root, seal_key, KEYS_SECRET);
    derive(k, STR("certhall index"), index);
    hash_key_init(&k->index, str_of(index, sizeof(index)));
    mem_wipe(index, sizeof(index));
    k->wrap = derive_seal(k, STR("certhall wrap"));
    pthread_mutex_init(&k->lock, NULL);
    return k;
}

void keys_free(struct keys *k)
{
    if (!k)
        return;
    for (size_t i = 0; i < k->known_count; i++)
        seal_key_free(k->known[i].key);
    free(k->known);
    seal_key_free(k->wrap);
    seal_key_free(k->log);
    pthread_mutex_destroy(&k->lock);
    mem_wipe(k, sizeof(*k));
    free(k);
}

/* Where the epoch is or would be. Under the lock. */
static size_t place_of(const struct keys *k, uint32_t epoch)
{
    size_t low = 0, high = k->known_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (k->known[middle].number < epoch)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Under the lock. */
static struct seal_key *remember(struct keys *k, uint32_t epoch)
{
    size_t at = place_of(k, epoch);
    if (at < k->known_count && k->known[at].number == epoch)
        return k->known[at].key;
    if (k->known_count == k->known_cap) {
        k->known_cap = k->known_cap ? k->known_cap * 2 : 16;
        k->known = mem_realloc(k->known, k->known_cap * sizeof(*k->known));
    }
    memmove(&k->known[at + 1], &k->known[at], (k->known_count - at) * sizeof(*k->known));
    k->known[at] = (struct epoch){epoch, derive_epoch(k, epoch)};
    k->known_count++;
    return k->known[at].key;
}

void keys_begin_epoch(struct keys *k, uint32_t epoch)
{
    pthread_mutex_lock(&k->lock);
    k->current = remember(k, epoch);
    k->epoch = epoch;
    k->counter = 0;
    pthread_mutex_unlock(&k->lock);
}

bool keys_is_epoch_worn(const struct keys *k)
{
    struct keys *own = (struct keys *)(uintptr_t)k;
    pthread_mutex_lock(&own->lock);
    bool worn = k->counter >= KEYS_SEALINGS_MAX;
    pthread_mutex_unlock(&own->lock);
    return worn;
}

void keys_set_secrets(struct keys *k, const struct keys_secrets *s)
{
    k->secrets = *s;
    seal_key_free(k->log);
    k->log = seal_key_new(s->log);
}

const struct keys_secrets *keys_secrets(const struct keys *k)
{
    return &k->secrets;
}

/* `name ‖ 00 ‖ key` on the caller's stack. */
struct aad {
    char bytes[AAD_MAX];
    size_t n;
};

static int make_aad(struct aad *a, str name, str key)
{
    a->n = name.n + 1 + key.n;
    if (a->n > sizeof(a->bytes))
        return E_TOO_BIG;
    memcpy(a->bytes, name.p, name.n);
    a->bytes[name.n] = '\0';
    if (key.n)
        memcpy(a->bytes + name.n + 1, key.p, key.n);
    return 0;
}

/* The next nonce; with it the epoch's key, unless another one is to be used. */
static int next_nonce(
    struct keys *k, uint8_t nonce[SEAL_NONCE_SIZE], const struct seal_key **epoch_key)
{
    pthread_mutex_lock(&k->lock);
    uint32_t epoch = k->epoch;
    uint64_t counter = k->counter++;
    *epoch_key = k->current;
    pthread_mutex_unlock(&k->lock);
    codec_put_be32(nonce, epoch);
    codec_put_be64(nonce + 4, counter);
    return epoch ? 0 : E_READ_ONLY;
}

/* With `key`, or the epoch's for NULL. */
static int seal(
    struct keys *k, const struct seal_key *key, str name, str tail, str plain, struct buf *out)
{
    struct aad aad;
    uint8_t nonce[SEAL_NONCE_SIZE];
    const struct seal_key *epoch_key;
    int rc = make_aad(&aad, name, tail);
    if (!rc)
        rc = next_nonce(k, nonce, &epoch_key);
    if (rc)
        return rc;
    size_t start = out->n;
    buf_append(out, str_of(nonce, sizeof(nonce)));
    rc = seal_put(key ? key : epoch_key, nonce, str_of(aad.bytes, aad.n), plain, out);
    if (rc)
        out->n = start;
    return rc;
}

static int unseal(const struct seal_key *key, str name, str tail, str sealed, struct buf *out)
{
    struct aad aad;
    if (sealed.n < KEYS_SEALED_EXTRA || make_aad(&aad, name, tail))
        return E_CORRUPT;
    return seal_get(key, (const uint8_t *)sealed.p, str_of(aad.bytes, aad.n),
        str_slice(sealed, KEYS_SEALED_HEAD, sealed.n), out);
}

int keys_seal(struct keys *k, str name, str key, str plain, struct buf *out)
{
    return seal(k, NULL, name, key, plain, out);
}

int keys_seal_log(struct keys *k, str name, str subject, str plain, struct buf *out)
{
    return k->log ? seal(k, k->log, name, subject, plain, out) : E_READ_ONLY;
}

int keys_wrap(struct keys *k, str name, str key, str plain, struct buf *out)
{
    return seal(k, k->wrap, name, key, plain, out);
}

/* NULL: too many are known; derive one and free it. */
static const struct seal_key *known_key(struct keys *k, uint32_t epoch)
{
    pthread_mutex_lock(&k->lock);
    const struct seal_key *key = epoch == k->epoch ? k->current : NULL;
    size_t at = key ? 0 : place_of(k, epoch);
    if (!key && at < k->known_count && k->known[at].number == epoch)
        key = k->known[at].key;
    if (!key && k->known_count < KNOWN_MAX)
        key = remember(k, epoch);
    pthread_mutex_unlock(&k->lock);
    return key;
}

int keys_unseal(struct keys *k, str name, str key, str sealed, struct buf *out)
{
    if (sealed.n < KEYS_SEALED_EXTRA)
        return E_CORRUPT;
    uint32_t epoch = codec_get_be32((const uint8_t *)sealed.p);
    const struct seal_key *known = known_key(k, epoch);
    if (known)
        return unseal(known, name, key, sealed, out);
    struct seal_key *once = derive_epoch(k, epoch);
    int rc = unseal(once, name, key, sealed, out);
    seal_key_free(once);
    return rc;
}

int keys_unseal_log(struct keys *k, str name, str subject, str sealed, struct buf *out)
{
    return k->log ? unseal(k->log, name, subject, sealed, out) : E_CORRUPT;
}

int keys_unwrap(struct keys *k, str name, str key, str sealed, struct buf *out)
{
    return unseal(k->wrap, name, key, sealed, out);
}

void keys_blind(const struct keys *k, str name, str value, uint8_t out[KEYS_HASH])
{
    struct aad head;
    if (make_aad(&head, name, (str){NULL, 0}))
        abort(); /* names of the schema are short */
    hash_key_mac2(&k->index, str_of(head.bytes, head.n), value, out);
}

void keys_sign_head(const struct keys *k, str message, uint8_t signature[64])
{
    ed25519_sign(k->secrets.head_seed, message, signature);
}

void keys_head_public(const struct keys *k, uint8_t out[32])
{
    ed25519_public(k->secrets.head_seed, out);
}

int keys_verify_head(str message, const uint8_t signature[64], const uint8_t public_key[32])
{
    return ed25519_is_signed(message, signature, public_key) ? 0 : E_CORRUPT;
}
