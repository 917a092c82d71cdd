// SPDX-License-Identifier: Apache-2.0
// actor: staff and grants.
#include "core/domain/actor.h"

static const unsigned all_roles =
    DOMAIN_REVIEWER | DOMAIN_OFFICER | DOMAIN_CASHIER | DOMAIN_ADMIN | DOMAIN_COUNTER;

enum { WORD_MAX = 64, FOUND = 2 };

bool domain_owns_table(str table)
{
    static const char *const own[] = {
        "attempt", "fact", "grant", "order", "receipt", "refund", "staff", "ticket"};
    for (size_t i = 0; i < countof(own); i++)
        if (str_eq(table, str_from(own[i])))
            return true;
    return false;
}

static bool all_among(str s, const char *characters)
{
    str set = str_from(characters);
    for (size_t i = 0; i < s.n; i++)
        if (str_index(set, s.p[i]) < 0)
            return false;
    return s.n > 0;
}

bool actor_is_digest(str s)
{
    return s.n == DOMAIN_HEX && all_among(s, "0123456789abcdef");
}

bool actor_is_word(str s)
{
    return s.n <= WORD_MAX && all_among(s, "abcdefghijklmnopqrstuvwxyz0123456789_.-");
}

int domain_staff_roles(struct store_tx *tx, str account, unsigned *roles)
{
    struct arena arena = {0};
    const struct json *row;
    *roles = 0;
    int rc = record_load(tx, STR("staff"), account, &arena, &row);
    if (!rc)
        *roles = (unsigned)record_number(row, "roles");
    arena_release(&arena);
    return rc == 1 ? 0 : rc;
}

int actor_person(struct store_tx *tx, str account, struct arena *arena, str *person)
{
    const struct json *row;
    *person = STR("");
    int rc = record_load(tx, STR("staff"), account, arena, &row);
    if (!rc)
        *person = record_get(row, "person");
    return rc == 1 ? 0 : rc;
}

static int check_staff(struct store_tx *tx, const struct domain_actor *by, struct err *err)
{
    unsigned roles;
    int rc = domain_staff_roles(tx, by->account, &roles);
    if (rc)
        return rc;
    if (!(roles & by->role))
        return err_set(err, E_DENIED, "the account does not have the role this needs");
    return 0;
}

int actor_check(
    struct store_tx *tx, const struct domain_actor *by, unsigned roles, str object, struct err *err)
{
    if (!by->account.n)
        return roles & ACTOR_SYSTEM ? 0 : err_set(err, E_DENIED, "this needs a person who acts");
    if (by->role == DOMAIN_APPLICANT) {
        bool open = !(roles & all_roles); /* no staff role named: applicants act */
        int rc = open ? domain_may(tx, by->account, object, STR("")) : 1;
        return rc == 1 ? err_set(err, E_DENIED, "the account may not act on this") : rc;
    }
    if (!(roles & by->role))
        return err_set(err, E_DENIED, "another role is needed for this");
    return check_staff(tx, by, err);
}

static int write_staff(struct store_tx *tx, const struct domain_actor *by, str account, str person,
    unsigned roles, struct err *err)
{
    struct record r;
    if (!account.n || !actor_is_digest(person) || (roles & ~all_roles))
        return err_set(err, E_INVALID, "a staff member has an account, a person and known roles");
    record_begin(&r, tx, by);
    record_str(&r, "person", person);
    record_int(&r, "roles", roles);
    int rc = record_put(&r, STR("staff"), account);
    return rc ? rc : record_audit(tx, by, account, "staff.set", STR(""));
}

int domain_staff_first(
    struct store_tx *tx, str account, str person, unsigned roles, struct err *err)
{
    struct store_iter *it;
    struct store_row row;
    const struct store_range range = {.table = STR("staff"), .keys_only = true};
    int rc = store_iter_open(&it, tx, &range, err);
    if (rc)
        return rc;
    rc = store_iter_next(it, &row);
    store_iter_close(it);
    if (rc == 0)
        return err_set(err, E_EXISTS, "there is staff already; an administrator adds more");
    return rc == 1 ? write_staff(tx, NULL, account, person, roles, err) : rc;
}

int domain_staff_set(struct store_tx *tx, const struct domain_actor *by, str account, str person,
    unsigned roles, struct err *err)
{
    struct arena arena = {0};
    str own;
    int rc = actor_check(tx, by, DOMAIN_ADMIN, STR(""), err);
    if (!rc)
        rc = actor_person(tx, by->account, &arena, &own);
    if (!rc && (str_eq(own, person) || str_eq(by->account, account)))
        rc = err_set(err, E_DENIED, "nobody changes roles of their own");
    arena_release(&arena);
    return rc ? rc : write_staff(tx, by, account, person, roles, err);
}

/* What a walk over grants looks for. */
struct holding {
    int64_t now;
    int64_t given_until; /* given after this moment does not count; 0: any */
    str role;            /* empty: any */
    struct arena *arena;
    str key;
};

static bool is_live(const struct json *grant, int64_t now)
{
    int64_t until = record_number(grant, "until");
    return !json_get(grant, STR("ended")) && (!until || until > now);
}

static int match_grant(void *arg, str key, const struct json *grant)
{
    struct holding *h = arg;
    if (!is_live(grant, h->now) || (h->role.n && !str_eq(record_get(grant, "role"), h->role)))
        return 0;
    if (h->given_until && record_number(grant, "at") > h->given_until)
        return 0;
    if (h->arena)
        h->key = arena_str(h->arena, key);
    return FOUND;
}

static int find_grant(struct store_tx *tx, str account, str object, struct holding *h)
{
    const str values[] = {account, object};
    h->now = store_tx_now(tx);
    int rc = record_each(tx, STR("grant"), STR("holder"), values, 2, match_grant, h);
    return rc == FOUND ? 0 : rc ? rc : 1;
}

int domain_may(struct store_tx *tx, str account, str object, str role)
{
    struct holding h = {.role = role};
    if (!account.n || !object.n)
        return 1;
    return find_grant(tx, account, object, &h);
}

int actor_owned_at(struct store_tx *tx, str account, str object, int64_t ms)
{
    struct holding h = {.role = STR("owner"), .given_until = ms};
    return find_grant(tx, account, object, &h);
}

/* The system gives the first grant on a thing; later ones come from somebody who manages it. */
static int may_grant(
    struct store_tx *tx, const struct domain_actor *by, str object, struct err *err)
{
    if (!by->account.n)
        return 0;
    if (by->role != DOMAIN_APPLICANT)
        return actor_check(tx, by, DOMAIN_OFFICER | DOMAIN_ADMIN, object, err);
    int rc = domain_may(tx, by->account, object, STR("owner"));
    return rc == 1 ? err_set(err, E_DENIED, "only its owner lets others act on this") : rc;
}

int domain_grant(struct store_tx *tx, const struct domain_actor *by, str account, str object,
    str role, int64_t until_ms, str why, struct err *err)
{
    struct record r;
    char key[STORE_KEY_TEXT + 1];
    if (!account.n || !object.n || !actor_is_word(role))
        return err_set(err, E_INVALID, "a grant names an account, a thing and a role");
    int rc = may_grant(tx, by, object, err);
    if (rc)
        return rc;
    record_begin(&r, tx, by);
    record_str(&r, "account", account);
    record_str(&r, "object", object);
    record_str(&r, "role", role);
    record_int(&r, "until", until_ms);
    record_str(&r, "why", why);
    rc = record_insert(&r, STR("grant"), key);
    return rc ? rc : record_audit(tx, by, object, "grant.given", str_from(key));
}

int domain_grant_end(struct store_tx *tx, const struct domain_actor *by, str account, str object,
    str role, str why, struct err *err)
{
    static const char *const none[] = {NULL};
    struct arena arena = {0};
    struct holding h = {.role = role, .arena = &arena};
    const struct json *grant;
    struct record r;
    int rc = may_grant(tx, by, object, err);
    if (!rc)
        rc = find_grant(tx, account, object, &h);
    if (!rc)
        rc = record_load(tx, STR("grant"), h.key, &arena, &grant);
    if (!rc) {
        record_begin_from(&r, tx, grant, none);
        record_int(&r, "ended", store_tx_now(tx));
        record_str(&r, "ended_by", by->account);
        record_str(&r, "ended_why", why);
        rc = record_put(&r, STR("grant"), h.key);
    }
    if (!rc)
        rc = record_audit(tx, by, object, "grant.ended", h.key);
    arena_release(&arena);
    return rc;
}

/* Looks at everybody who ever held a grant on a thing: the account itself, or staff of the same
 * person. */
struct apart {
    struct store_tx *tx;
    str account;
    str person;
};

static int same_person(void *arg, str key, const struct json *grant)
{
    struct apart *a = arg;
    struct arena arena = {0};
    str holder = record_get(grant, "account"), person;
    (void)key;
    if (str_eq(holder, a->account))
        return FOUND;
    int rc = actor_person(a->tx, holder, &arena, &person);
    if (!rc && person.n && str_eq(person, a->person))
        rc = FOUND;
    arena_release(&arena);
    return rc;
}

int actor_is_apart(struct store_tx *tx, str account, str person, str object, struct err *err)
{
    struct apart a = {tx, account, person};
    int rc = record_each(tx, STR("grant"), STR("object"), &object, 1, same_person, &a);
    if (rc == FOUND)
        return err_set(err, E_DENIED, "who acts on a case does not judge it");
    return rc;
}
