// SPDX-License-Identifier: Apache-2.0
// A randomised test against a model: several threads run random transactions with many conflicts.
// Each notes what it read and what it wrote; every committed one carries the number of a log record
// that it appended, which is its place in the serial order. Played again in that order on a small
// model, every read must come out the same, and rows, indexes and counters must agree at the end
// and after reopening.
#define _GNU_SOURCE
#include <pthread.h>
#include "store_world.h"

#include "core/base/codec.h"
#include "core/base/json.h"
#include "store/chain.h"
#include "store/store_private.h"

enum {
    THREADS = 4,
    ROUNDS = 3,
    TRANSACTIONS = 500, /* of one thread in one round */
    KEYS = 24,
    STATES = 4,
    STEPS_MAX = 6
};

/* A row of the model; version 0: absent. */
struct model_row {
    int version;
    int state;
    int code; /* unique; 0: none */
};

enum step_kind { STEP_GET, STEP_COUNT_STATE, STEP_PUT, STEP_DELETE, STEP_ADD };

/* What a body did and what it got. */
struct step {
    enum step_kind kind;
    int key;
    struct model_row row; /* read or written; STEP_COUNT_STATE: state, and how many in code */
    int rc;
};

struct note {
    struct step steps[STEPS_MAX];
    int count;
    int id;
};

struct worker {
    struct world *world;
    unsigned seed;
    int first_id;
    struct note notes[TRANSACTIONS];
    int committed;
    int conflicts;
    int reruns_gone;
};

static unsigned next_random(struct worker *w, unsigned limit)
{
    w->seed = w->seed * 1664525u + 1013904223u;
    return (w->seed >> 10) % limit;
}

static void row_json(const struct model_row *r, struct buf *out)
{
    buf_clear(out);
    buf_printf(out, "{\"version\":%d,\"state\":\"s%d\",\"n\":%d", r->version, r->state, r->version);
    if (r->code)
        buf_printf(out, ",\"contact\":{\"phone\":\"%d\"},\"name\":\"code %d\"", r->code, r->code);
    buf_append(out, STR("}"));
}

static struct model_row parse_row(str json)
{
    struct arena arena = {0};
    const struct json *root;
    struct model_row r;
    uint64_t code = 0;
    if (json_parse(json, 8, &arena, &root, NULL))
        abort();
    r.version = (int)json_int(json_get(root, STR("version")));
    r.state = json_str(json_get(root, STR("state"))).p[1] - '0';
    str phone = json_str(json_path(root, STR("contact.phone")));
    if (phone.n && str_to_u64(phone, &code))
        abort();
    r.code = (int)code;
    arena_release(&arena);
    return r;
}

static void key_text(int key, char out[STORE_KEY_TEXT + 1])
{
    store_key_at(key + 1, out);
}

static int step_get(struct store_tx *tx, struct step *s, struct buf *out)
{
    char key[STORE_KEY_TEXT + 1];
    key_text(s->key, key);
    buf_clear(out);
    int rc = store_get(tx, STR("case"), str_from(key), out);
    s->row = rc ? (struct model_row){0} : parse_row(buf_str(out));
    return rc;
}

/* Counts the rows of a state by its index, and their keys into the version. */
static int step_count(struct store_tx *tx, struct step *s)
{
    char equal[20];
    struct store_iter *it;
    struct store_row row;
    snprintf(equal, sizeof(equal), "[\"s%d\"]", s->row.state);
    struct store_range r = {.table = STR("case"),
        .index = STR("state"),
        .equal = str_from(equal),
        .descending = s->key % 2};
    int rc = store_iter_open(&it, tx, &r, NULL);
    if (rc)
        return rc;
    s->row.code = s->row.version = 0;
    while ((rc = store_iter_next(it, &row)) == 0) {
        s->row.code++;
        s->row.version += (int)store_key_time(row.key);
    }
    store_iter_close(it);
    return rc == 1 ? 0 : rc;
}

static int step_put(struct store_tx *tx, struct step *s, struct buf *out)
{
    char key[STORE_KEY_TEXT + 1];
    key_text(s->key, key);
    row_json(&s->row, out);
    return store_put(tx, STR("case"), str_from(key), buf_str(out));
}

static int step_delete(struct store_tx *tx, struct step *s)
{
    char key[STORE_KEY_TEXT + 1];
    key_text(s->key, key);
    return store_delete(tx, STR("case"), str_from(key));
}

static int run_step(struct store_tx *tx, struct step *s, struct buf *out)
{
    switch (s->kind) {
    case STEP_GET:
        return step_get(tx, s, out);
    case STEP_COUNT_STATE:
        return step_count(tx, s);
    case STEP_PUT:
        return step_put(tx, s, out);
    case STEP_DELETE:
        return step_delete(tx, s);
    case STEP_ADD:
        return store_add(tx, STR("visits"), STR(""), s->row.version);
    }
    return E_INVALID;
}

static void choose(struct worker *w, struct note *n, int id)
{
    *n = (struct note){.count = 1 + (int)next_random(w, STEPS_MAX), .id = id};
    for (int i = 0; i < n->count; i++) {
        struct step *s = &n->steps[i];
        s->kind = (enum step_kind)next_random(w, 5);
        s->key = (int)next_random(w, KEYS);
        s->row = (struct model_row){.version = id * 10 + i + 1,
            .state = (int)next_random(w, STATES),
            .code = (int)next_random(w, 3)};
    }
}

/* Runs the steps; E_TIMEOUT on a machine that slept is a reason to run again. */
static int run_body(struct store_tx *tx, struct note *n, struct buf *out)
{
    char json[40];
    for (int i = 0; i < n->count; i++) {
        n->steps[i].rc = run_step(tx, &n->steps[i], out);
        if (n->steps[i].rc < 0)
            return n->steps[i].rc;
    }
    snprintf(json, sizeof(json), "{\"id\":%d}", n->id);
    return store_append(tx, STR("audit"), STR(""), str_from(json));
}

static int run_note(struct worker *w, struct note *n, struct buf *out)
{
    struct note fresh = *n;
    struct store_tx *tx = world_begin(w->world);
    int rc;
    for (;;) {
        *n = fresh;
        rc = run_body(tx, n, out);
        if (!rc)
            rc = store_commit(tx);
        if (rc != E_CONFLICT && rc != E_TIMEOUT)
            break;
        w->conflicts++;
        if (store_tx_rerun(tx))
            break;
    }
    store_tx_end(tx);
    return rc;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct buf out = {0};
    for (int i = 0; i < TRANSACTIONS; i++) {
        struct note *n = &w->notes[i];
        choose(w, n, w->first_id + i);
        int rc = run_note(w, n, &out);
        if (rc == 0)
            w->committed++;
        else if (rc == E_CONFLICT || rc == E_TIMEOUT)
            w->reruns_gone++;
        else
            abort();
    }
    buf_release(&out);
    return NULL;
}

/* The model. */
struct model {
    struct model_row rows[KEYS];
    int64_t visits;
};

static int model_count(const struct model *m, int state, int *keys)
{
    int n = 0;
    *keys = 0;
    for (int i = 0; i < KEYS; i++)
        if (m->rows[i].version && m->rows[i].state == state) {
            n++;
            *keys += i + 1;
        }
    return n;
}

static void check_step(struct model *m, const struct note *n, const struct step *s)
{
    struct model_row *row = &m->rows[s->key];
    int keys;
    switch (s->kind) {
    case STEP_GET:
        if (s->rc != !row->version || memcmp(&s->row, row, sizeof(*row)))
            fail_msg("transaction %d read key %d version %d, the model has %d", n->id, s->key,
                s->row.version, row->version);
        break;
    case STEP_COUNT_STATE:
        assert_int_equal(s->row.code, model_count(m, s->row.state, &keys));
        assert_int_equal(s->row.version, keys);
        break;
    case STEP_PUT:
        *row = s->row;
        break;
    case STEP_DELETE:
        assert_int_equal(s->rc, !row->version);
        *row = (struct model_row){0};
        break;
    case STEP_ADD:
        m->visits += s->row.version;
        break;
    }
}

/* The next record's transaction. */
static const struct note *note_of(struct store *s, const struct worker *workers, str key, str value)
{
    struct chain_header h;
    struct arena arena = {0};
    struct buf json = {0};
    const struct json *root;
    str payload;
    assert_int_equal(chain_parse(key, value, &h, &payload), 0);
    assert_int_equal(keys_unseal_log(s->keys, STR("log.audit"), h.subject, payload, &json), 0);
    assert_int_equal(json_parse(buf_str(&json), 2, &arena, &root, NULL), 0);
    int id = (int)json_int(json_get(root, STR("id")));
    arena_release(&arena);
    buf_release(&json);
    for (int i = 0; i < THREADS; i++)
        if (id >= workers[i].first_id && id < workers[i].first_id + TRANSACTIONS)
            return &workers[i].notes[id - workers[i].first_id];
    return NULL;
}

/* Plays the records behind *seq; returns how many. */
static int play(struct world *w, const struct worker *workers, struct model *m, uint64_t *seq)
{
    struct store *s = w->store;
    const struct schema_log *l = schema_log(&s->schema, STR("audit"));
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key, value;
    int n = 0;
    uint8_t from[8];
    codec_put_be64(from, *seq + 1);
    key = (MDB_val){8, from};
    assert_int_equal(env_read_begin(s->env, &txn), 0);
    assert_int_equal(mdb_cursor_open(txn, env_dbi(s->env, ENV_FIXED + l->slot), &cursor), 0);
    int rc = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    for (; !rc; rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT), n++) {
        const struct note *note = note_of(s, workers, env_str(key), env_str(value));
        assert_non_null(note);
        for (int i = 0; i < note->count; i++)
            check_step(m, note, &note->steps[i]);
        *seq = codec_get_be64(key.mv_data);
    }
    mdb_cursor_close(cursor);
    env_read_end(s->env, txn);
    return n;
}

static size_t entries_of(struct world *w, const char *table, const char *index)
{
    struct store *s = w->store;
    const struct schema_index *x =
        schema_index(schema_table(&s->schema, str_from(table)), str_from(index));
    MDB_txn *txn;
    MDB_stat stat;
    assert_int_equal(env_read_begin(s->env, &txn), 0);
    assert_int_equal(mdb_stat(txn, env_dbi(s->env, ENV_FIXED + x->slot), &stat), 0);
    env_read_end(s->env, txn);
    return stat.ms_entries;
}

static void check_counters(struct world *w, const struct model *m)
{
    int all = 0, keys;
    char value[20];
    for (int i = 0; i < STATES; i++) {
        snprintf(value, sizeof(value), "[\"s%d\"]", i);
        int n = model_count(m, i, &keys);
        assert_int_equal(world_count(w, "case_by_state", value), n);
        all += n;
    }
    assert_int_equal(world_count(w, "cases", ""), all);
    assert_int_equal(world_count(w, "visits", ""), m->visits);
    assert_int_equal(entries_of(w, "case", "state"), all);
    assert_int_equal(entries_of(w, "case", "phone"), all); /* nulls have an entry */
}

/* Rows found by what their index says, against the model. */
static void check_found(struct world *w, const struct model *m, const char *index, int code)
{
    char text[40];
    struct buf expected = {0};
    struct store_range r = {.table = STR("case"), .index = str_from(index), .descending = true};
    bool words = !strcmp(index, "names");
    snprintf(text, sizeof(text), words ? "code%d" : "[\"%d\"]", code);
    *(words ? &r.text : &r.equal) = str_from(text);
    for (int i = KEYS - 1; i >= 0; i--) {
        char key[STORE_KEY_TEXT + 1];
        key_text(i, key);
        if (m->rows[i].version && m->rows[i].code == code)
            buf_printf(&expected, "%s%s", expected.n ? "," : "", key);
    }
    buf_append_byte(&expected, '\0');
    assert_string_equal(world_keys(w, &r), expected.p);
    buf_release(&expected);
}

static void check_state(struct world *w, const struct model *m)
{
    struct buf json = {0};
    for (int i = 0; i < KEYS; i++) {
        char key[STORE_KEY_TEXT + 1];
        key_text(i, key);
        const char *found = world_get(w, "case", key);
        assert_int_equal(found != NULL, m->rows[i].version != 0);
        if (!found)
            continue;
        row_json(&m->rows[i], &json);
        buf_append_byte(&json, '\0');
        assert_string_equal(found, json.p);
    }
    buf_release(&json);
    check_counters(w, m);
    (void)world_check_pairs(w, "case", "names");
    for (int code = 1; code < 3; code++) {
        check_found(w, m, "phone", code);
        check_found(w, m, "names", code);
    }
}

static void run_threads(struct world *w, struct worker *workers, int round)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.world = w,
            .seed = (unsigned)(round * 97 + i * 7919 + 1),
            .first_id = (round * THREADS + i) * TRANSACTIONS};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static void random_transactions_are_serialisable(void **state)
{
    struct world *w = *state;
    struct worker *workers = mem_zalloc(THREADS, sizeof(*workers));
    struct model model = {0};
    uint64_t seq = 0;
    int conflicts = 0, committed = 0;
    world_open(w);
    for (int round = 0; round < ROUNDS; round++) {
        run_threads(w, workers, round);
        int expected = 0;
        for (int i = 0; i < THREADS; i++) {
            expected += workers[i].committed;
            conflicts += workers[i].conflicts;
        }
        assert_int_equal(play(w, workers, &model, &seq), expected);
        committed += expected;
        check_state(w, &model);
        world_reopen(w);
        check_state(w, &model);
    }
    print_message("%d committed, %d conflicts\n", committed, conflicts);
    assert_true(conflicts > 100);
    assert_true(committed > THREADS * ROUNDS * TRANSACTIONS / 2);
    free(workers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_world(random_transactions_are_serialisable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
