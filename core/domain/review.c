// SPDX-License-Identifier: Apache-2.0
// review: an approval and what it rests on.
#include "core/domain/fact.h"

enum { YEARS_MAX = 5, SUBJECT_MAX = 4096 };

static int check_shape(const struct domain_review *r, struct arena *arena,
    const struct json **subject, struct err *err)
{
    if (r->stage < 1 || r->stage > r->stages || r->stages > 2)
        return err_set(err, E_INVALID, "there are one or two stages of review");
    if (!actor_is_digest(r->form_sha256) || !actor_is_word(r->profile) || r->years < 1 ||
        r->years > YEARS_MAX || r->required_count > DOMAIN_MATERIALS_MAX)
        return err_set(err, E_INVALID, "a review names form, profile, years and materials");
    if (r->subject_json.n > SUBJECT_MAX || json_parse(r->subject_json, 3, arena, subject, NULL) ||
        json_type(*subject) != JSON_OBJECT || !json_count(*subject))
        return err_set(err, E_INVALID, "the reviewed subject is a JSON object");
    return 0;
}

/* What is renewed has a certificate. */
static int check_renewed(struct store_tx *tx, str ticket, struct err *err)
{
    struct arena arena = {0};
    const struct json *row = NULL;
    int rc = ticket.n ? record_load(tx, STR("ticket"), ticket, &arena, &row) : 0;
    if (rc == 1 || (!rc && row && !str_eq(record_get(row, "state"), STR("settled"))))
        rc = err_set(err, E_CONFLICT, "there is no living certificate to renew");
    arena_release(&arena);
    return rc;
}

static int check_parties(str person, const str *parties, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(parties[i], person))
            return err_set(err, E_DENIED, "nobody judges a case that names them");
    return 0;
}

static int check_materials(
    struct store_tx *tx, str kase, const struct domain_review *r, struct err *err)
{
    for (size_t i = 0; i < r->required_count; i++) {
        int rc = domain_has_material(tx, kase, r->required[i]);
        if (rc == 1)
            return err_set(
                err, E_CONFLICT, "the material %.*s is missing", STR_ARG(r->required[i]));
        if (rc)
            return rc;
    }
    return 0;
}

struct stages {
    const struct domain_review *review;
    str person;
    unsigned given; /* bits */
    bool same_person;
    bool same_form;
};

static int note_stage(void *arg, str key, const struct json *fact)
{
    struct stages *s = arg;
    (void)key;
    s->given |= 1u << record_number(fact, "stage");
    s->same_person |= str_eq(record_get(fact, "person"), s->person);
    s->same_form &= str_eq(record_get(fact, "form"), s->review->form_sha256);
    return 0;
}

static int check_stages(struct store_tx *tx, str kase, struct stages *s, struct err *err)
{
    int rc = fact_each(tx, kase, "review", note_stage, s);
    if (rc)
        return rc;
    if (s->given & 1u << s->review->stage)
        return err_set(err, E_EXISTS, "this stage of the review has been given");
    if (s->review->stage == 2 && !(s->given & 2u))
        return err_set(err, E_CONFLICT, "the first review comes before the second");
    if (s->same_person)
        return err_set(err, E_DENIED, "the second review needs another person than the first");
    if (!s->same_form)
        return err_set(err, E_CONFLICT, "the form changed after the first review");
    return 0;
}

static int write_review(struct store_tx *tx, const struct domain_actor *by, str kase,
    const struct domain_review *r, str person, const struct json *subject)
{
    struct record rec;
    fact_begin(&rec, tx, by, kase, "review");
    record_str(&rec, "person", person);
    record_int(&rec, "stage", r->stage);
    record_int(&rec, "stages", r->stages);
    record_str(&rec, "form", r->form_sha256);
    record_str(&rec, "profile", r->profile);
    record_str(&rec, "renews", r->renews);
    record_int(&rec, "years", r->years);
    json_key(&rec.writer, STR("required"));
    json_begin_array(&rec.writer);
    for (size_t i = 0; i < r->required_count; i++)
        json_put_str(&rec.writer, r->required[i]);
    json_end_array(&rec.writer);
    json_key(&rec.writer, STR("subject"));
    json_put_value(&rec.writer, subject);
    return fact_add(&rec, by, kase, "review");
}

/* Everything about who judges. */
static int check_reviewer(struct store_tx *tx, const struct domain_actor *by, str kase, str person,
    const str *parties, size_t party_count, struct err *err)
{
    int rc = actor_check(tx, by, DOMAIN_REVIEWER | DOMAIN_OFFICER, kase, err);
    if (!rc)
        rc = check_parties(person, parties, party_count, err);
    return rc ? rc : actor_is_apart(tx, by->account, person, kase, err);
}

int domain_approve(struct store_tx *tx, const struct domain_actor *by, str kase,
    const struct domain_review *r, const str *parties, size_t party_count, struct err *err)
{
    struct arena arena = {0};
    struct stages stages = {.review = r, .same_form = true};
    const struct json *subject;
    int rc = check_shape(r, &arena, &subject, err);
    if (!rc)
        rc = actor_person(tx, by->account, &arena, &stages.person);
    if (!rc)
        rc = check_reviewer(tx, by, kase, stages.person, parties, party_count, err);
    if (!rc)
        rc = check_renewed(tx, r->renews, err);
    if (!rc)
        rc = check_stages(tx, kase, &stages, err);
    if (!rc)
        rc = check_materials(tx, kase, r, err);
    if (!rc)
        rc = write_review(tx, by, kase, r, stages.person, subject);
    arena_release(&arena);
    return rc;
}
