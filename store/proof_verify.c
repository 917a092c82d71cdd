// SPDX-License-Identifier: Apache-2.0
// proof_verify: checks a proof without any store: hashes forward from its first record to the
// signed head.
#include <string.h>

#include "core/base/codec.h"
#include "core/base/json.h"
#include "store/log_format.h"

enum { PROOF_DEPTH = 4 };

struct chain {
    str log;
    str subject;
    struct log_entry entry; /* the record at hand; before the first one only seq and prev count */
    uint8_t hash[STORE_HASH];
    size_t in_full; /* records of the subject so far */
};

static int get_hex(const struct json *object, str name, uint8_t *out, size_t n)
{
    struct buf bytes = {0};
    int rc = codec_unhex(&bytes, json_str(json_get(object, name)));
    if (!rc && bytes.n == n)
        memcpy(out, bytes.p, n);
    else
        rc = E_PARSE;
    buf_release(&bytes);
    return rc;
}

/* The subject's own records must carry their payload: leaving one out would hide it. */
static int check_payload(struct chain *c, const struct json *payload, struct err *err)
{
    struct buf bytes = {0};
    bool own = str_eq(c->entry.subject, c->subject);
    if (own != json_is_str(payload))
        return err_set(err, E_CORRUPT, "record %llu %s", (unsigned long long)c->entry.seq,
            own ? "of the subject comes without its payload" : "is of another subject");
    if (!own)
        return 0;
    int rc = codec_unbase64(&bytes, json_str(payload));
    c->entry.payload = buf_str(&bytes);
    if (rc || !log_entry_is_whole(&c->entry))
        rc = err_set(err, E_CORRUPT, "the payload of record %llu was altered",
            (unsigned long long)c->entry.seq);
    buf_release(&bytes);
    c->in_full++;
    return rc;
}

static int check_record(struct chain *c, const struct json *record, struct err *err)
{
    const struct json *subject = json_get(record, STR("subject"));
    c->entry.time_ms = json_int(json_get(record, STR("time")));
    c->entry.subject = json_str(subject);
    if (get_hex(record, STR("payload_hash"), c->entry.payload_hash, STORE_HASH) ||
        !json_is_str(subject) || c->entry.subject.n > LOG_SUBJECT_MAX)
        return err_set(err, E_PARSE, "record %llu is not of the form of a proof",
            (unsigned long long)c->entry.seq);
    int rc = check_payload(c, json_get(record, STR("payload")), err);
    if (rc)
        return rc;
    log_entry_hash(c->log, &c->entry, c->hash);
    memcpy(c->entry.prev, c->hash, STORE_HASH);
    c->entry.seq++;
    return 0;
}

static int check_chain(struct chain *c, const struct json *root, struct err *err)
{
    struct json_iter it;
    json_iter_init(&it, json_get(root, STR("records")));
    while (json_iter_next(&it)) {
        int rc = check_record(c, it.value, err);
        if (rc)
            return rc;
    }
    if (!c->in_full)
        return err_set(err, E_CORRUPT, "the proof holds no record of its subject");
    return 0;
}

static int check_head(
    const struct chain *c, const struct json *root, const uint8_t *public_key, struct err *err)
{
    const struct json *object = json_get(root, STR("head"));
    uint8_t inside[32];
    struct store_head head = {
        .seq = json_uint(json_get(object, STR("seq"))),
        .time_ms = json_int(json_get(object, STR("time"))),
    };
    if (get_hex(object, STR("signature"), head.signature, sizeof(head.signature)) ||
        get_hex(root, STR("public"), inside, sizeof(inside)))
        return err_set(err, E_PARSE, "the proof's head is not of the form of a head");
    if (public_key && memcmp(public_key, inside, sizeof(inside)) != 0)
        return err_set(err, E_CORRUPT, "the proof is signed by another key");
    if (head.seq != c->entry.seq - 1)
        return err_set(err, E_CORRUPT, "the records do not reach the signed head");
    memcpy(head.hash, c->hash, STORE_HASH);
    if (log_head_verify(c->log, &head, inside))
        return err_set(err, E_CORRUPT, "the signature does not fit: records or head were altered");
    return 0;
}

static int verify(const struct json *root, const uint8_t *public_key, struct err *err)
{
    struct chain c = {
        .log = json_str(json_get(root, STR("log"))),
        .subject = json_str(json_get(root, STR("subject"))),
        .entry.seq = json_uint(json_get(root, STR("first"))),
    };
    if (!str_eq(json_str(json_get(root, STR("format"))), STR("certhall proof 1")) || !c.subject.n ||
        !c.entry.seq || get_hex(root, STR("prev"), c.entry.prev, STORE_HASH))
        return err_set(err, E_PARSE, "this is not a proof");
    int rc = check_chain(&c, root, err);
    return rc ? rc : check_head(&c, root, public_key, err);
}

int store_log_proof_verify(str proof, const uint8_t *public_key, struct err *err)
{
    struct arena arena = {0};
    const struct json *root;
    int rc = json_parse(proof, PROOF_DEPTH, &arena, &root, err);
    if (!rc)
        rc = verify(root, public_key, err);
    arena_release(&arena);
    return rc;
}
