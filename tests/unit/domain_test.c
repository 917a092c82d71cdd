// SPDX-License-Identifier: Apache-2.0
// Facts of trust and tickets: who may, who may not, and what a ticket needs.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/domain/revocation.h"
#include "tests/unit/domain_world.h"

static const uint8_t mac_key[TICKET_KEY] = {9, 8, 7};
static const struct domain_actor ann = {STR("ann"), DOMAIN_APPLICANT};
static const struct domain_actor bob = {STR("bob"), DOMAIN_APPLICANT};
static const struct domain_actor rita = {STR("rita"), DOMAIN_REVIEWER};
static const struct domain_actor otto = {STR("otto"), DOMAIN_OFFICER};
static const struct domain_actor olga = {STR("olga"), DOMAIN_OFFICER};
static const struct domain_actor machine = {STR(""), DOMAIN_APPLICANT};

static int setup(void **state)
{
    static struct world w;
    world_open(&w);
    world_staff(&w, "root", 1, DOMAIN_ADMIN);
    world_staff(&w, "rita", 2, DOMAIN_REVIEWER);
    world_staff(&w, "otto", 3, DOMAIN_OFFICER);
    world_staff(&w, "olga", 4, DOMAIN_OFFICER);
    world_staff(&w, "twin", 3, DOMAIN_OFFICER);
    world_staff(&w, "carl", 5, DOMAIN_CASHIER);
    world_prepare(&w, "k1");
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    world_close(*state);
    return 0;
}

static struct store_tx *begin(void **state)
{
    struct world *w = *state;
    return store_tx_begin(w->store, STORE_TX_WRITE);
}

static void commit(struct store_tx *tx)
{
    assert_int_equal(store_commit(tx), 0);
    store_tx_end(tx);
}

static void staff_is_changed_by_another_administrator(void **state)
{
    struct store_tx *tx = begin(state);
    const struct domain_actor root = {STR("root"), DOMAIN_ADMIN};
    char d[65];
    struct err err;
    unsigned roles;
    str person = str_from(world_digest(1, d));
    assert_int_equal(domain_staff_first(tx, STR("eve"), person, DOMAIN_ADMIN, &err), E_EXISTS);
    assert_int_equal(
        domain_staff_set(tx, &root, STR("root2"), person, DOMAIN_ADMIN, &err), E_DENIED);
    person = str_from(world_digest(50, d));
    assert_int_equal(domain_staff_set(tx, &rita, STR("eve"), person, DOMAIN_ADMIN, &err), E_DENIED);
    assert_int_equal(domain_staff_set(tx, &root, STR("eve"), person, DOMAIN_REVIEWER, &err), 0);
    assert_int_equal(domain_staff_roles(tx, STR("eve"), &roles), 0);
    assert_int_equal(roles, DOMAIN_REVIEWER);
    assert_int_equal(domain_staff_set(tx, &root, STR("eve"), STR("x"), 1, &err), E_INVALID);
    store_tx_end(tx);
}

static void grants_are_given_and_end(void **state)
{
    struct store_tx *tx = begin(state);
    struct err err;
    assert_int_equal(domain_may(tx, STR("ann"), STR("k1"), STR("owner")), 0);
    assert_int_equal(domain_may(tx, STR("bob"), STR("k1"), STR("")), 1);
    assert_int_equal(
        domain_grant(tx, &bob, STR("bob"), STR("k1"), STR("owner"), 0, STR(""), &err), E_DENIED);
    assert_int_equal(
        domain_grant(tx, &ann, STR("bob"), STR("k1"), STR("handler"), 0, STR("holiday"), &err), 0);
    assert_int_equal(domain_may(tx, STR("bob"), STR("k1"), STR("handler")), 0);
    assert_int_equal(domain_may(tx, STR("bob"), STR("k1"), STR("owner")), 1);
    assert_int_equal(
        domain_grant_end(tx, &ann, STR("bob"), STR("k1"), STR("handler"), STR("back"), &err), 0);
    assert_int_equal(domain_may(tx, STR("bob"), STR("k1"), STR("")), 1);
    assert_int_equal(
        domain_grant(tx, &ann, STR("bob"), STR("k1"), STR("handler"), 1000, STR("past"), &err), 0);
    assert_int_equal(domain_may(tx, STR("bob"), STR("k1"), STR("")), 1);
    store_tx_end(tx);
}

static void strangers_state_no_facts(void **state)
{
    struct store_tx *tx = begin(state);
    char d[65];
    struct err err;
    str digest = str_from(world_digest(7, d));
    const struct domain_material m = {
        STR("form"), STR("00112233445566778899aabbccddeeff"), digest, STR("")};
    struct domain_identity id = {digest, digest, STR("face"), STR("try"), digest};
    assert_int_equal(domain_agree(tx, &bob, STR("k1"), STR("v"), digest, &err), E_DENIED);
    assert_int_equal(domain_agree(tx, &rita, STR("k1"), STR("v"), digest, &err), E_DENIED);
    assert_int_equal(domain_material_add(tx, &bob, STR("k1"), &m, &err), E_DENIED);
    assert_int_equal(domain_identify(tx, &ann, STR("k1"), &id, &err), E_DENIED);
    id.method = STR("manual");
    assert_int_equal(domain_identify(tx, &machine, STR("k1"), &id, &err), E_DENIED);
    assert_int_equal(domain_identify(tx, &ann, STR("k1"), &id, &err), E_DENIED);
    assert_int_equal(domain_identify(tx, &rita, STR("k1"), &id, &err), 0);
    id.person = str_from(world_digest(2, d));
    id.document_mac = id.evidence = id.person;
    assert_int_equal(domain_identify(tx, &rita, STR("k1"), &id, &err), E_DENIED);
    assert_int_equal(domain_paper(tx, &ann, STR("k1"), &err), E_DENIED);
    assert_int_equal(domain_waive(tx, &rita, STR("k1"), STR("kind"), &err), E_DENIED);
    store_tx_end(tx);
}

static void replacing_a_material_leaves_one(void **state)
{
    struct store_tx *tx = begin(state);
    struct domain_standing s;
    char d[65];
    struct err err;
    const struct domain_material m = {STR("form"), STR("ffeeddccbbaa99887766554433221100"),
        str_from(world_digest(8, d)), STR("1a2b3c4d")};
    assert_int_equal(domain_material_add(tx, &ann, STR("k1"), &m, &err), 0);
    assert_int_equal(domain_standing(tx, STR("k1"), &s), 0);
    assert_int_equal(s.materials, 1);
    assert_int_equal(domain_material_drop(tx, &ann, STR("k1"), STR("form"), STR("wrong"), &err), 0);
    assert_int_equal(domain_material_drop(tx, &ann, STR("k1"), STR("form"), STR("wrong"), &err), 1);
    assert_int_equal(domain_has_material(tx, STR("k1"), STR("form")), 1);
    store_tx_end(tx);
}

static void two_officers_waive_not_one_twice(void **state)
{
    struct store_tx *tx = begin(state);
    const struct domain_actor twin = {STR("twin"), DOMAIN_OFFICER};
    struct domain_standing s;
    struct err err;
    assert_int_equal(domain_waive(tx, &otto, STR("k1"), STR("flood"), &err), 0);
    assert_int_equal(domain_waive(tx, &otto, STR("k1"), STR("flood"), &err), E_EXISTS);
    assert_int_equal(domain_waive(tx, &twin, STR("k1"), STR("flood"), &err), E_EXISTS);
    assert_int_equal(domain_standing(tx, STR("k1"), &s), 0);
    assert_false(s.waived);
    assert_int_equal(domain_waive(tx, &olga, STR("k1"), STR("flood"), &err), 0);
    assert_int_equal(domain_standing(tx, STR("k1"), &s), 0);
    assert_true(s.waived);
    store_tx_end(tx);
}

/* Everything a review says, of form number 70. */
static struct domain_review review_of(unsigned stage, unsigned stages, char form[65])
{
    static const str required[] = {STR("form")};
    return (struct domain_review){.stage = stage,
        .stages = stages,
        .form_sha256 = str_from(world_digest(70, form)),
        .required = required,
        .required_count = 1,
        .subject_json = STR("{\"O\":\"测试单位\",\"CN\":\"ceshi01\"}"),
        .profile = STR("unit_p256"),
        .years = 1};
}

static void judges_are_apart_from_the_case(void **state)
{
    struct store_tx *tx = begin(state);
    char form[65], mine[65];
    struct err err;
    struct domain_review r = review_of(1, 2, form);
    const str party = str_from(world_digest(2, mine));
    const struct domain_actor twin = {STR("twin"), DOMAIN_OFFICER};
    assert_int_equal(domain_approve(tx, &ann, STR("k1"), &r, NULL, 0, &err), E_DENIED);
    assert_int_equal(domain_approve(tx, &rita, STR("k1"), &r, &party, 1, &err), E_DENIED);
    assert_int_equal(
        domain_grant(tx, &machine, STR("otto"), STR("k1"), STR("handler"), 1, STR(""), &err), 0);
    assert_int_equal(domain_approve(tx, &otto, STR("k1"), &r, NULL, 0, &err), E_DENIED);
    assert_int_equal(domain_approve(tx, &twin, STR("k1"), &r, NULL, 0, &err), E_DENIED);
    assert_int_equal(domain_approve(tx, &rita, STR("k1"), &r, NULL, 0, &err), 0);
    r.stage = 2;
    assert_int_equal(domain_approve(tx, &rita, STR("k1"), &r, NULL, 0, &err), E_DENIED);
    r.form_sha256 = party;
    assert_int_equal(domain_approve(tx, &olga, STR("k1"), &r, NULL, 0, &err), E_CONFLICT);
    r.form_sha256 = str_from(form);
    assert_int_equal(domain_approve(tx, &olga, STR("k1"), &r, NULL, 0, &err), 0);
    store_tx_end(tx);
}

static void a_review_needs_its_materials(void **state)
{
    struct store_tx *tx = begin(state);
    static const str two[] = {STR("form"), STR("licence")};
    char form[65];
    struct err err;
    struct domain_review r = review_of(1, 1, form);
    r.required = two;
    r.required_count = 2;
    assert_int_equal(domain_approve(tx, &rita, STR("k1"), &r, NULL, 0, &err), E_CONFLICT);
    assert_non_null(strstr(err.message, "licence"));
    r = review_of(2, 2, form);
    assert_int_equal(domain_approve(tx, &rita, STR("k1"), &r, NULL, 0, &err), E_CONFLICT);
    r.subject_json = STR("[1]");
    assert_int_equal(domain_approve(tx, &rita, STR("k1"), &r, NULL, 0, &err), E_INVALID);
    store_tx_end(tx);
}

/* A case that waits for nothing but its ticket: waived and reviewed. */
static struct store_tx *ready(void **state, char form[65])
{
    struct err err;
    struct store_tx *tx = begin(state);
    struct domain_review r = review_of(1, 1, form);
    assert_int_equal(domain_waive(tx, &otto, STR("k1"), STR("flood"), &err), 0);
    assert_int_equal(domain_waive(tx, &olga, STR("k1"), STR("flood"), &err), 0);
    assert_int_equal(domain_approve(tx, &rita, STR("k1"), &r, NULL, 0, &err), 0);
    return tx;
}

static int mint(struct store_tx *tx, const char *form, unsigned spki, struct buf *out)
{
    char d[65];
    struct err err = {0};
    const struct ticket_ask ask = {
        .kase = STR("k1"), .spki_sha256 = str_from(world_digest(spki, d))};
    buf_clear(out);
    return ticket_mint(tx, &ask, str_from(form), mac_key, out, &err);
}

static void a_ticket_needs_every_fact(void **state)
{
    static const unsigned parts[] = {
        DOMAIN_VOID_AGREEMENT, DOMAIN_VOID_IDENTITY, DOMAIN_VOID_REVIEW, DOMAIN_VOID_WAIVER};
    struct buf out = {0};
    char form[65], other[65];
    struct err err;
    for (size_t i = 0; i < countof(parts); i++) {
        struct store_tx *tx = ready(state, form);
        assert_int_equal(domain_void(tx, &machine, STR("k1"), parts[i], STR("test"), &err), 0);
        assert_int_equal(mint(tx, form, 1, &out), E_DENIED);
        store_tx_end(tx);
    }
    struct store_tx *tx = ready(state, form);
    assert_int_equal(mint(tx, world_digest(71, other), 1, &out), E_DENIED);
    assert_int_equal(domain_material_drop(tx, &ann, STR("k1"), STR("form"), STR(""), &err), 0);
    assert_int_equal(mint(tx, form, 1, &out), E_DENIED);
    store_tx_end(tx);
    tx = ready(state, form);
    assert_int_equal(mint(tx, form, 1, &out), 0);
    store_tx_end(tx);
    buf_release(&out);
}

static void a_ticket_waits_for_the_second_review(void **state)
{
    struct buf out = {0};
    char form[65];
    struct err err;
    struct store_tx *tx = begin(state);
    struct domain_review r = review_of(1, 2, form);
    assert_int_equal(domain_waive(tx, &otto, STR("k1"), STR("flood"), &err), 0);
    assert_int_equal(domain_waive(tx, &olga, STR("k1"), STR("flood"), &err), 0);
    assert_int_equal(domain_approve(tx, &rita, STR("k1"), &r, NULL, 0, &err), 0);
    assert_int_equal(mint(tx, form, 1, &out), E_DENIED);
    r.stage = 2;
    assert_int_equal(domain_approve(tx, &otto, STR("k1"), &r, NULL, 0, &err), 0);
    assert_int_equal(mint(tx, form, 1, &out), 0);
    store_tx_end(tx);
    buf_release(&out);
}

/* Writes an identity check of `days` ago, past this folder's own functions. */
static void identified_days_ago(struct store_tx *tx, int days)
{
    struct buf row = {0};
    char key[STORE_KEY_TEXT + 1];
    store_key_new(tx, key);
    buf_printf(&row, "{\"at\":%lld,\"case\":\"k9\",\"kind\":\"identity\"}",
        (long long)(store_tx_now(tx) - (int64_t)days * 86400000));
    assert_int_equal(store_insert(tx, STR("fact"), str_from(key), buf_str(&row)), 0);
    buf_release(&row);
}

static void identity_is_good_for_thirty_days(void **state)
{
    struct store_tx *tx = begin(state);
    struct domain_standing s;
    identified_days_ago(tx, 31);
    assert_int_equal(domain_standing(tx, STR("k9"), &s), 0);
    assert_false(s.identified);
    identified_days_ago(tx, 30);
    assert_int_equal(domain_standing(tx, STR("k9"), &s), 0);
    assert_true(s.identified);
    store_tx_end(tx);
}

static void a_waiver_is_no_payment(void **state)
{
    char form[65], d[65];
    struct buf out = {0};
    struct err err;
    struct store_tx *tx = ready(state, form);
    const struct ticket_ask ask = {
        .kase = STR("k1"), .order = STR("x"), .spki_sha256 = str_from(world_digest(1, d))};
    assert_int_equal(ticket_mint(tx, &ask, str_from(form), mac_key, &out, &err), E_DENIED);
    store_tx_end(tx);
    buf_release(&out);
}

static void forged_tickets_are_refused(void **state)
{
    char form[65];
    struct buf out = {0};
    struct arena arena = {0};
    struct ticket t;
    struct err err;
    static const uint8_t other[TICKET_KEY] = {1};
    struct store_tx *tx = ready(state, form);
    int64_t now = store_tx_now(tx);
    assert_int_equal(mint(tx, form, 1, &out), 0);
    assert_int_equal(ticket_verify(buf_str(&out), mac_key, now, &arena, &t, &err), 0);
    assert_string_equal(arena_str(&arena, t.profile).p, "unit_p256");
    assert_int_equal(t.years, 1);
    assert_non_null(strstr(t.subject_json.p, "测试单位"));
    assert_int_equal(ticket_verify(buf_str(&out), other, now, &arena, &t, &err), E_DENIED);
    assert_int_equal(
        ticket_verify(buf_str(&out), mac_key, now + DOMAIN_TICKET_MS + 1, &arena, &t, &err),
        E_TIMEOUT);
    for (size_t i = 0; i < out.n; i++) {
        char was = out.p[i];
        out.p[i] = was == 'A' ? 'B' : 'A';
        assert_true(ticket_verify(buf_str(&out), mac_key, now, &arena, &t, &err) == E_DENIED);
        out.p[i] = was;
    }
    store_tx_end(tx);
    arena_release(&arena);
    buf_release(&out);
}

/* Mints the case's ticket and records a certificate for it; the ticket's id. */
static str settled(struct store_tx *tx, const char *form, struct arena *arena)
{
    char d[65];
    struct buf out = {0};
    struct ticket t;
    struct err err;
    assert_int_equal(mint(tx, form, 1, &out), 0);
    assert_int_equal(ticket_verify(buf_str(&out), mac_key, store_tx_now(tx), arena, &t, &err), 0);
    assert_int_equal(
        ticket_settle(tx, t.id, STR("4001"), str_from(world_digest(5, d)), 1, &err), 0);
    buf_release(&out);
    return t.id;
}

static void orders_to_revoke_need_somebody_who_may(void **state)
{
    char form[65];
    struct arena arena = {0};
    struct buf out = {0};
    struct err err;
    struct revocation r;
    const struct domain_actor stranger = {STR("bob"), DOMAIN_APPLICANT};
    struct store_tx *tx = ready(state, form);
    int64_t now = store_tx_now(tx), late = now + DOMAIN_TICKET_MS + 1;
    struct revocation_ask ask = {
        .ticket = settled(tx, form, &arena), .act = REVOCATION_FREEZE, .reason = 1};
    assert_int_equal(revocation_order(tx, &stranger, &ask, mac_key, &out, &err), E_DENIED);
    assert_int_equal(revocation_order(tx, &ann, &ask, mac_key, &out, &err), 0);
    assert_int_equal(revocation_verify(buf_str(&out), mac_key, now, &arena, &r, &err), 0);
    assert_true(str_eq(r.serial, STR("4001")) && str_eq(r.actor, STR("ann")));
    assert_true(r.act == REVOCATION_FREEZE && r.reason == 0);
    assert_int_equal(revocation_verify(buf_str(&out), mac_key, late, &arena, &r, &err), E_TIMEOUT);
    out.p[3] ^= 1;
    assert_int_equal(revocation_verify(buf_str(&out), mac_key, now, &arena, &r, &err), E_DENIED);
    ask.ticket = STR("00000000000000000000000000");
    assert_int_equal(revocation_order(tx, &ann, &ask, mac_key, &out, &err), E_NOT_FOUND);
    /* A ticket is no order. */
    assert_int_equal(mint(tx, form, 1, &out), 0);
    assert_int_equal(revocation_verify(buf_str(&out), mac_key, now, &arena, &r, &err), E_DENIED);
    store_tx_end(tx);
    arena_release(&arena);
    buf_release(&out);
}

static void a_renewal_names_a_living_certificate(void **state)
{
    char form[65];
    struct arena arena = {0};
    struct buf out = {0};
    struct err err;
    struct ticket t;
    struct store_tx *tx = ready(state, form);
    struct domain_review r = review_of(1, 1, form);
    str old = settled(tx, form, &arena);
    assert_int_equal(
        domain_void(tx, &machine, STR("k1"), DOMAIN_VOID_REVIEW, STR("again"), &err), 0);
    r.renews = STR("00000000000000000000000000");
    assert_int_equal(domain_approve(tx, &rita, STR("k1"), &r, NULL, 0, &err), E_CONFLICT);
    r.renews = old;
    assert_int_equal(domain_approve(tx, &rita, STR("k1"), &r, NULL, 0, &err), 0);
    assert_int_equal(mint(tx, form, 1, &out), 0);
    assert_int_equal(ticket_verify(buf_str(&out), mac_key, store_tx_now(tx), &arena, &t, &err), 0);
    assert_true(str_eq(t.renews, old));
    store_tx_end(tx);
    arena_release(&arena);
    buf_release(&out);
}

static void one_certificate_for_a_case(void **state)
{
    char form[65], der[65], der2[65];
    struct buf out = {0};
    struct arena arena = {0};
    struct ticket t;
    struct err err;
    struct store_tx *tx = ready(state, form);
    assert_int_equal(mint(tx, form, 1, &out), 0);
    assert_int_equal(ticket_verify(buf_str(&out), mac_key, store_tx_now(tx), &arena, &t, &err), 0);
    str digest = str_from(world_digest(60, der));
    assert_int_equal(ticket_settle(tx, t.id, STR("0a1b"), digest, 5, &err), 0);
    assert_int_equal(ticket_settle(tx, t.id, STR("0a1b"), digest, 5, &err), 0);
    assert_int_equal(
        ticket_settle(tx, t.id, STR("0a1c"), str_from(world_digest(61, der2)), 5, &err),
        E_CONFLICT);
    assert_int_equal(mint(tx, form, 2, &out), E_CONFLICT);
    assert_int_equal(mint(tx, form, 1, &out), 0);
    assert_int_equal(ticket_revoked(tx, t.id, STR("lost"), &err), 0);
    assert_int_equal(mint(tx, form, 2, &out), 0);
    commit(tx);
    arena_release(&arena);
    buf_release(&out);
}

int main(void)
{
#define WORLD(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        WORLD(staff_is_changed_by_another_administrator),
        WORLD(grants_are_given_and_end),
        WORLD(strangers_state_no_facts),
        WORLD(replacing_a_material_leaves_one),
        WORLD(two_officers_waive_not_one_twice),
        WORLD(judges_are_apart_from_the_case),
        WORLD(a_review_needs_its_materials),
        WORLD(a_ticket_needs_every_fact),
        WORLD(a_ticket_waits_for_the_second_review),
        WORLD(identity_is_good_for_thirty_days),
        WORLD(a_waiver_is_no_payment),
        WORLD(forged_tickets_are_refused),
        WORLD(orders_to_revoke_need_somebody_who_may),
        WORLD(a_renewal_names_a_living_certificate),
        WORLD(one_certificate_for_a_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
