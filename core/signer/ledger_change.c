// SPDX-License-Identifier: Apache-2.0
// ledger_change: revoked, frozen, unfrozen; the lists of that; and the sequence of all changes.
#include "core/base/codec.h"
#include "core/signer/ledger_private.h"
#include "store/log.h"

enum { CHANGES = 200, ID_MAX = 64 };

int ledger_crl_number(struct store_tx *tx, str authority, uint64_t *out)
{
    struct arena arena = {0};
    const struct json *row;
    *out = 0;
    int rc = row_load(tx, STR("crl"), authority, &arena, &row);
    if (!rc)
        *out = (uint64_t)row_int(row, "number");
    arena_release(&arena);
    return rc == 1 ? 0 : rc;
}

int ledger_crl_raise(struct store_tx *tx, str authority)
{
    struct row r;
    uint64_t number;
    int rc = ledger_crl_number(tx, authority, &number);
    if (rc)
        return rc;
    row_begin(&r);
    row_number(&r, "number", (int64_t)number + 1);
    rc = store_put(tx, STR("crl"), authority, row_end(&r));
    row_release(&r);
    return rc;
}

static int check_change(enum ledger_state from, struct err *err)
{
    if (from == LEDGER_INTENT || from == LEDGER_VOID)
        return err_set(err, E_NOT_FOUND, "there is no such certificate");
    if (from == LEDGER_REVOKED)
        return err_set(err, E_CONFLICT, "the certificate is revoked for good");
    return 0;
}

/* The line is free for another certificate, unless it has one already. */
static int free_line(struct store_tx *tx, const struct ledger_certificate *c, struct arena *arena)
{
    const struct json *row;
    int rc = c->line.n ? row_load(tx, STR("line"), c->line, arena, &row) : 1;
    if (!rc && str_eq(row_get(row, "ticket"), c->ticket))
        rc = store_delete(tx, STR("line"), c->line);
    return rc == 1 ? 0 : rc;
}

static int note_order(struct store_tx *tx, const struct ledger_order *order)
{
    struct row r;
    row_begin(&r);
    row_text(&r, "serial", order->serial);
    int rc = store_insert(tx, STR("order"), order->id, row_end(&r));
    row_release(&r);
    return rc;
}

static int write_change(struct store_tx *tx, const struct ledger_order *order,
    struct ledger_certificate *c, struct arena *arena)
{
    static const char *const events[] = {
        [LEDGER_GOOD] = "unfrozen", [LEDGER_HOLD] = "frozen", [LEDGER_REVOKED] = "revoked"};
    c->state = order->to;
    c->reason = order->to == LEDGER_HOLD ? CRL_HOLD : order->reason;
    c->changed_ms = store_tx_now(tx);
    int rc = ledger_write_certificate(tx, order->serial, c, false);
    if (!rc && order->to == LEDGER_REVOKED)
        rc = free_line(tx, c, arena);
    if (!rc)
        rc = ledger_crl_raise(tx, c->authority);
    return rc ? rc : ledger_log(tx, events[order->to], order->serial, c, order->actor, order->why);
}

int ledger_change(struct store_tx *tx, const struct ledger_order *order, struct arena *arena,
    struct ledger_certificate *out, bool *changed, struct err *err)
{
    const struct json *row;
    *changed = false;
    if (!order->id.n || order->id.n > ID_MAX || order->serial.n != LEDGER_SERIAL)
        return err_set(err, E_INVALID, "the order names no certificate");
    int rc = ledger_certificate(tx, order->serial, arena, out);
    if (rc == 1)
        return err_set(err, E_NOT_FOUND, "there is no such certificate");
    if (rc)
        return rc;
    rc = row_load(tx, STR("order"), order->id, arena, &row);
    if (rc <= 0)
        return rc; /* carried out already */
    rc = out->state == order->to ? 0 : check_change(out->state, err);
    if (!rc)
        rc = note_order(tx, order);
    if (rc || out->state == order->to)
        return rc;
    *changed = true;
    return write_change(tx, order, out, arena);
}

static int add_entry(
    struct store_tx *tx, struct crl_writer *w, str serial_hex, struct arena *arena, struct err *err)
{
    struct ledger_certificate c;
    struct buf serial = {0};
    int rc = ledger_certificate(tx, serial_hex, arena, &c);
    if (!rc)
        rc = codec_unhex(&serial, serial_hex);
    if (!rc)
        rc = crl_add(w, buf_str(&serial), c.changed_ms / 1000, (enum crl_reason)c.reason, err);
    buf_release(&serial);
    return rc == 1 ? E_CORRUPT : rc;
}

int ledger_crl_fill(struct store_tx *tx, str authority, struct crl_writer *w, struct err *err)
{
    struct store_iter *it;
    struct store_row row;
    struct arena arena = {0};
    struct buf equal = {0};
    buf_printf(&equal, "[\"%.*s\"]", STR_ARG(authority));
    const struct store_range range = {.table = STR("certificate"),
        .index = STR("listed"),
        .equal = buf_str(&equal),
        .keys_only = true};
    int rc = store_iter_open(&it, tx, &range, err);
    if (!rc) {
        while (!(rc = store_iter_next(it, &row)) && !(rc = add_entry(tx, w, row.key, &arena, err)))
            arena_clear(&arena);
        store_iter_close(it);
    }
    arena_release(&arena);
    buf_release(&equal);
    if (rc == 1)
        return 0;
    return err && err->code ? rc : err_set(err, rc, "%s", err_text(rc));
}

static void copy_members(struct json_writer *w, const struct json *record)
{
    static const char *const names[] = {
        "event", "ticket", "authority", "state", "not_after", "reason"};
    for (size_t i = 0; i < countof(names); i++) {
        json_key(w, str_from(names[i]));
        json_put_value(w, json_get(record, str_from(names[i])));
    }
}

/* The certificate itself goes along with the news that it was issued. */
static int put_der(struct store_tx *tx, struct json_writer *w, str serial, struct arena *arena)
{
    const struct json *row;
    int rc = row_load(tx, STR("der"), serial, arena, &row);
    if (rc)
        return rc == 1 ? E_CORRUPT : rc;
    json_key(w, STR("der"));
    json_put_str(w, row_get(row, "der"));
    return 0;
}

static bool is_news(str event)
{
    static const char *const news[] = {"issued", "revoked", "frozen", "unfrozen"};
    for (size_t i = 0; i < countof(news); i++)
        if (str_eq(event, str_from(news[i])))
            return true;
    return false;
}

static int put_change(struct store_tx *tx, const struct store_record *r, struct json_writer *w)
{
    struct arena arena = {0};
    const struct json *record;
    int rc = json_parse(r->json, 3, &arena, &record, NULL) ? E_CORRUPT : 0;
    if (!rc && is_news(row_get(record, "event"))) {
        json_begin_object(w);
        json_key(w, STR("seq"));
        json_put_uint(w, r->seq);
        json_key(w, STR("at"));
        json_put_int(w, r->time_ms);
        json_key(w, STR("serial"));
        json_put_str(w, r->subject);
        copy_members(w, record);
        if (str_eq(row_get(record, "event"), STR("issued")))
            rc = put_der(tx, w, r->subject, &arena);
        json_end_object(w);
    }
    arena_release(&arena);
    return rc;
}

int ledger_changes(struct store_tx *tx, uint64_t since, struct buf *out)
{
    struct store_log_iter *it;
    struct store_record record;
    struct json_writer w = {.out = out};
    int n = 0;
    const struct store_log_range range = {.log = STR("audit"), .from = since + 1};
    int rc = store_log_open(&it, tx, &range);
    if (rc)
        return rc;
    json_begin_object(&w);
    json_key(&w, STR("changes"));
    json_begin_array(&w);
    for (; n < CHANGES && !(rc = store_log_next(it, &record)); n++, since = record.seq)
        if ((rc = put_change(tx, &record, &w)))
            break;
    store_log_close(it);
    json_end_array(&w);
    json_key(&w, STR("seq"));
    json_put_uint(&w, since);
    json_key(&w, STR("more"));
    json_put_bool(&w, n == CHANGES);
    json_end_object(&w);
    return rc == 1 ? 0 : rc;
}

int ledger_last(struct store_tx *tx, int64_t *time_ms, uint64_t *seq)
{
    struct store_log_iter *it;
    struct store_record record;
    *time_ms = 0;
    *seq = 0;
    const struct store_log_range range = {.log = STR("audit"), .descending = true, .bare = true};
    int rc = store_log_open(&it, tx, &range);
    if (rc)
        return rc == 1 ? 0 : rc;
    rc = store_log_next(it, &record);
    if (!rc) {
        *time_ms = record.time_ms;
        *seq = record.seq;
    }
    store_log_close(it);
    return rc == 1 ? 0 : rc;
}
