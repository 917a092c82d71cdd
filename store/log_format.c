// SPDX-License-Identifier: Apache-2.0
// log_format: the bytes of a log's records and signed heads.
#include "store/log_format.h"

#include <string.h>

#include "core/base/codec.h"
#include "store/chain.h"

int log_entry_read(str key, str value, struct log_entry *out)
{
    struct chain_header h;
    int rc = chain_parse(key, value, &h, &out->payload);
    if (rc || h.subject.n > LOG_SUBJECT_MAX)
        return E_CORRUPT;
    out->seq = h.seq;
    out->time_ms = h.time_ms;
    out->subject = h.subject;
    memcpy(out->prev, h.prev, STORE_HASH);
    memcpy(out->payload_hash, h.payload_hash, STORE_HASH);
    return 0;
}

void log_entry_hash(str log, const struct log_entry *entry, uint8_t out[STORE_HASH])
{
    struct chain_header h = {
        .seq = entry->seq, .time_ms = entry->time_ms, .subject = entry->subject};
    memcpy(h.prev, entry->prev, STORE_HASH);
    memcpy(h.payload_hash, entry->payload_hash, STORE_HASH);
    chain_hash(log, &h, out);
}

bool log_entry_is_whole(const struct log_entry *entry)
{
    uint8_t digest[HASH_SIZE];
    hash_sha256(entry->payload, digest);
    return memcmp(digest, entry->payload_hash, sizeof(digest)) == 0;
}

int log_head_read(str key, str value, struct store_head *out)
{
    if (key.n != 8 || value.n != LOG_HEAD_SIZE)
        return E_CORRUPT;
    const uint8_t *bytes = (const uint8_t *)value.p;
    out->seq = codec_get_be64((const uint8_t *)key.p);
    out->time_ms = (int64_t)codec_get_be64(bytes);
    memcpy(out->hash, bytes + 8, STORE_HASH);
    memcpy(out->signature, bytes + 8 + STORE_HASH, STORE_LOG_SIGNATURE);
    return 0;
}

int log_head_verify(str log, const struct store_head *head, const uint8_t public_key[32])
{
    struct buf message = {0};
    uint8_t numbers[16];
    codec_put_be64(numbers, head->seq);
    codec_put_be64(numbers + 8, (uint64_t)head->time_ms);
    buf_append(&message, STR("certhall head\0"));
    buf_append(&message, log);
    buf_append_byte(&message, '\0');
    buf_append(&message, str_of(numbers, sizeof(numbers)));
    buf_append(&message, str_of(head->hash, STORE_HASH));
    int rc = keys_verify_head(buf_str(&message), head->signature, public_key);
    buf_release(&message);
    return rc ? E_CORRUPT : 0;
}
