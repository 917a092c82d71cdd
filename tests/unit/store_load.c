// SPDX-License-Identifier: Apache-2.0
// store_load: random transactions that get in each other's way.
#define _GNU_SOURCE
#include "tests/unit/store_load.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/json.h"
#include "store/blob.h"
#include "store/tx.h"

enum {
    ACCOUNTS = 16,
    OPENING_BALANCE = 1000,
    FAILURES_MAX = 40, /* of a thread, then it ends */
    KEPT_KEYS = 64,
    KINDS = 6
};

enum kind { KIND_INSERT, KIND_MOVE, KIND_ORDER, KIND_BLOB, KIND_OWN, KIND_DELETE };

struct worker {
    struct store *store;
    pthread_t thread;
    int number;
    long left; /* transactions still to do; negative: endless */
    uint64_t random;
    uint64_t serial;
    char kept[KEPT_KEYS][STORE_KEY_TEXT + 1]; /* own rows that are there */
    size_t kept_count;
    int failures;
    uint32_t id_base; /* differs in every run of the program */
};

/* One transaction: chosen once, run as often as needed. */
struct plan {
    enum kind kind;
    struct worker *worker;
    uint64_t id;
    int from, to, amount;
    struct store_blob blob;
    char key[STORE_KEY_TEXT + 1];
    struct buf row; /* what it puts */
    int64_t number;
};

static uint64_t next_random(struct worker *w)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return w->random;
}

static int below(struct worker *w, int limit)
{
    return (int)(next_random(w) >> 33) % limit;
}

static void print_line(const struct buf *line)
{
    /* One write: lines of several threads do not mix, and nothing is kept back. */
    if (write(STDOUT_FILENO, line->p, line->n) != (ssize_t)line->n)
        exit(3);
}

static void put_text(struct json_writer *w, const char *name, const char *value)
{
    json_key(w, str_from(name));
    json_put_str(w, str_from(value));
}

static void put_number(struct json_writer *w, const char *name, int64_t value)
{
    json_key(w, str_from(name));
    json_put_int(w, value);
}

static void put_ident(struct json_writer *w, const struct plan *p)
{
    char text[64];
    (void)snprintf(
        text, sizeof(text), "%08x-%d-%" PRIu64, p->worker->id_base, p->worker->number, p->id);
    put_text(w, "id", text);
}

static void put_files(struct json_writer *w, const struct store_blob *blob)
{
    json_key(w, STR("files"));
    json_begin_array(w);
    json_put_str(w, str_from(blob->name));
    json_end_array(w);
    json_key(w, STR("file"));
    json_begin_object(w);
    put_text(w, "name", blob->name);
    put_text(w, "sha256", blob->sha256);
    put_number(w, "size", (int64_t)blob->size);
    json_end_object(w);
}

/* An item's text depends on the plan only. */
static void write_item(struct plan *p)
{
    static const char *const names[] = {
        "张三丰", "李四光 Li", "王 Ｗａｎｇ 五", "O'Neil", "欧阳〇", "𠮷田"};
    struct json_writer w = {.out = &p->row};
    char phone[16];
    (void)snprintf(phone, sizeof(phone), "139%08d", p->amount);
    json_begin_object(&w);
    put_ident(&w, p);
    put_text(&w, "state", p->from % 3 ? "open" : "closed");
    put_number(&w, "n", p->to - 5);
    put_text(&w, "phone", phone);
    put_text(&w, "name", names[p->amount % (int)countof(names)]);
    json_key(&w, STR("tags"));
    json_begin_array(&w);
    for (int i = 0; i < p->from % 4; i++)
        json_put_int(&w, (p->to + i * i) % 5);
    json_end_array(&w);
    if (p->kind == KIND_BLOB)
        put_files(&w, &p->blob);
    json_end_object(&w);
}

static int append_to_log(struct store_tx *tx, const struct plan *p, const char *subject)
{
    struct buf text = {0};
    struct json_writer w = {.out = &text};
    json_begin_object(&w);
    put_ident(&w, p);
    put_number(&w, "from", p->from);
    put_number(&w, "to", p->to);
    put_number(&w, "amount", p->kind == KIND_MOVE ? p->amount : 0);
    json_end_object(&w);
    int rc = store_append(tx, STR("audit"), str_from(subject), buf_str(&text));
    buf_release(&text);
    return rc;
}

static int body_insert(struct store_tx *tx, struct plan *p)
{
    store_key_new(tx, p->key);
    int rc = store_insert(tx, STR("item"), str_from(p->key), buf_str(&p->row));
    return rc ? rc : append_to_log(tx, p, p->key);
}

static int change_balance(struct store_tx *tx, int account, int by)
{
    char key[16];
    struct buf row = {0};
    struct arena arena = {0};
    const struct json *root = NULL;
    (void)snprintf(key, sizeof(key), "a%02d", account);
    int rc = store_get(tx, STR("account"), str_from(key), &row);
    int64_t balance = OPENING_BALANCE;
    if (!rc)
        rc = json_parse(buf_str(&row), 4, &arena, &root, NULL);
    else if (rc == 1)
        rc = 0;
    if (!rc && root)
        balance = json_int(json_get(root, STR("balance")));
    buf_clear(&row);
    buf_printf(&row, "{\"balance\":%" PRId64 "}", balance + by);
    if (!rc)
        rc = store_put(tx, STR("account"), str_from(key), buf_str(&row));
    arena_release(&arena);
    buf_release(&row);
    return rc;
}

static int body_move(struct store_tx *tx, struct plan *p)
{
    char subject[16];
    (void)snprintf(subject, sizeof(subject), "a%02d", p->from);
    int rc = change_balance(tx, p->from, -p->amount);
    if (!rc)
        rc = change_balance(tx, p->to, p->amount);
    if (!rc)
        rc = append_to_log(tx, p, subject);
    return rc ? rc : store_add(tx, STR("moves"), STR(""), 1);
}

static int body_order(struct store_tx *tx, struct plan *p)
{
    struct json_writer w = {.out = &p->row};
    int rc = store_next(tx, STR("number"), &p->number);
    if (rc)
        return rc;
    store_key_new(tx, p->key);
    buf_clear(&p->row);
    json_begin_object(&w);
    put_ident(&w, p);
    put_number(&w, "number", p->number);
    json_end_object(&w);
    rc = store_insert(tx, STR("order"), str_from(p->key), buf_str(&p->row));
    if (!rc)
        rc = append_to_log(tx, p, p->key);
    return rc ? rc : store_enqueue(tx, STR("mail"), buf_str(&p->row), 0, NULL);
}

/* Each thread counts in a row of its own: nobody else writes it. */
static int body_own(struct store_tx *tx, struct plan *p)
{
    (void)snprintf(p->key, sizeof(p->key), "w%d", p->worker->number);
    buf_clear(&p->row);
    buf_printf(&p->row, "{\"serial\":%" PRIu64 ",\"run\":%" PRIu32 "}", p->id, p->worker->id_base);
    return store_put(tx, STR("worker"), str_from(p->key), buf_str(&p->row));
}

static int body_delete(struct store_tx *tx, struct plan *p)
{
    int rc = store_delete(tx, STR("item"), str_from(p->key));
    return rc ? rc : append_to_log(tx, p, p->key);
}

static int run_body(struct store_tx *tx, struct plan *p)
{
    switch (p->kind) {
    case KIND_INSERT:
    case KIND_BLOB:
        return body_insert(tx, p);
    case KIND_MOVE:
        return body_move(tx, p);
    case KIND_ORDER:
        return body_order(tx, p);
    case KIND_OWN:
        return body_own(tx, p);
    case KIND_DELETE:
        return body_delete(tx, p);
    }
    return E_INVALID;
}

static int run_transaction(struct plan *p)
{
    struct store_tx *tx = store_tx_begin(p->worker->store, STORE_TX_WRITE);
    int rc;
    for (;;) {
        rc = run_body(tx, p);
        if (!rc)
            rc = store_commit(tx);
        if (rc != E_CONFLICT && rc != E_TIMEOUT && rc != E_BUSY)
            break;
        if (rc == E_BUSY)
            usleep(500); /* the next block of numbers is on its way */
        if (store_tx_rerun(tx)) {
            store_tx_end(tx);
            tx = store_tx_begin(p->worker->store, STORE_TX_WRITE);
        }
    }
    store_tx_end(tx);
    return rc;
}

static int write_blob(struct plan *p)
{
    struct store_blob_writer *w;
    struct buf bytes = {0};
    struct err err;
    size_t n = (size_t)below(p->worker, 4) * 50000 + (size_t)p->amount;
    memset(buf_reserve(&bytes, n + 1), p->to, n);
    buf_added(&bytes, n);
    int rc = store_blob_start(p->worker->store, STR(""), &w, &err);
    if (!rc) {
        rc = store_blob_write(w, buf_str(&bytes));
        if (rc)
            store_blob_abort(w);
        else
            rc = store_blob_finish(w, &p->blob);
    }
    buf_release(&bytes);
    return rc;
}

static void choose(struct worker *w, struct plan *p)
{
    static const enum kind kinds[] = {KIND_INSERT, KIND_INSERT, KIND_MOVE, KIND_MOVE, KIND_MOVE,
        KIND_ORDER, KIND_ORDER, KIND_BLOB, KIND_OWN, KIND_OWN, KIND_DELETE};
    *p =
        (struct plan){.worker = w, .kind = kinds[below(w, (int)countof(kinds))], .id = ++w->serial};
    p->from = below(w, ACCOUNTS);
    p->to = (p->from + 1 + below(w, ACCOUNTS - 1)) % ACCOUNTS;
    p->amount = 1 + below(w, 20);
    if (p->kind == KIND_DELETE && !w->kept_count)
        p->kind = KIND_INSERT;
    if (p->kind == KIND_DELETE)
        memcpy(p->key, w->kept[--w->kept_count], sizeof(p->key));
}

static void print_plan(const struct plan *p, const char *op)
{
    struct buf line = {0};
    struct json_writer w = {.out = &line};
    json_begin_object(&w);
    put_text(&w, "op", op);
    put_ident(&w, p);
    put_text(&w, "key", p->key);
    json_key(&w, STR("row"));
    json_put_str(&w, buf_str(&p->row));
    if (p->kind == KIND_MOVE)
        put_number(&w, "amount", p->amount);
    if (p->kind == KIND_ORDER)
        put_number(&w, "number", p->number);
    if (p->kind == KIND_OWN)
        put_number(&w, "serial", (int64_t)p->id);
    json_end_object(&w);
    buf_append_byte(&line, '\n');
    print_line(&line);
    buf_release(&line);
}

static void print_failed(const struct plan *p, int rc)
{
    struct buf line = {0};
    buf_printf(&line, "{\"op\":\"failed\",\"kind\":%d,\"status\":\"%s\"}\n", p->kind, err_name(rc));
    print_line(&line);
    buf_release(&line);
}

static void do_one(struct worker *w)
{
    static const char *const ops[KINDS] = {"insert", "move", "order", "insert", "own", "delete"};
    struct plan p;
    choose(w, &p);
    int rc = p.kind == KIND_BLOB ? write_blob(&p) : 0;
    if (p.kind == KIND_INSERT || p.kind == KIND_BLOB)
        write_item(&p);
    if (p.kind == KIND_DELETE)
        print_plan(&p, "will-delete");
    if (!rc)
        rc = run_transaction(&p);
    if (rc) {
        print_failed(&p, rc);
        w->failures++;
        usleep(2000);
    } else {
        print_plan(&p, ops[p.kind]);
    }
    if (!rc && p.kind == KIND_INSERT && w->kept_count < KEPT_KEYS)
        memcpy(w->kept[w->kept_count++], p.key, sizeof(p.key));
    buf_release(&p.row);
}

static void *work(void *arg)
{
    struct worker *w = arg;
    while (w->left && w->failures < FAILURES_MAX) {
        do_one(w);
        w->left -= w->left > 0;
    }
    return NULL;
}

int store_load(struct store *store, int threads, long count, uint64_t seed)
{
    struct worker *workers = mem_zalloc((size_t)threads, sizeof(*workers));
    struct store_stats stats;
    for (int i = 0; i < threads; i++) {
        workers[i] = (struct worker){.store = store,
            .number = i,
            .left = count,
            .random = (seed * 1000003 + (uint64_t)i) | 1,
            .id_base = (uint32_t)seed};
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
            return 2;
    }
    for (int i = 0; i < threads; i++)
        (void)pthread_join(workers[i].thread, NULL);
    free(workers);
    store_read_stats(store, &stats);
    (void)fprintf(stderr,
        "%" PRIu64 " commits, %" PRIu64 " members, %" PRIu64 " conflicts, %" PRIu64 " failed%s\n",
        stats.commits, stats.members, stats.conflicts, stats.failed,
        stats.read_only ? ", read-only" : "");
    return 0;
}
