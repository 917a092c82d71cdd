// SPDX-License-Identifier: Apache-2.0
// lib_domain: the facts of trust: methods of tx that write them, and the module that reads them.
#include "core/domain/revocation.h"
#include "core/script/domainlib.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/state.h"
#include "core/script/txlib.h"

enum { PARTIES_MAX = 64 };

/* tx:staff_first{account, person, roles}: on an empty table of staff only */
static int staff_first(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    int rc = domain_staff_first(tx, domainlib_text(L, "account"), domainlib_text(L, "person"),
        domainlib_roles(L, "roles"), &err);
    domainlib_check(L, rc, &err);
    return 0;
}

/* tx:staff_set{account, person, roles, by, as} */
static int staff_set(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    struct domain_actor by = domainlib_actor(L);
    int rc = domain_staff_set(tx, &by, domainlib_text(L, "account"), domainlib_text(L, "person"),
        domainlib_roles(L, "roles"), &err);
    domainlib_check(L, rc, &err);
    return 0;
}

/* tx:grant{account, object, role, until_ms, why, by, as} */
static int grant(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    struct domain_actor by = domainlib_actor(L);
    int rc = domain_grant(tx, &by, domainlib_text(L, "account"), domainlib_text(L, "object"),
        domainlib_text(L, "role"), domainlib_number(L, "until_ms"), domainlib_text(L, "why"), &err);
    domainlib_check(L, rc, &err);
    return 0;
}

/* tx:grant_end{account, object, role, why, by, as} -> whether there was one */
static int grant_end(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    struct domain_actor by = domainlib_actor(L);
    int rc = domain_grant_end(tx, &by, domainlib_text(L, "account"), domainlib_text(L, "object"),
        domainlib_text(L, "role"), domainlib_text(L, "why"), &err);
    return domainlib_check_there(L, rc, &err);
}

/* tx:agree{case, version, sha256, by, as} */
static int agree(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    struct domain_actor by = domainlib_actor(L);
    int rc = domain_agree(tx, &by, domainlib_text(L, "case"), domainlib_text(L, "version"),
        domainlib_text(L, "sha256"), &err);
    domainlib_check(L, rc, &err);
    return 0;
}

/* tx:identify{case, person, document_mac, method, provider, evidence, by, as} */
static int identify(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    struct domain_actor by = domainlib_actor(L);
    const struct domain_identity id = {.person = domainlib_text(L, "person"),
        .document_mac = domainlib_text(L, "document_mac"),
        .method = domainlib_text(L, "method"),
        .provider = domainlib_text(L, "provider"),
        .evidence = domainlib_text(L, "evidence")};
    domainlib_check(L, domain_identify(tx, &by, domainlib_text(L, "case"), &id, &err), &err);
    return 0;
}

/* tx:identify_as{case, earlier, account, person, document_mac} -> whether it counts */
static int identify_as(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    const struct domain_actor system = {0};
    int rc = domain_identify_as(tx, &system, domainlib_text(L, "case"),
        domainlib_text(L, "earlier"), domainlib_text(L, "account"), domainlib_text(L, "person"),
        domainlib_text(L, "document_mac"), &err);
    return domainlib_check_there(L, rc, &err);
}

/* tx:material_add{case, type, blob, sha256, mark, by, as} */
static int material_add(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    struct domain_actor by = domainlib_actor(L);
    const struct domain_material m = {.type = domainlib_text(L, "type"),
        .blob = domainlib_text(L, "blob"),
        .sha256 = domainlib_text(L, "sha256"),
        .mark = domainlib_text(L, "mark")};
    domainlib_check(L, domain_material_add(tx, &by, domainlib_text(L, "case"), &m, &err), &err);
    return 0;
}

/* tx:material_drop{case, type, why, by, as} -> whether there was one */
static int material_drop(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    struct domain_actor by = domainlib_actor(L);
    int rc = domain_material_drop(tx, &by, domainlib_text(L, "case"), domainlib_text(L, "type"),
        domainlib_text(L, "why"), &err);
    return domainlib_check_there(L, rc, &err);
}

/* The table `subject` as JSON, in host.scratch. */
static str read_subject(lua_State *L)
{
    if (lua_getfield(L, 2, "subject") != LUA_TTABLE)
        luaL_argerror(L, 2, "subject: a table");
    str json = arena_str(&host_of(L)->scratch, txlib_json(L, -1));
    lua_pop(L, 1);
    return json;
}

/* tx:approve{case, stage, stages, form_sha256, required, subject, profile, years, renews, parties,
 * by, as} */
static int approve(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    struct domain_actor by = domainlib_actor(L);
    size_t parties;
    struct domain_review r = {.stage = (unsigned)lib_field_int(L, 2, "stage", 1, 2),
        .stages = (unsigned)lib_field_int(L, 2, "stages", 1, 2),
        .form_sha256 = domainlib_text(L, "form_sha256"),
        .profile = domainlib_text(L, "profile"),
        .renews = domainlib_text(L, "renews"),
        .years = (unsigned)lib_field_int(L, 2, "years", 0, 100),
        .subject_json = read_subject(L)};
    r.required = domainlib_list(L, "required", DOMAIN_MATERIALS_MAX, &r.required_count);
    const str *named = domainlib_list(L, "parties", PARTIES_MAX, &parties);
    int rc = domain_approve(tx, &by, domainlib_text(L, "case"), &r, named, parties, &err);
    domainlib_check(L, rc, &err);
    return 0;
}

/* tx:paper{case, by, as} */
static int paper(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    struct domain_actor by = domainlib_actor(L);
    domainlib_check(L, domain_paper(tx, &by, domainlib_text(L, "case"), &err), &err);
    return 0;
}

/* tx:waive{case, reason, by, as} */
static int waive(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    struct domain_actor by = domainlib_actor(L);
    int rc = domain_waive(tx, &by, domainlib_text(L, "case"), domainlib_text(L, "reason"), &err);
    domainlib_check(L, rc, &err);
    return 0;
}

static unsigned read_void(lua_State *L)
{
    static const char *const words[] = {"review", "identity", "waiver", "paper", "agreement"};
    size_t n;
    unsigned bits = 0;
    const str *list = domainlib_list(L, "what", countof(words), &n);
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < countof(words) && !str_eq(list[i], str_from(words[k])))
            k++;
        luaL_argcheck(L, k < countof(words), 2, "what: review, identity, waiver, paper, agreement");
        bits |= 1u << k;
    }
    return bits;
}

/* tx:void{case, what, why, by, as} */
static int void_facts(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    struct domain_actor by = domainlib_actor(L);
    int rc = domain_void(
        tx, &by, domainlib_text(L, "case"), read_void(L), domainlib_text(L, "why"), &err);
    domainlib_check(L, rc, &err);
    return 0;
}

/* tx:ticket{case, order, line, spki_sha256, form_sha256} -> text for issuer.issue */
static int ticket(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    const uint8_t *key = domainlib_key(L);
    const struct ticket_ask ask = {.kase = domainlib_text(L, "case"),
        .order = domainlib_text(L, "order"),
        .line = (unsigned)lib_field_int(L, 2, "line", 0, 1000),
        .spki_sha256 = domainlib_text(L, "spki_sha256")};
    struct buf *out = &host_of(L)->out;
    buf_clear(out);
    domainlib_check(
        L, ticket_mint(tx, &ask, domainlib_text(L, "form_sha256"), key, out, &err), &err);
    lib_push_str(L, buf_str(out));
    return 1;
}

/* tx:ticket_settle{ticket, serial, der_sha256, not_after_ms} */
static int settle(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    int rc = ticket_settle(tx, domainlib_text(L, "ticket"), domainlib_text(L, "serial"),
        domainlib_text(L, "der_sha256"), domainlib_number(L, "not_after_ms"), &err);
    domainlib_check(L, rc, &err);
    return 0;
}

/* tx:ticket_revoked{ticket, reason} */
static int revoked(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    int rc = ticket_revoked(tx, domainlib_text(L, "ticket"), domainlib_text(L, "reason"), &err);
    domainlib_check(L, rc, &err);
    return 0;
}

/* tx:revocation{ticket, act, reason, why, by, as} -> text for issuer.revoke */
static int revocation(lua_State *L)
{
    struct err err = {0};
    struct store_tx *tx = domainlib_tx(L);
    const uint8_t *key = domainlib_key(L);
    struct domain_actor by = domainlib_actor(L);
    struct revocation_ask ask = {.ticket = domainlib_text(L, "ticket"),
        .reason = (unsigned)lib_field_int(L, 2, "reason", 0, 10),
        .why = domainlib_text(L, "why")};
    luaL_argcheck(L, revocation_act_of(domainlib_text(L, "act"), &ask.act) == 0, 2,
        "act: revoke, freeze or unfreeze");
    struct buf *out = &host_of(L)->out;
    buf_clear(out);
    domainlib_check(L, revocation_order(tx, &by, &ask, key, out, &err), &err);
    lib_push_str(L, buf_str(out));
    return 1;
}

static void set_flag(lua_State *L, const char *name, bool v)
{
    lua_pushboolean(L, v);
    lua_setfield(L, -2, name);
}

static void set_number(lua_State *L, const char *name, lua_Integer v)
{
    lua_pushinteger(L, v);
    lua_setfield(L, -2, name);
}

static int push_standing(lua_State *L, const struct domain_standing *s)
{
    lua_createtable(L, 0, 8);
    set_flag(L, "agreed", s->agreed);
    set_flag(L, "identified", s->identified);
    set_flag(L, "paid", s->paid);
    set_flag(L, "waived", s->waived);
    set_flag(L, "paper", s->paper);
    set_number(L, "reviewed", s->reviewed);
    set_number(L, "stages", s->stages);
    set_number(L, "materials", (lua_Integer)s->materials);
    return 1;
}

static int push_roles(lua_State *L, unsigned bits)
{
    const char *const *names = domainlib_role_names();
    lua_createtable(L, 0, 4);
    for (unsigned i = 0; names[i]; i++)
        if (bits >> i & 1)
            set_flag(L, names[i], true);
    return 1;
}

/* What is read, at which argument its texts begin. [-0, +1] */
typedef int reader(lua_State *L, struct store_tx *tx, int first);

static int read_standing(lua_State *L, struct store_tx *tx, int first)
{
    struct domain_standing s;
    int rc = domain_standing(tx, lib_check_str(L, first), &s);
    return rc ? rc : (push_standing(L, &s), 0);
}

static int read_may(lua_State *L, struct store_tx *tx, int first)
{
    str role = lua_isnoneornil(L, first + 2) ? STR("") : lib_check_str(L, first + 2);
    int rc = domain_may(tx, lib_check_str(L, first), lib_check_str(L, first + 1), role);
    lua_pushboolean(L, rc == 0);
    return rc < 0 ? rc : 0;
}

static int read_roles(lua_State *L, struct store_tx *tx, int first)
{
    unsigned bits;
    int rc = domain_staff_roles(tx, lib_check_str(L, first), &bits);
    return rc ? rc : (push_roles(L, bits), 0);
}

static int read_material(lua_State *L, struct store_tx *tx, int first)
{
    int rc = domain_has_material(tx, lib_check_str(L, first), lib_check_str(L, first + 1));
    lua_pushboolean(L, rc == 0);
    return rc < 0 ? rc : 0;
}

static int read_in_tx(lua_State *L, reader *read)
{
    const struct err none = {0};
    domainlib_check(L, read(L, txlib_check(L)->tx, 2), &none);
    return 1;
}

/* tx:standing(case) -> {agreed, identified, paid, waived, paper, reviewed, stages, materials} */
static int standing(lua_State *L)
{
    return read_in_tx(L, read_standing);
}

/* tx:may(account, object, role) -> whether a grant lives; any role without one */
static int may(lua_State *L)
{
    return read_in_tx(L, read_may);
}

/* tx:roles(account) -> {reviewer = true, …} */
static int roles(lua_State *L)
{
    return read_in_tx(L, read_roles);
}

/* tx:has_material(case, type) -> boolean */
static int has_material(lua_State *L)
{
    return read_in_tx(L, read_material);
}

static const luaL_Reg methods[] = {
    {"agree", agree},
    {"approve", approve},
    {"grant", grant},
    {"grant_end", grant_end},
    {"has_material", has_material},
    {"identify", identify},
    {"identify_as", identify_as},
    {"material_add", material_add},
    {"material_drop", material_drop},
    {"may", may},
    {"paper", paper},
    {"revocation", revocation},
    {"roles", roles},
    {"staff_first", staff_first},
    {"staff_set", staff_set},
    {"standing", standing},
    {"ticket", ticket},
    {"ticket_revoked", revoked},
    {"ticket_settle", settle},
    {"void", void_facts},
    {"waive", waive},
    {NULL, NULL},
};

void lib_domain_add(lua_State *L)
{
    luaL_setfuncs(L, methods, 0);
}

/* Reads on the newest snapshot. The arguments were looked at: nothing may raise while it is open.
 */
static int read_outside(lua_State *L, reader *read)
{
    const struct err none = {0};
    struct task *t = task_current(L);
    struct store *s = t->gen->script->opts.store;
    if (t->in_tx)
        return error_raise(L, E_UNSUPPORTED, "inside a transaction body use its tx");
    if (!s)
        return error_raise(L, E_UNSUPPORTED, "there is no store");
    for (int i = 1; i <= lua_gettop(L); i++)
        luaL_argexpected(L, lua_type(L, i) == LUA_TSTRING || lua_isnil(L, i), i, "string");
    struct store_tx *tx = store_tx_begin(s, STORE_TX_READ);
    int rc = read(L, tx, 1);
    store_tx_end(tx);
    domainlib_check(L, rc, &none);
    return 1;
}

/* domain.standing(case) -> as tx:standing */
static int outer_standing(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TSTRING);
    return read_outside(L, read_standing);
}

/* domain.may(account, object, role) -> as tx:may */
static int outer_may(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TSTRING);
    luaL_checktype(L, 1, LUA_TSTRING);
    return read_outside(L, read_may);
}

/* domain.roles(account) -> as tx:roles */
static int outer_roles(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TSTRING);
    return read_outside(L, read_roles);
}

static const luaL_Reg functions[] = {
    {"may", outer_may},
    {"roles", outer_roles},
    {"standing", outer_standing},
    {NULL, NULL},
};

int lib_domain_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
