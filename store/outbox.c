// SPDX-License-Identifier: Apache-2.0
// outbox: jobs as rows that are written with the data, in the order they are due.
#include <string.h>

#include "core/base/codec.h"
#include "core/base/log.h"
#include "store/claims.h"
#include "store/tx_private.h"

enum { ERROR_MAX = 2000 };
#define DUE_MAX ((int64_t)1 << 47)

static const struct place waiting = {
    .slot = ENV_OUTBOX, .database = {"outbox", 6}, .key = SCHEMA_KEY_TIME};
static const struct place dead = {
    .slot = ENV_DEAD, .database = {"outbox.dead", 11}, .key = SCHEMA_KEY_TIME};

/* A job's value, parsed. */
struct content {
    str job;
    const struct json *args;
    int64_t attempts;
    str error;
};

static int parse(str json, struct arena *arena, struct content *out)
{
    const struct json *root;
    if (json_parse(json, TX_DEPTH_MAX + 1, arena, &root, NULL))
        return E_CORRUPT;
    out->job = json_str(json_get(root, STR("job")));
    out->args = json_get(root, STR("args"));
    out->attempts = json_int(json_get(root, STR("attempts")));
    out->error = json_str(json_get(root, STR("error")));
    return out->job.n && out->args ? 0 : E_CORRUPT;
}

/* dead_ms 0: it is not. */
static void put_content(struct buf *out, const struct content *c, int64_t dead_ms)
{
    struct json_writer w = {.out = out};
    json_begin_object(&w);
    json_key(&w, STR("job"));
    json_put_str(&w, c->job);
    json_key(&w, STR("args"));
    json_put_value(&w, c->args);
    json_key(&w, STR("attempts"));
    json_put_int(&w, c->attempts);
    json_key(&w, STR("error"));
    json_put_str(&w, str_slice(c->error, 0, ERROR_MAX));
    if (dead_ms) {
        json_key(&w, STR("dead"));
        json_put_int(&w, dead_ms);
    }
    json_end_object(&w);
}

static void put_job(struct store_tx *tx, const struct place *p, const uint8_t id[ROWKEY_TIME],
    const struct content *c, int64_t dead_ms)
{
    struct buf json = {0};
    put_content(&json, c, dead_ms);
    write_value(tx, p, str_of(id, ROWKEY_TIME), buf_str(&json), false);
    buf_release(&json);
}

static int make_id(struct store_tx *tx, int64_t due_ms, uint8_t id[ROWKEY_TIME])
{
    if (due_ms > DUE_MAX)
        return E_INVALID;
    tx_key(tx, due_ms > 0 ? due_ms : tx->now, id);
    return 0;
}

int store_enqueue(
    struct store_tx *tx, str job, str args_json, int64_t due_ms, char out[STORE_KEY_TEXT + 1])
{
    struct content c = {.job = job};
    uint8_t id[ROWKEY_TIME];
    if (!schema_has_job(&tx->store->schema, job))
        return E_INVALID;
    if (args_json.n > TX_VALUE_MAX)
        return E_TOO_BIG;
    int rc = tx_may_write(tx);
    if (rc)
        return rc;
    arena_clear(&tx->scratch);
    rc = json_parse(args_json, TX_DEPTH_MAX, &tx->scratch, &c.args, NULL);
    if (!rc)
        rc = make_id(tx, due_ms, id);
    if (rc)
        return rc == E_PARSE ? E_INVALID : rc;
    put_job(tx, &waiting, id, &c, 0);
    if (out) {
        rowkey_text(id, out);
        out[STORE_KEY_TEXT] = '\0';
    }
    return 0;
}

/* Takes the job out of the waiting ones; its content lives in tx->scratch. 1 if it is gone. */
static int take_out(struct store_tx *tx, str text, uint8_t id[ROWKEY_TIME], struct content *c)
{
    int rc = tx_may_write(tx);
    if (!rc)
        rc = rowkey_bytes(text, id);
    if (rc)
        return rc;
    arena_clear(&tx->scratch);
    buf_clear(&tx->old);
    rc = row_read(tx, &waiting, str_of(id, ROWKEY_TIME), &tx->old);
    if (!rc)
        rc = parse(buf_str(&tx->old), &tx->scratch, c);
    if (rc)
        return rc;
    write_gone(tx, &waiting, str_of(id, ROWKEY_TIME));
    buf_append(&tx->ended, str_of(id, ROWKEY_TIME));
    return 0;
}

int store_job_finish(struct store_tx *tx, str id)
{
    uint8_t key[ROWKEY_TIME];
    struct content c;
    return take_out(tx, id, key, &c);
}

int store_job_retry(struct store_tx *tx, str id, int64_t due_ms, str error)
{
    uint8_t key[ROWKEY_TIME];
    struct content c;
    if (due_ms > DUE_MAX)
        return E_INVALID;
    int rc = take_out(tx, id, key, &c);
    if (!rc)
        rc = make_id(tx, due_ms, key);
    if (rc)
        return rc;
    c.attempts++;
    c.error = error;
    put_job(tx, &waiting, key, &c, 0);
    return 0;
}

int store_job_give_up(struct store_tx *tx, str id, str error)
{
    uint8_t key[ROWKEY_TIME];
    struct content c;
    int rc = take_out(tx, id, key, &c);
    if (rc)
        return rc;
    c.attempts++;
    c.error = error;
    put_job(tx, &dead, key, &c, tx->now);
    return 0;
}

static int64_t due_of(const uint8_t id[ROWKEY_TIME])
{
    uint8_t wide[8] = {0};
    memcpy(wide + 2, id, 6);
    return (int64_t)codec_get_be64(wide);
}

/* Fills the job from its stored value. */
static int fill(struct store *s, const uint8_t id[ROWKEY_TIME], str value, struct arena *arena,
    struct store_job *out)
{
    struct buf json = {0}, args = {0};
    struct content c;
    int rc = row_unseal(s, &waiting, str_of(id, ROWKEY_TIME), value, &json);
    if (!rc)
        rc = parse(buf_str(&json), arena, &c);
    if (!rc) {
        struct json_writer w = {.out = &args};
        json_put_value(&w, c.args);
        rowkey_text(id, out->id);
        out->id[STORE_KEY_TEXT] = '\0';
        out->job = arena_str(arena, c.job);
        out->args = arena_str(arena, buf_str(&args));
        out->last_error = arena_str(arena, c.error);
        out->due_ms = due_of(id);
        out->attempts = c.attempts;
    }
    buf_release(&json);
    buf_release(&args);
    return rc;
}

/* One waiting job: 0 it is claimed now, 1 look further. A damaged one stays claimed, so that it
 * stops nobody. */
static int try_claim(struct store *s, const uint8_t id[ROWKEY_TIME], str value, struct arena *arena,
    struct store_job *out)
{
    char text[STORE_KEY_TEXT];
    if (!claims_take(s->claims, id))
        return 1;
    int rc = fill(s, id, value, arena, out);
    if (!rc)
        return 0;
    rowkey_text(id, text);
    log_error("a job cannot be read and is left alone", LOG_STR("id", str_of(text, sizeof(text))),
        LOG_STR("error", str_from(err_text(rc))));
    return 1;
}

static int claim_first(struct store *s, MDB_cursor *cursor, int64_t now_ms, struct arena *arena,
    struct store_job *out, int64_t *next_ms)
{
    MDB_val key, value;
    int rc;
    while ((rc = env_err(mdb_cursor_get(cursor, &key, &value, MDB_NEXT))) == 0) {
        uint8_t id[ROWKEY_TIME];
        if (key.mv_size != ROWKEY_TIME)
            return E_CORRUPT;
        memcpy(id, key.mv_data, ROWKEY_TIME);
        if (due_of(id) > now_ms) {
            *next_ms = due_of(id);
            return 1;
        }
        if (try_claim(s, id, env_str(value), arena, out) == 0)
            return 0;
    }
    return rc;
}

int store_job_claim(
    struct store *s, int64_t now_ms, struct arena *arena, struct store_job *out, int64_t *next_ms)
{
    MDB_txn *txn;
    MDB_cursor *cursor;
    *next_ms = INT64_MAX;
    int rc = env_read_begin(s->env, &txn);
    if (rc)
        return rc;
    rc = env_dbi(s->env, ENV_OUTBOX)
             ? env_err(mdb_cursor_open(txn, env_dbi(s->env, ENV_OUTBOX), &cursor))
             : 1;
    if (!rc) {
        rc = claim_first(s, cursor, now_ms, arena, out, next_ms);
        mdb_cursor_close(cursor);
    }
    env_read_end(s->env, txn);
    return rc;
}

void store_job_unclaim(struct store *s, str id)
{
    uint8_t key[ROWKEY_TIME];
    if (!rowkey_bytes(id, key))
        claims_give(s->claims, key);
}
