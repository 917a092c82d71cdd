// SPDX-License-Identifier: Apache-2.0
// log_format: the bytes of a log's records and signed heads.
#include "store/log_format.h"

#include <string.h>

#include "core/base/codec.h"
#include "store/keys.h"

static const uint8_t *bytes_at(str s, size_t at)
{
    return (const uint8_t *)s.p + at;
}

int log_entry_read(str key, str value, struct log_entry *out)
{
    if (key.n != 8 || value.n < LOG_RECORD_FIXED)
        return E_CORRUPT;
    size_t subject = *bytes_at(value, LOG_RECORD_FIXED - 1);
    if (subject > LOG_SUBJECT_MAX || value.n < LOG_RECORD_FIXED + subject)
        return E_CORRUPT;
    out->seq = codec_get_be64(bytes_at(key, 0));
    out->time_ms = (int64_t)codec_get_be64(bytes_at(value, 0));
    memcpy(out->prev, bytes_at(value, 8), STORE_HASH);
    memcpy(out->payload_hash, bytes_at(value, 8 + STORE_HASH), STORE_HASH);
    out->subject = str_slice(value, LOG_RECORD_FIXED, LOG_RECORD_FIXED + subject);
    out->payload = str_slice(value, LOG_RECORD_FIXED + subject, value.n);
    return 0;
}

static void put_u64(struct buf *out, uint64_t v)
{
    uint8_t bytes[8];
    codec_put_be64(bytes, v);
    buf_append(out, str_of(bytes, sizeof(bytes)));
}

static void put_name(struct buf *out, str what, str log)
{
    buf_append(out, what);
    buf_append_byte(out, '\0');
    buf_append(out, log);
    buf_append_byte(out, '\0');
}

void log_entry_hash(str log, const struct log_entry *entry, uint8_t out[STORE_HASH])
{
    struct buf header = {0};
    put_name(&header, STR("certhall log"), log);
    put_u64(&header, entry->seq);
    put_u64(&header, (uint64_t)entry->time_ms);
    buf_append(&header, str_of(entry->prev, STORE_HASH));
    buf_append(&header, str_of(entry->payload_hash, STORE_HASH));
    buf_append_byte(&header, (char)entry->subject.n);
    buf_append(&header, entry->subject);
    hash_sha256(buf_str(&header), out);
    buf_release(&header);
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
    out->seq = codec_get_be64(bytes_at(key, 0));
    out->time_ms = (int64_t)codec_get_be64(bytes_at(value, 0));
    memcpy(out->hash, bytes_at(value, 8), STORE_HASH);
    memcpy(out->signature, bytes_at(value, 8 + STORE_HASH), STORE_LOG_SIGNATURE);
    return 0;
}

int log_head_verify(str log, const struct store_head *head, const uint8_t public_key[32])
{
    struct buf message = {0};
    put_name(&message, STR("certhall head"), log);
    put_u64(&message, head->seq);
    put_u64(&message, (uint64_t)head->time_ms);
    buf_append(&message, str_of(head->hash, STORE_HASH));
    int rc = keys_verify_head(buf_str(&message), head->signature, public_key);
    buf_release(&message);
    return rc ? E_CORRUPT : 0;
}
