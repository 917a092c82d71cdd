// SPDX-License-Identifier: Apache-2.0
// append: records for the logs; sealing what goes to the writer.
#include <string.h>

#include "store/tx_private.h"

enum { SUBJECT_MAX = 64 };

int store_append(struct store_tx *tx, str log, str subject, str json)
{
    const struct schema_log *l = schema_log(&tx->store->schema, log);
    const struct json *parsed;
    if (!l || subject.n > SUBJECT_MAX || (subject.n && memchr(subject.p, 0, subject.n)))
        return E_INVALID;
    if (json.n > TX_VALUE_MAX)
        return E_TOO_BIG;
    int rc = tx_may_write(tx);
    if (rc)
        return rc;
    arena_clear(&tx->scratch);
    rc = json_parse(json, TX_DEPTH_MAX, &tx->scratch, &parsed, NULL);
    if (rc)
        return rc == E_PARSE ? E_INVALID : rc;
    struct append *a = arena_zalloc(&tx->arena, 1, sizeof(*a));
    a->log = l;
    a->subject = arena_str(&tx->arena, subject);
    a->plain = arena_str(&tx->arena, json);
    *tx->last_append = a;
    tx->last_append = &a->next;
    return 0;
}

static size_t sealed_size(const struct store_tx *tx)
{
    size_t n = 0;
    for (size_t i = 0; i < tx->writes.n; i++) {
        const struct write *w = container_of(tx->writes.list[i], struct write, at);
        if (w->kind == WRITE_ROW && w->is)
            n += TX_COMMIT_ROOM + KEYS_SEALED_EXTRA + w->plain.n;
    }
    for (const struct append *a = tx->appends; a; a = a->next)
        n += KEYS_SEALED_EXTRA + a->plain.n;
    return n;
}

static int seal_row(struct store_tx *tx, struct write *w)
{
    static const char room[TX_COMMIT_ROOM];
    w->sealed = tx->sealed.n;
    buf_append(&tx->sealed, str_of(room, sizeof(room)));
    int rc = keys_seal(tx->store->keys, w->database, w->at.key, w->plain, &tx->sealed);
    w->sealed_n = tx->sealed.n - w->sealed;
    return rc;
}

static int seal_append(struct store_tx *tx, struct append *a)
{
    a->sealed = tx->sealed.n;
    int rc = keys_seal_log(tx->store->keys, a->log->records, a->subject, a->plain, &tx->sealed);
    a->sealed_n = tx->sealed.n - a->sealed;
    hash_sha256(str_of(tx->sealed.p + a->sealed, a->sealed_n), a->payload_hash);
    return rc;
}

int tx_seal(struct store_tx *tx)
{
    int rc = 0;
    buf_clear(&tx->sealed);
    buf_reserve(&tx->sealed, sealed_size(tx));
    for (size_t i = 0; i < tx->writes.n && !rc; i++) {
        struct write *w = container_of(tx->writes.list[i], struct write, at);
        if (w->kind == WRITE_ROW && w->is)
            rc = seal_row(tx, w);
    }
    for (struct append *a = tx->appends; a && !rc; a = a->next)
        rc = seal_append(tx, a);
    return rc;
}
