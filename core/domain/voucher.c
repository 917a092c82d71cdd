// SPDX-License-Identifier: Apache-2.0
// voucher: HMAC-SHA-256 over label and payload.
#include "core/domain/voucher.h"

#include "core/base/codec.h"
#include "core/crypto/hash.h"

enum { TEXT_MAX = 16384, DEPTH = 6 };

/* The label ends in a NUL: no label is the beginning of another. */
static void mac_of(str label, str payload, const uint8_t *key, uint8_t out[HASH_SIZE])
{
    struct hash_key k;
    struct buf head = {0};
    buf_append(&head, label);
    buf_append_byte(&head, 0);
    hash_key_init(&k, str_of(key, VOUCHER_KEY));
    hash_key_mac2(&k, buf_str(&head), payload, out);
    mem_wipe(&k, sizeof(k));
    buf_release(&head);
}

void voucher_write(struct buf *out, str label, str payload, const uint8_t key[VOUCHER_KEY])
{
    uint8_t mac[HASH_SIZE];
    mac_of(label, payload, key, mac);
    codec_base64url(out, payload);
    buf_append_byte(out, '.');
    codec_base64url(out, str_of(mac, sizeof(mac)));
}

static int open_text(str text, str label, const uint8_t *key, struct arena *arena, str *payload)
{
    uint8_t mac[HASH_SIZE];
    struct buf body = {0}, said = {0};
    str head = str_cut(&text, '.');
    int rc = codec_unbase64url(&body, head) || codec_unbase64url(&said, text) ? E_DENIED : 0;
    if (!rc) {
        mac_of(label, buf_str(&body), key, mac);
        if (said.n != sizeof(mac) || mem_differs(mac, said.p, sizeof(mac)))
            rc = E_DENIED;
    }
    *payload = arena_str(arena, buf_str(&body));
    buf_release(&body);
    buf_release(&said);
    return rc;
}

int voucher_read(str text, str label, const uint8_t key[VOUCHER_KEY], struct arena *arena,
    const struct json **root)
{
    str payload;
    if (text.n > TEXT_MAX || open_text(text, label, key, arena, &payload) ||
        json_parse(payload, DEPTH, arena, root, NULL))
        return E_DENIED;
    return 0;
}
