// SPDX-License-Identifier: Apache-2.0
// check_log: one log: its chain, its payloads, its subjects, its signed heads. Without keys
// payloads are compared with their hashes only.
#include <inttypes.h>
#include <string.h>

#include "store/check.h"
#include "store/log_view.h"

struct walk {
    const struct schema_log *log;
    struct log_view view;
    uint64_t last;            /* number of the record before */
    uint8_t hash[STORE_HASH]; /* of it */
    uint64_t subjects;        /* entries that are there */
    uint64_t subject_entries; /* and how many there are at all */
};

static void found_record(struct check *c, const struct walk *w, uint64_t seq, const char *what)
{
    check_found(c, what, "%.*s %" PRIu64, STR_ARG(w->log->records), seq);
}

static void check_subject(struct check *c, struct walk *w, const struct log_entry *entry)
{
    uint64_t seq;
    if (!entry->subject.n)
        return;
    if (log_view_next_of(&w->view, entry->subject, entry->seq, &seq) || seq != entry->seq)
        check_found(c, "is missing", "%.*s %" PRIu64, STR_ARG(w->log->subjects), entry->seq);
    else
        w->subjects++;
}

static void check_payload(struct check *c, struct walk *w, const struct log_entry *entry)
{
    struct buf plain = {0};
    const struct json *root;
    const char *what = NULL;
    if (!log_entry_is_whole(entry))
        what = "has another payload than its header says";
    else if (c->keys &&
             keys_unseal_log(c->keys, w->log->records, entry->subject, entry->payload, &plain))
        what = "does not unseal";
    else if (c->keys && json_parse(buf_str(&plain), ROW_DEPTH, &c->arena, &root, NULL))
        what = "is no JSON";
    if (what)
        found_record(c, w, entry->seq, what);
    if (plain.p)
        mem_wipe(plain.p, plain.cap);
    buf_release(&plain);
    arena_clear(&c->arena);
}

static int check_record(struct check *c, void *arg, str key, str value)
{
    struct walk *w = arg;
    struct log_entry entry;
    uint64_t seq = key.n == 8 ? codec_get_be64((const uint8_t *)key.p) : 0;
    c->totals->records++;
    if (log_entry_read(key, value, &entry)) {
        found_record(c, w, seq, "is not a record");
        w->last = seq;
        memset(w->hash, 0, STORE_HASH);
        return 0;
    }
    if (seq != w->last + 1)
        found_record(c, w, w->last + 1, "is missing");
    else if (memcmp(entry.prev, w->hash, STORE_HASH) != 0)
        found_record(c, w, seq, "does not follow the record before it");
    w->last = seq;
    log_entry_hash(w->log->name, &entry, w->hash);
    check_subject(c, w, &entry);
    check_payload(c, w, &entry);
    return 0;
}

static int count_subject(struct check *c, void *arg, str key, str value)
{
    struct walk *w = arg;
    (void)c;
    (void)key;
    (void)value;
    w->subject_entries++;
    return 0;
}

static int check_stray_subject(struct check *c, void *arg, str key, str value)
{
    struct walk *w = arg;
    struct log_entry entry;
    uint64_t seq = key.n >= 8 ? codec_get_be64((const uint8_t *)key.p + key.n - 8) : 0;
    (void)value;
    int rc = key.n < 9 ? 1 : log_view_get(&w->view, seq, &entry);
    if (rc < 0 && rc != E_CORRUPT)
        return rc;
    if (rc || !str_eq(entry.subject, str_slice(key, 0, key.n - 9)) || key.p[key.n - 9] != '\0')
        check_found(c, "belongs to no record", "%.*s %" PRIu64, STR_ARG(w->log->subjects), seq);
    return 0;
}

static int check_subjects(struct check *c, struct walk *w)
{
    int rc = check_each(c, w->view.subjects, w->log->subjects, count_subject, w);
    if (rc || w->subjects == w->subject_entries)
        return rc;
    return check_each(c, w->view.subjects, w->log->subjects, check_stray_subject, w);
}

static int check_head(struct check *c, void *arg, str key, str value)
{
    struct walk *w = arg;
    struct store_head head;
    struct log_entry entry;
    uint8_t hash[STORE_HASH];
    uint64_t seq = key.n == 8 ? codec_get_be64((const uint8_t *)key.p) : 0;
    const char *what = NULL;
    if (log_head_read(key, value, &head)) {
        what = "is not a head";
    } else if (log_head_verify(w->log->name, &head, c->head_public)) {
        what = "is not signed by the store's key";
    } else {
        int rc = log_view_get(&w->view, head.seq, &entry);
        if (rc < 0 && rc != E_CORRUPT)
            return rc;
        if (!rc)
            log_entry_hash(w->log->name, &entry, hash);
        if (rc || memcmp(hash, head.hash, STORE_HASH) != 0)
            what = "is signed over another record";
    }
    if (what)
        check_found(c, what, "%.*s %" PRIu64, STR_ARG(w->log->heads), seq);
    return 0;
}

int check_log(struct check *c, const struct schema_log *log)
{
    struct walk w = {.log = log};
    log_view_init(&w.view, c->env, c->txn, log);
    int rc = check_each(c, w.view.records, log->records, check_record, &w);
    if (!rc)
        rc = check_subjects(c, &w);
    if (!rc)
        rc = check_each(c, w.view.heads, log->heads, check_head, &w);
    return rc;
}
