// SPDX-License-Identifier: Apache-2.0
// money_order: orders with frozen lines, and attempts to pay them.
#include "core/domain/actor.h"
#include "core/domain/money.h"
#include "core/domain/money_private.h"

enum { LABEL_MAX = 200, FOUND = 2 };

static const str any_case = {"", 0};

static int check_lines(const struct money_order *o, int64_t *total, struct err *err)
{
    *total = 0;
    if (!o->line_count || o->line_count > MONEY_LINES_MAX)
        return err_set(err, E_INVALID, "an order has 1 to %d lines", MONEY_LINES_MAX);
    for (size_t i = 0; i < o->line_count; i++) {
        const struct money_line *l = &o->lines[i];
        if (!l->kase.n || !actor_is_word(l->item) || l->label.n > LABEL_MAX)
            return err_set(err, E_INVALID, "line %zu names no case or item", i + 1);
        if (l->fen < 0 || l->fen > MONEY_FEN_MAX)
            return err_set(err, E_INVALID, "line %zu has an impossible price", i + 1);
        *total += l->fen;
    }
    if (*total <= 0 || *total > MONEY_FEN_MAX)
        return err_set(err, E_INVALID, "the order's sum is impossible");
    return 0;
}

static bool seen_before(const struct money_order *o, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (str_eq(o->lines[i].kase, o->lines[at].kase))
            return true;
    return false;
}

bool money_has_left(const struct json *order, str kase)
{
    struct json_iter it;
    json_iter_init(&it, json_get(order, STR("left")));
    while (json_iter_next(&it))
        if (str_eq(json_str(it.value), kase))
            return true;
    return false;
}

int64_t money_part_of(const struct json *order, str kase)
{
    struct json_iter it;
    int64_t fen = 0;
    json_iter_init(&it, json_get(order, STR("lines")));
    while (json_iter_next(&it))
        if (str_eq(record_get(it.value, "case"), kase))
            fen += record_number(it.value, "fen");
    return fen;
}

static int is_in_force(void *arg, str key, const struct json *order)
{
    const str *kase = arg;
    str state = record_get(order, "state");
    (void)key;
    bool over = str_eq(state, STR("closed")) || str_eq(state, STR("refunded"));
    return over || money_has_left(order, *kase) ? 0 : FOUND;
}

/* Each case once: the actor may act on it, and nothing else is open or paid for it. */
static int check_cases(struct store_tx *tx, const struct domain_actor *by,
    const struct money_order *o, struct err *err)
{
    for (size_t i = 0; i < o->line_count; i++) {
        if (seen_before(o, i))
            continue;
        str kase = o->lines[i].kase;
        int rc = actor_check(tx, by, 0, kase, err);
        if (!rc)
            rc = record_each(tx, STR("order"), STR("case"), &kase, 1, is_in_force, &kase);
        if (rc == FOUND)
            return err_set(err, E_EXISTS, "a case of the order has an order already");
        if (rc)
            return rc;
    }
    return 0;
}

static void write_lines(struct json_writer *w, const struct money_order *o)
{
    json_key(w, STR("lines"));
    json_begin_array(w);
    for (size_t i = 0; i < o->line_count; i++) {
        json_begin_object(w);
        json_key(w, STR("case"));
        json_put_str(w, o->lines[i].kase);
        json_key(w, STR("item"));
        json_put_str(w, o->lines[i].item);
        json_key(w, STR("label"));
        json_put_str(w, o->lines[i].label);
        json_key(w, STR("fen"));
        json_put_int(w, o->lines[i].fen);
        json_end_object(w);
    }
    json_end_array(w);
    json_key(w, STR("cases"));
    json_begin_array(w);
    for (size_t i = 0; i < o->line_count; i++)
        if (!seen_before(o, i))
            json_put_str(w, o->lines[i].kase);
    json_end_array(w);
}

int money_order_open(struct store_tx *tx, const struct domain_actor *by,
    const struct money_order *o, char out[STORE_KEY_TEXT + 1], struct err *err)
{
    struct record r;
    int64_t total;
    int rc = check_lines(o, &total, err);
    if (!rc)
        rc = check_cases(tx, by, o, err);
    if (rc)
        return rc;
    record_begin(&r, tx, by);
    record_str(&r, "state", STR("open"));
    record_int(&r, "total", total);
    record_str(&r, "bundle", o->bundle);
    record_str(&r, "quote_date", o->quote_date);
    write_lines(&r.writer, o);
    rc = record_insert(&r, STR("order"), out);
    return rc ? rc : record_audit(tx, by, o->lines[0].kase, "order.opened", str_from(out));
}

static int put_order(struct record *r, const char *state, str why, str key)
{
    record_str(r, "state", str_from(state));
    record_str(r, "why", why);
    record_int(r, "changed", store_tx_now(r->tx));
    return record_put(r, STR("order"), key);
}

int money_set_order(struct store_tx *tx, const struct domain_actor *by, str key,
    const struct json *order, const char *state, str why)
{
    static const char *const without[] = {"state", "why", "changed", NULL};
    struct record r;
    record_begin_from(&r, tx, order, without);
    int rc = put_order(&r, state, why, key);
    str kase = json_str(json_at(json_get(order, STR("cases")), 0));
    return rc ? rc : record_audit(tx, by, kase, "order.changed", key);
}

/* Whether all others left before. */
static bool is_last(const struct json *order, str kase)
{
    struct json_iter it;
    json_iter_init(&it, json_get(order, STR("cases")));
    while (json_iter_next(&it)) {
        str one = json_str(it.value);
        if (!str_eq(one, kase) && !money_has_left(order, one))
            return false;
    }
    return true;
}

static void write_left(struct json_writer *w, const struct json *order, str kase)
{
    struct json_iter it;
    json_key(w, STR("left"));
    json_begin_array(w);
    json_iter_init(&it, json_get(order, STR("left")));
    while (json_iter_next(&it))
        json_put_str(w, json_str(it.value));
    json_put_str(w, kase);
    json_end_array(w);
}

int money_leave_order(
    struct store_tx *tx, const struct domain_actor *by, str key, const struct json *order, str kase)
{
    static const char *const without[] = {"state", "why", "changed", "left", NULL};
    struct record r;
    record_begin_from(&r, tx, order, without);
    write_left(&r.writer, order, kase);
    int rc = put_order(&r, is_last(order, kase) ? "refunded" : "paid", STR("refund"), key);
    return rc ? rc : record_audit(tx, by, kase, "order.left", key);
}

int money_may_act(struct store_tx *tx, const struct domain_actor *by, const struct json *order,
    unsigned staff, struct err *err)
{
    struct json_iter it;
    if (by->role != DOMAIN_APPLICANT || !by->account.n)
        return actor_check(tx, by, staff | ACTOR_SYSTEM, any_case, err);
    json_iter_init(&it, json_get(order, STR("cases")));
    while (json_iter_next(&it)) {
        int rc = actor_check(tx, by, 0, json_str(it.value), err);
        if (rc)
            return rc;
    }
    return 0;
}

int money_order_close(
    struct store_tx *tx, const struct domain_actor *by, str order, str why, struct err *err)
{
    struct arena arena = {0};
    const struct json *row;
    int rc = record_load(tx, STR("order"), order, &arena, &row);
    if (rc == 1)
        rc = err_set(err, E_NOT_FOUND, "no such order");
    if (!rc)
        rc = money_may_act(tx, by, row, DOMAIN_CASHIER | DOMAIN_OFFICER, err);
    str state = rc ? any_case : record_get(row, "state");
    if (!rc && str_eq(state, STR("open")))
        rc = money_set_order(tx, by, order, row, "closed", why);
    else if (!rc && !str_eq(state, STR("closed")))
        rc = err_set(err, E_CONFLICT, "a paid order is refunded, not closed");
    arena_release(&arena);
    return rc;
}

static int write_attempt(struct store_tx *tx, const struct domain_actor *by, str order, str channel,
    int64_t fen, str out_no)
{
    char key[STORE_KEY_TEXT + 1];
    struct record r;
    record_begin(&r, tx, by);
    record_str(&r, "order", order);
    record_str(&r, "channel", channel);
    record_str(&r, "out_no", out_no);
    record_int(&r, "fen", fen);
    record_str(&r, "state", STR("open"));
    return record_insert(&r, STR("attempt"), key);
}

/* The key of a new row is unique and says nothing: it is the number for the gateway. */
static void make_out_no(struct store_tx *tx, char out_no[MONEY_OUT_NO + 1])
{
    char key[STORE_KEY_TEXT + 1];
    store_key_new(tx, key);
    out_no[0] = 'P';
    for (size_t i = 0; i <= STORE_KEY_TEXT; i++)
        out_no[i + 1] = key[i];
}

int money_attempt(struct store_tx *tx, const struct domain_actor *by, str order, str channel,
    char out_no[MONEY_OUT_NO + 1], struct err *err)
{
    struct arena arena = {0};
    const struct json *row;
    int rc = actor_is_word(channel) ? record_load(tx, STR("order"), order, &arena, &row)
                                    : err_set(err, E_INVALID, "no such channel");
    if (rc == 1)
        rc = err_set(err, E_NOT_FOUND, "no such order");
    if (!rc)
        rc = money_may_act(tx, by, row, 0, err);
    if (!rc && !str_eq(record_get(row, "state"), STR("open")))
        rc = err_set(err, E_CONFLICT, "the order is not open");
    if (!rc) {
        make_out_no(tx, out_no);
        rc = write_attempt(tx, by, order, channel, record_number(row, "total"), str_from(out_no));
    }
    arena_release(&arena);
    return rc;
}
