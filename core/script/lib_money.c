// SPDX-License-Identifier: Apache-2.0
// lib_money: orders, attempts, receipts and refunds: methods of tx.
#include "core/domain/money.h"
#include "core/script/domainlib.h"
#include "core/script/lib.h"
#include "core/script/state.h"

static const char *const outcomes[] = {[MONEY_APPLIED] = "applied",
    [MONEY_REPEATED] = "repeated",
    [MONEY_UNAPPLIED] = "unapplied",
    [MONEY_NOTED] = "noted",
    [MONEY_REFUSED] = "refused"};

static struct money_line read_line(lua_State *L)
{
    luaL_argcheck(L, lua_istable(L, -1), 2, "lines: tables");
    int at = lua_gettop(L);
    return (struct money_line){.kase = lib_field_str(L, at, "case"),
        .item = lib_field_str(L, at, "item"),
        .label = lib_field_str(L, at, "label"),
        .fen = lib_field_int(L, at, "fen", 0, MONEY_FEN_MAX)};
}

static const struct money_line *read_lines(lua_State *L, size_t *count)
{
    luaL_argcheck(L, lua_getfield(L, 2, "lines") == LUA_TTABLE, 2, "lines: a list");
    *count = (size_t)lua_rawlen(L, -1);
    luaL_argcheck(L, *count <= MONEY_LINES_MAX, 2, "too many lines");
    struct money_line *lines = arena_zalloc(&host_of(L)->scratch, *count + 1, sizeof(*lines));
    for (size_t i = 0; i < *count; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        lines[i] = read_line(L);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return lines;
}

/* tx:order_open{lines = {{case, item, label, fen}, …}, bundle, quote_date, by, as} -> key */
static int order_open(lua_State *L)
{
    struct err err = {0};
    char key[STORE_KEY_TEXT + 1];
    struct store_tx *tx = domainlib_tx(L);
    struct domain_actor by = domainlib_actor(L);
    struct money_order o = {
        .bundle = domainlib_text(L, "bundle"), .quote_date = domainlib_text(L, "quote_date")};
    o.lines = read_lines(L, &o.line_count);
    domainlib_check(L, money_order_open(tx, &by, &o, key, &err), &err);
    lua_pushstring(L, key);
    return 1;
}

/* tx:order_close{order, why, by, as} */
static int order_close(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    struct domain_actor by = domainlib_actor(L);
    int rc = money_order_close(tx, &by, domainlib_text(L, "order"), domainlib_text(L, "why"), &err);
    domainlib_check(L, rc, &err);
    return 0;
}

/* tx:attempt{order, channel, by, as} -> number for the gateway */
static int attempt(lua_State *L)
{
    struct err err = {0};
    char out_no[MONEY_OUT_NO + 1];
    struct store_tx *tx = domainlib_tx(L);
    struct domain_actor by = domainlib_actor(L);
    int rc = money_attempt(
        tx, &by, domainlib_text(L, "order"), domainlib_text(L, "channel"), out_no, &err);
    domainlib_check(L, rc, &err);
    lua_pushstring(L, out_no);
    return 1;
}

static struct money_notice read_notice(lua_State *L)
{
    return (struct money_notice){.channel = domainlib_text(L, "channel"),
        .trade_no = domainlib_text(L, "trade_no"),
        .out_no = domainlib_text(L, "out_no"),
        .fen = domainlib_number(L, "fen"),
        .currency = domainlib_text(L, "currency"),
        .seller = domainlib_text(L, "seller"),
        .our_seller = domainlib_text(L, "our_seller"),
        .app = domainlib_text(L, "app"),
        .our_app = domainlib_text(L, "our_app"),
        .payer = domainlib_text(L, "payer"),
        .paid_ms = domainlib_number(L, "paid_ms"),
        .success = domainlib_flag(L, "success")};
}

/* tx:notice{channel, trade_no, out_no, fen, currency, seller, our_seller, app, our_app, payer,
 * paid_ms, success} -> "applied", "repeated", "unapplied", "noted" or "refused", order|nil */
static int notice(lua_State *L)
{
    struct err err = {0};
    enum money_outcome outcome;
    char order[STORE_KEY_TEXT + 1] = "";
    struct store_tx *tx = domainlib_tx(L);
    const struct money_notice n = read_notice(L);
    domainlib_check(L, money_notice(tx, &n, &outcome, order, &err), &err);
    lua_pushstring(L, outcomes[outcome]);
    if (*order)
        lua_pushstring(L, order);
    else
        lua_pushnil(L);
    return 2;
}

/* tx:transfer{order, bank_reference, fen, by, as} -> as tx:notice */
static int transfer(lua_State *L)
{
    struct err err = {0};
    enum money_outcome outcome;
    struct store_tx *tx = domainlib_tx(L);
    struct domain_actor by = domainlib_actor(L);
    int rc = money_transfer(tx, &by, domainlib_text(L, "order"),
        domainlib_text(L, "bank_reference"), domainlib_number(L, "fen"), &outcome, &err);
    domainlib_check(L, rc, &err);
    lua_pushstring(L, outcomes[outcome]);
    return 1;
}

/* tx:apply{receipt, order, by, as} */
static int apply(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    struct domain_actor by = domainlib_actor(L);
    int rc = money_apply(tx, &by, domainlib_text(L, "receipt"), domainlib_text(L, "order"), &err);
    domainlib_check(L, rc, &err);
    return 0;
}

/* tx:refund{receipt, fen, why, case, by, as} -> key */
static int refund(lua_State *L)
{
    struct err err = {0};
    char key[STORE_KEY_TEXT + 1];
    struct store_tx *tx = domainlib_tx(L);
    struct domain_actor by = domainlib_actor(L);
    const struct money_back back = {.receipt = domainlib_text(L, "receipt"),
        .kase = domainlib_text(L, "case"),
        .fen = domainlib_number(L, "fen"),
        .why = domainlib_text(L, "why")};
    domainlib_check(L, money_refund(tx, &by, &back, key, &err), &err);
    lua_pushstring(L, key);
    return 1;
}

/* tx:refunded{refund, done, said} */
static int refunded(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    int rc = money_refunded(tx, domainlib_text(L, "refund"), domainlib_flag(L, "done"),
        domainlib_text(L, "said"), &err);
    domainlib_check(L, rc, &err);
    return 0;
}

static const luaL_Reg methods[] = {
    {"apply", apply},
    {"attempt", attempt},
    {"notice", notice},
    {"order_close", order_close},
    {"order_open", order_open},
    {"refund", refund},
    {"refunded", refunded},
    {"transfer", transfer},
    {NULL, NULL},
};

void lib_money_add(lua_State *L)
{
    luaL_setfuncs(L, methods, 0);
}
