// SPDX-License-Identifier: Apache-2.0
// ledger_issue: from ticket to certificate: look, intend, settle.
#include <string.h>

#include "core/base/clock.h"
#include "core/base/codec.h"
#include "core/signer/ledger_private.h"

static int load_intent(
    struct store_tx *tx, str ticket, struct arena *arena, struct ledger_intent *out)
{
    const struct json *row;
    int rc = row_load(tx, STR("intent"), ticket, arena, &row);
    if (rc)
        return rc;
    *out = (struct ledger_intent){.ticket = arena_str(arena, ticket),
        .line = row_get(row, "line"),
        .authority = row_get(row, "authority"),
        .profile = row_get(row, "profile"),
        .subject = row_get(row, "subject"),
        .spki = row_get(row, "spki"),
        .tbs = row_get(row, "tbs"),
        .serial = row_get(row, "serial"),
        .not_before = row_int(row, "not_before"),
        .not_after = row_int(row, "not_after")};
    return 0;
}

static int load_der(struct store_tx *tx, str serial, struct arena *arena, str *out)
{
    const struct json *row;
    struct buf der = {0};
    int rc = row_load(tx, STR("der"), serial, arena, &row);
    if (rc == 1 || (!rc && codec_unbase64(&der, row_get(row, "der"))))
        rc = E_CORRUPT;
    if (!rc)
        *out = arena_str(arena, buf_str(&der));
    buf_release(&der);
    return rc;
}

static bool is_signed(enum ledger_state state)
{
    return state == LEDGER_GOOD || state == LEDGER_HOLD || state == LEDGER_REVOKED;
}

/* What stands for the ticket itself. */
static int look_at_ticket(
    struct store_tx *tx, str spki, struct arena *arena, struct ledger_answer *out, struct err *err)
{
    struct ledger_certificate c;
    if (!str_eq(out->intent.spki, spki))
        return err_set(err, E_CONFLICT, "the ticket was used with another request");
    int rc = ledger_certificate(tx, out->intent.serial, arena, &c);
    if (rc)
        return rc == 1 ? E_CORRUPT : rc;
    if (c.state == LEDGER_VOID)
        return err_set(err, E_CONFLICT, "another ticket took the place of this one");
    out->step = is_signed(c.state) ? LEDGER_DONE : LEDGER_REDO;
    return out->step == LEDGER_DONE ? load_der(tx, out->intent.serial, arena, &out->der) : 0;
}

/* What stands for the case's line through another ticket. */
static int look_at_line(struct store_tx *tx, str line, str spki, struct arena *arena,
    struct ledger_answer *out, struct err *err)
{
    const struct json *row;
    struct ledger_certificate c;
    out->step = LEDGER_BEGIN;
    int rc = row_load(tx, STR("line"), line, arena, &row);
    if (!rc)
        rc = load_intent(tx, row_get(row, "ticket"), arena, &out->intent);
    if (rc)
        return rc == 1 ? 0 : rc;
    rc = ledger_certificate(tx, out->intent.serial, arena, &c);
    /* What was never signed gives way. */
    if (rc || !is_signed(c.state))
        return rc == 1 ? E_CORRUPT : rc;
    if (!str_eq(out->intent.spki, spki))
        return err_set(err, E_CONFLICT, "the case has a certificate for another key");
    out->step = LEDGER_DONE;
    return load_der(tx, out->intent.serial, arena, &out->der);
}

int ledger_look(struct store_tx *tx, str ticket, str line, str spki, struct arena *arena,
    struct ledger_answer *out, struct err *err)
{
    *out = (struct ledger_answer){.step = LEDGER_BEGIN};
    int rc = load_intent(tx, ticket, arena, &out->intent);
    if (rc == 1)
        return look_at_line(tx, line, spki, arena, out, err);
    return rc ? rc : look_at_ticket(tx, spki, arena, out, err);
}

static str day_of(int64_t ms, char text[30])
{
    clock_rfc3339(ms, 0, text);
    return str_of(text, sizeof("2026-11-23") - 1);
}

static int count(struct store_tx *tx, const char *counter, str day, str subject, int64_t *out)
{
    struct buf values = {0};
    struct json_writer w = {.out = &values};
    json_begin_array(&w);
    json_put_str(&w, day);
    if (subject.n)
        json_put_str(&w, subject);
    json_end_array(&w);
    int rc = store_count(tx, str_from(counter), buf_str(&values), out);
    buf_release(&values);
    return rc;
}

static int check_limits(struct store_tx *tx, const struct ledger_intent *i,
    const struct ledger_limits *limits, struct err *err)
{
    char text[30];
    int64_t all = 0, same = 0;
    str day = day_of(store_tx_now(tx), text);
    int rc = count(tx, "certificate_by_day", day, STR(""), &all);
    if (!rc)
        rc = count(tx, "certificate_by_name", day, i->subject, &same);
    if (rc)
        return rc;
    if (all < limits->per_day && same < limits->per_name)
        return 0;
    err_set(err, E_BUSY, "%s",
        all < limits->per_day ? "too many certificates for this name today"
                              : "too many certificates today");
    err_at(err, "signer.limit");
    return E_BUSY;
}

/* The intent that gives way is void from now on. */
static int void_certificate(struct store_tx *tx, str serial, struct arena *arena)
{
    struct ledger_certificate c;
    int rc = serial.n ? ledger_certificate(tx, serial, arena, &c) : 1;
    if (rc)
        return rc == 1 ? 0 : rc;
    c.state = LEDGER_VOID;
    c.changed_ms = store_tx_now(tx);
    rc = ledger_write_certificate(tx, serial, &c, false);
    return rc ? rc : ledger_log(tx, "void", serial, &c, STR(""), STR(""));
}

static int write_intent(struct store_tx *tx, const struct ledger_intent *i)
{
    const struct {
        const char *name;
        str value;
    } texts[] = {{"line", i->line}, {"authority", i->authority}, {"profile", i->profile},
        {"subject", i->subject}, {"spki", i->spki}, {"tbs", i->tbs}, {"serial", i->serial}};
    struct row r;
    row_begin(&r);
    for (size_t k = 0; k < countof(texts); k++)
        row_text(&r, texts[k].name, texts[k].value);
    row_number(&r, "not_before", i->not_before);
    row_number(&r, "not_after", i->not_after);
    int rc = store_put(tx, STR("intent"), i->ticket, row_end(&r));
    row_release(&r);
    return rc;
}

static int write_line(struct store_tx *tx, const struct ledger_intent *i)
{
    struct row r;
    row_begin(&r);
    row_text(&r, "ticket", i->ticket);
    int rc = store_put(tx, STR("line"), i->line, row_end(&r));
    row_release(&r);
    return rc;
}

static int begin_certificate(struct store_tx *tx, const struct ledger_intent *i, struct err *err)
{
    int64_t now = store_tx_now(tx);
    const struct ledger_certificate c = {.state = LEDGER_INTENT,
        .authority = i->authority,
        .ticket = i->ticket,
        .line = i->line,
        .subject = i->subject,
        .profile = i->profile,
        .begun_ms = now,
        .changed_ms = now,
        .not_after = i->not_after};
    int rc = ledger_write_certificate(tx, i->serial, &c, true);
    if (rc == E_EXISTS)
        return err_set(err, E_CRYPTO, "a serial number came twice; nothing is signed with it");
    return rc ? rc : ledger_log(tx, "intent", i->serial, &c, STR(""), STR(""));
}

int ledger_intend(struct store_tx *tx, const struct ledger_intent *wanted, str replaces,
    const struct ledger_limits *limits, struct arena *arena, struct ledger_answer *out,
    struct err *err)
{
    int rc = ledger_look(tx, wanted->ticket, wanted->line, wanted->spki, arena, out, err);
    if (rc || out->step == LEDGER_DONE)
        return rc;
    bool own = out->step == LEDGER_REDO;
    if (own && !(replaces.n && str_eq(replaces, out->intent.serial))) {
        bool same =
            str_eq(out->intent.serial, wanted->serial) && str_eq(out->intent.tbs, wanted->tbs);
        out->step = same ? LEDGER_SIGN : LEDGER_REDO;
        return 0;
    }
    rc = check_limits(tx, wanted, limits, err);
    if (!rc)
        rc = void_certificate(tx, out->intent.serial, arena);
    if (!rc)
        rc = begin_certificate(tx, wanted, err);
    if (!rc)
        rc = write_intent(tx, wanted);
    if (!rc)
        rc = write_line(tx, wanted);
    out->step = LEDGER_SIGN;
    out->intent = *wanted;
    return rc;
}

static int write_der(struct store_tx *tx, str serial, str der)
{
    struct row r;
    struct buf text = {0};
    codec_base64(&text, der);
    row_begin(&r);
    row_text(&r, "der", buf_str(&text));
    int rc = store_insert(tx, STR("der"), serial, row_end(&r));
    row_release(&r);
    buf_release(&text);
    return rc;
}

int ledger_settle(struct store_tx *tx, const struct ledger_intent *intent, str der,
    struct arena *arena, struct ledger_answer *out, struct err *err)
{
    struct ledger_certificate c;
    *out = (struct ledger_answer){.step = LEDGER_DONE, .intent = *intent, .der = der};
    int rc = ledger_certificate(tx, intent->serial, arena, &c);
    if (rc == 1 || (!rc && c.state == LEDGER_VOID))
        return err_set(err, E_CONFLICT, "another ticket took the place of this one");
    if (!rc && is_signed(c.state))
        return load_der(tx, intent->serial, arena, &out->der);
    if (rc)
        return rc;
    c.state = LEDGER_GOOD;
    c.changed_ms = store_tx_now(tx);
    rc = ledger_write_certificate(tx, intent->serial, &c, false);
    if (!rc)
        rc = write_der(tx, intent->serial, der);
    return rc ? rc : ledger_log(tx, "issued", intent->serial, &c, STR(""), STR(""));
}
