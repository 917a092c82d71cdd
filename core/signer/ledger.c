// SPDX-License-Identifier: Apache-2.0
// ledger: its schema, rows and reading.
#include "core/signer/ledger_private.h"

#include "core/base/clock.h"

enum { DEPTH = 4, DAY_S = 86400, EARLY_DAYS = 90, LATE_DAYS = 30 };

/* "listed" holds the authority's name while a certificate stands on its revocation list. */
static const char schema[] =
    "{\"logs\":[\"audit\"],\"tables\":{"
    "\"intent\":{\"key\":\"text\"},"
    "\"line\":{\"key\":\"text\"},"
    "\"der\":{\"key\":\"text\"},"
    "\"order\":{\"key\":\"text\"},"
    "\"crl\":{\"key\":\"text\"},"
    "\"certificate\":{\"key\":\"text\",\"indexes\":["
    "{\"name\":\"listed\",\"kind\":\"plain\",\"fields\":[\"listed\"]}],\"counters\":["
    "{\"name\":\"certificate_by_state\",\"by\":[\"state\"]},"
    "{\"name\":\"certificate_by_day\",\"by\":[\"day\"]},"
    "{\"name\":\"certificate_by_name\",\"by\":[\"day\",\"subject\"]}]}}}";

static const char *const state_names[] = {[LEDGER_INTENT] = "intent",
    [LEDGER_GOOD] = "good",
    [LEDGER_HOLD] = "hold",
    [LEDGER_REVOKED] = "revoked",
    [LEDGER_VOID] = "void"};

str ledger_schema(void)
{
    return str_from(schema);
}

const char *ledger_state_name(enum ledger_state state)
{
    return state_names[state];
}

void row_begin(struct row *r)
{
    *r = (struct row){0};
    r->w.out = &r->json;
    json_begin_object(&r->w);
}

void row_text(struct row *r, const char *name, str value)
{
    json_key(&r->w, str_from(name));
    json_put_str(&r->w, value);
}

void row_number(struct row *r, const char *name, int64_t value)
{
    json_key(&r->w, str_from(name));
    json_put_int(&r->w, value);
}

str row_end(struct row *r)
{
    json_end_object(&r->w);
    return buf_str(&r->json);
}

void row_release(struct row *r)
{
    buf_release(&r->json);
}

int row_load(struct store_tx *tx, str table, str key, struct arena *arena, const struct json **out)
{
    struct buf text = {0};
    int rc = store_get(tx, table, key, &text);
    if (!rc && json_parse(buf_str(&text), DEPTH, arena, out, NULL))
        rc = E_CORRUPT;
    buf_release(&text);
    return rc;
}

str row_get(const struct json *row, const char *name)
{
    return json_str(json_get(row, str_from(name)));
}

int64_t row_int(const struct json *row, const char *name)
{
    return json_int(json_get(row, str_from(name)));
}

static enum ledger_state state_of(str word)
{
    for (size_t i = 0; i < countof(state_names); i++)
        if (str_eq(word, str_from(state_names[i])))
            return (enum ledger_state)i;
    return LEDGER_VOID;
}

static void put_day(struct row *r, int64_t ms)
{
    char text[30];
    clock_rfc3339(ms, 0, text);
    row_text(r, "day", str_of(text, sizeof("2026-11-23") - 1));
}

int ledger_write_certificate(
    struct store_tx *tx, str serial, const struct ledger_certificate *c, bool fresh)
{
    struct row r;
    bool listed = c->state == LEDGER_HOLD || c->state == LEDGER_REVOKED;
    row_begin(&r);
    row_text(&r, "state", str_from(ledger_state_name(c->state)));
    row_text(&r, "authority", c->authority);
    row_text(&r, "ticket", c->ticket);
    row_text(&r, "line", c->line);
    row_text(&r, "subject", c->subject);
    row_text(&r, "profile", c->profile);
    put_day(&r, c->begun_ms);
    row_number(&r, "begun_ms", c->begun_ms);
    row_number(&r, "not_after", c->not_after);
    row_number(&r, "changed_ms", c->changed_ms);
    row_number(&r, "reason", c->reason);
    if (listed)
        row_text(&r, "listed", c->authority);
    int rc = fresh ? store_insert(tx, STR("certificate"), serial, row_end(&r))
                   : store_put(tx, STR("certificate"), serial, row_end(&r));
    row_release(&r);
    return rc;
}

int ledger_log(struct store_tx *tx, const char *event, str serial,
    const struct ledger_certificate *c, str actor, str why)
{
    struct row r;
    row_begin(&r);
    row_text(&r, "event", str_from(event));
    row_text(&r, "ticket", c->ticket);
    row_text(&r, "authority", c->authority);
    row_text(&r, "state", str_from(ledger_state_name(c->state)));
    row_number(&r, "not_after", c->not_after);
    row_number(&r, "reason", c->reason);
    row_text(&r, "actor", actor);
    row_text(&r, "why", why);
    int rc = store_append(tx, STR("audit"), serial, row_end(&r));
    row_release(&r);
    return rc;
}

int ledger_certificate(
    struct store_tx *tx, str serial, struct arena *arena, struct ledger_certificate *out)
{
    const struct json *row;
    *out = (struct ledger_certificate){.state = LEDGER_VOID};
    int rc = row_load(tx, STR("certificate"), serial, arena, &row);
    if (rc)
        return rc;
    *out = (struct ledger_certificate){.state = state_of(row_get(row, "state")),
        .authority = row_get(row, "authority"),
        .ticket = row_get(row, "ticket"),
        .line = row_get(row, "line"),
        .subject = row_get(row, "subject"),
        .profile = row_get(row, "profile"),
        .begun_ms = row_int(row, "begun_ms"),
        .not_after = row_int(row, "not_after"),
        .changed_ms = row_int(row, "changed_ms"),
        .reason = (unsigned)row_int(row, "reason")};
    return 0;
}

int ledger_of_ticket(struct store_tx *tx, str ticket, struct arena *arena, str *serial,
    struct ledger_certificate *out)
{
    const struct json *row;
    int rc = row_load(tx, STR("intent"), ticket, arena, &row);
    if (rc)
        return rc;
    *serial = row_get(row, "serial");
    return ledger_certificate(tx, *serial, arena, out);
}

int ledger_renewal_start(const struct ledger_certificate *old, int64_t now_s, int64_t *start)
{
    if (old->state != LEDGER_GOOD || old->not_after < now_s - LATE_DAYS * DAY_S ||
        old->not_after > now_s + EARLY_DAYS * DAY_S)
        return 1;
    *start = old->not_after > now_s ? old->not_after : now_s;
    return 0;
}

int ledger_note_own(
    struct store_tx *tx, str serial, str authority, str profile, int64_t not_after, struct err *err)
{
    int64_t now = store_tx_now(tx);
    const struct ledger_certificate c = {.state = LEDGER_GOOD,
        .authority = authority,
        .profile = profile,
        .begun_ms = now,
        .changed_ms = now,
        .not_after = not_after};
    int rc = ledger_write_certificate(tx, serial, &c, true);
    if (rc == E_EXISTS)
        return err_set(err, E_CRYPTO, "a serial number came twice");
    return rc ? rc : ledger_log(tx, "own", serial, &c, STR(""), STR(""));
}
