// SPDX-License-Identifier: Apache-2.0
// case_facts: agreement, identity, materials, paper, waiver, and what ends them.
#include <string.h>

#include "core/domain/fact.h"

enum { STAFF_AT_COUNTER = DOMAIN_REVIEWER | DOMAIN_COUNTER };

int domain_agree(struct store_tx *tx, const struct domain_actor *by, str kase, str version,
    str sha256, struct err *err)
{
    struct record r;
    size_t ended;
    if (!version.n || version.n > 40 || !actor_is_digest(sha256))
        return err_set(err, E_INVALID, "an agreement has a version and the SHA-256 of its text");
    int rc = actor_check(tx, by, 0, kase, err);
    if (!rc)
        rc = fact_end_all(tx, by, kase, "agreement", STR(""), STR("accepted anew"), &ended);
    if (rc)
        return rc;
    fact_begin(&r, tx, by, kase, "agreement");
    record_str(&r, "version", version);
    record_str(&r, "sha256", sha256);
    return fact_add(&r, by, kase, "agreement");
}

static int check_identity(const struct domain_identity *id, struct err *err)
{
    if (!actor_is_digest(id->person) || !actor_is_digest(id->document_mac) ||
        !actor_is_digest(id->evidence))
        return err_set(err, E_INVALID, "person, document and evidence are digests");
    if (!str_eq(id->method, STR("face")) && !str_eq(id->method, STR("counter")) &&
        !str_eq(id->method, STR("manual")))
        return err_set(err, E_INVALID, "identity is checked by face, counter or manual");
    return 0;
}

/* A machine's verdict comes from the system; a comparison by eye from staff apart from the case. */
static int check_judge(struct store_tx *tx, const struct domain_actor *by, str kase,
    const struct domain_identity *id, struct err *err)
{
    struct arena arena = {0};
    str person;
    if (str_eq(id->method, STR("face")))
        return by->account.n ? err_set(err, E_DENIED, "an adapter judges faces, nobody else") : 0;
    int rc = actor_check(tx, by, STAFF_AT_COUNTER, kase, err);
    if (!rc)
        rc = actor_person(tx, by->account, &arena, &person);
    if (!rc && str_eq(person, id->person))
        rc = err_set(err, E_DENIED, "nobody identifies themselves");
    if (!rc)
        rc = actor_is_apart(tx, by->account, person, kase, err);
    arena_release(&arena);
    return rc;
}

int domain_identify(struct store_tx *tx, const struct domain_actor *by, str kase,
    const struct domain_identity *id, struct err *err)
{
    struct record r;
    size_t ended;
    int rc = check_identity(id, err);
    if (!rc)
        rc = check_judge(tx, by, kase, id, err);
    if (!rc)
        rc = fact_end_all(tx, by, kase, "identity", STR(""), STR("checked anew"), &ended);
    if (rc)
        return rc;
    fact_begin(&r, tx, by, kase, "identity");
    record_str(&r, "person", id->person);
    record_str(&r, "document", id->document_mac);
    record_str(&r, "method", id->method);
    record_str(&r, "provider", id->provider);
    record_str(&r, "evidence", id->evidence);
    return fact_add(&r, by, kase, "identity");
}

/* Whether an earlier check is one of this person that may stand for another case now. */
static int check_earlier(struct store_tx *tx, const struct json *fact, str person, str document_mac,
    str account, str earlier)
{
    int64_t at = record_number(fact, "at");
    bool is_same = str_eq(record_get(fact, "person"), person) &&
                   str_eq(record_get(fact, "document"), document_mac);
    bool is_looked_at = str_eq(record_get(fact, "method"), STR("face")) ||
                        str_eq(record_get(fact, "method"), STR("counter"));
    bool is_old = store_tx_now(tx) - at > (int64_t)DOMAIN_IDENTITY_DAYS * 86400000;
    if (!is_same || !is_looked_at || is_old || json_get(fact, STR("from")))
        return 1;
    return actor_owned_at(tx, account, earlier, at);
}

static int copy_identity(struct store_tx *tx, const struct domain_actor *by, str kase, str earlier,
    const struct json *fact)
{
    static const char *const without[] = {"case", NULL};
    struct record r;
    size_t ended;
    int rc = fact_end_all(tx, by, kase, "identity", STR(""), STR("checked anew"), &ended);
    if (rc)
        return rc;
    record_begin_from(&r, tx, fact, without);
    record_str(&r, "case", kase);
    record_str(&r, "from", earlier);
    return fact_add(&r, by, kase, "identity");
}

int domain_identify_as(struct store_tx *tx, const struct domain_actor *by, str kase, str earlier,
    str account, str person, str document_mac, struct err *err)
{
    struct arena arena = {0};
    const struct json *fact;
    str key;
    if (by->account.n)
        return err_set(err, E_DENIED, "an earlier check is taken over by the system, nobody else");
    int rc = str_eq(kase, earlier) ? 1 : domain_may(tx, account, kase, STR("owner"));
    if (!rc)
        rc = fact_newest(tx, earlier, "identity", &arena, &key, &fact);
    if (!rc)
        rc = check_earlier(tx, fact, person, document_mac, account, earlier);
    if (!rc)
        rc = copy_identity(tx, by, kase, earlier, fact);
    arena_release(&arena);
    return rc;
}

int domain_material_add(struct store_tx *tx, const struct domain_actor *by, str kase,
    const struct domain_material *m, struct err *err)
{
    struct record r;
    size_t ended;
    if (!actor_is_word(m->type) || m->blob.n != 32 || !actor_is_digest(m->sha256) || m->mark.n > 16)
        return err_set(err, E_INVALID, "a material has a type, a blob and its SHA-256");
    unsigned roles = by->role == DOMAIN_APPLICANT ? 0 : STAFF_AT_COUNTER;
    int rc = actor_check(tx, by, roles, kase, err);
    if (!rc)
        rc = fact_end_all(tx, by, kase, "material", m->type, STR("replaced"), &ended);
    if (rc)
        return rc;
    fact_begin(&r, tx, by, kase, "material");
    record_str(&r, "type", m->type);
    record_str(&r, "blob", m->blob);
    record_str(&r, "sha256", m->sha256);
    record_str(&r, "mark", m->mark);
    return fact_add(&r, by, kase, "material");
}

int domain_material_drop(struct store_tx *tx, const struct domain_actor *by, str kase, str type,
    str why, struct err *err)
{
    size_t ended = 0;
    if (!actor_is_word(type))
        return err_set(err, E_INVALID, "no such type of material");
    unsigned roles = by->role == DOMAIN_APPLICANT && by->account.n
                         ? 0
                         : (unsigned)STAFF_AT_COUNTER | ACTOR_SYSTEM;
    int rc = actor_check(tx, by, roles, kase, err);
    if (!rc)
        rc = fact_end_all(tx, by, kase, "material", type, why, &ended);
    return rc ? rc : ended ? 0 : 1;
}

/* Staff of the given roles, apart from the case. */
static int check_apart(
    struct store_tx *tx, const struct domain_actor *by, unsigned roles, str kase, struct err *err)
{
    struct arena arena = {0};
    str person;
    int rc = actor_check(tx, by, roles, kase, err);
    if (!rc)
        rc = actor_person(tx, by->account, &arena, &person);
    if (!rc)
        rc = actor_is_apart(tx, by->account, person, kase, err);
    arena_release(&arena);
    return rc;
}

int domain_paper(struct store_tx *tx, const struct domain_actor *by, str kase, struct err *err)
{
    struct record r;
    size_t ended;
    int rc = check_apart(tx, by, STAFF_AT_COUNTER, kase, err);
    if (!rc)
        rc = fact_end_all(tx, by, kase, "paper", STR(""), STR("received anew"), &ended);
    if (rc)
        return rc;
    fact_begin(&r, tx, by, kase, "paper");
    return fact_add(&r, by, kase, "paper");
}

struct same {
    str person;
};

static int waived_by(void *arg, str key, const struct json *fact)
{
    struct same *s = arg;
    (void)key;
    return str_eq(record_get(fact, "person"), s->person) ? E_EXISTS : 0;
}

int domain_waive(
    struct store_tx *tx, const struct domain_actor *by, str kase, str reason, struct err *err)
{
    struct arena arena = {0};
    struct same same;
    struct record r;
    if (!reason.n || reason.n > 600)
        return err_set(err, E_INVALID, "a waiver needs a reason");
    int rc = check_apart(tx, by, DOMAIN_OFFICER, kase, err);
    if (!rc)
        rc = actor_person(tx, by->account, &arena, &same.person);
    if (!rc)
        rc = fact_each(tx, kase, "waiver", waived_by, &same);
    if (rc == E_EXISTS)
        err_set(err, rc, "the same officer has waived already; another one is needed");
    if (!rc) {
        fact_begin(&r, tx, by, kase, "waiver");
        record_str(&r, "person", same.person);
        record_str(&r, "reason", reason);
        rc = fact_add(&r, by, kase, "waiver");
    }
    arena_release(&arena);
    return rc;
}

int domain_void(struct store_tx *tx, const struct domain_actor *by, str kase, unsigned what,
    str why, struct err *err)
{
    static const struct {
        unsigned bit;
        const char *kind;
    } kinds[] = {{DOMAIN_VOID_REVIEW, "review"}, {DOMAIN_VOID_IDENTITY, "identity"},
        {DOMAIN_VOID_WAIVER, "waiver"}, {DOMAIN_VOID_PAPER, "paper"},
        {DOMAIN_VOID_AGREEMENT, "agreement"}};
    unsigned roles = DOMAIN_REVIEWER | DOMAIN_OFFICER | ACTOR_SYSTEM;
    size_t ended;
    int rc =
        actor_check(tx, by, by->role == DOMAIN_APPLICANT && by->account.n ? 0 : roles, kase, err);
    for (size_t i = 0; !rc && i < countof(kinds); i++)
        if (what & kinds[i].bit)
            rc = fact_end_all(tx, by, kase, kinds[i].kind, STR(""), why, &ended);
    return rc;
}
