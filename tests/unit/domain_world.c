// SPDX-License-Identifier: Apache-2.0
// domain_world: see the header.
#define _GNU_SOURCE
#include "tests/unit/domain_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char schema[] =
    "{\"logs\":[\"audit\"],\"tables\":{"
    "\"staff\":{\"key\":\"text\"},"
    "\"grant\":{\"key\":\"time\",\"indexes\":["
    "{\"name\":\"holder\",\"kind\":\"plain\",\"fields\":[\"account\",\"object\"]},"
    "{\"name\":\"object\",\"kind\":\"plain\",\"fields\":[\"object\"]}]},"
    "\"fact\":{\"key\":\"time\",\"indexes\":["
    "{\"name\":\"case\",\"kind\":\"plain\",\"fields\":[\"case\",\"kind\"]}]},"
    "\"order\":{\"key\":\"time\",\"indexes\":["
    "{\"name\":\"case\",\"kind\":\"plain\",\"fields\":[\"cases\"],\"multi\":true}]},"
    "\"attempt\":{\"key\":\"time\",\"indexes\":["
    "{\"name\":\"out_no\",\"kind\":\"plain\",\"fields\":[\"out_no\"],\"unique\":true}]},"
    "\"receipt\":{\"key\":\"time\",\"indexes\":["
    "{\"name\":\"trade\",\"kind\":\"plain\",\"fields\":[\"channel\",\"trade_no\"],\"unique\":true}]"
    "},"
    "\"refund\":{\"key\":\"time\"},"
    "\"ticket\":{\"key\":\"time\",\"indexes\":["
    "{\"name\":\"case\",\"kind\":\"plain\",\"fields\":[\"case\"]}]}}}";

void world_open(struct world *w)
{
    static const uint8_t key[STORE_SEAL_KEY_SIZE] = {7};
    struct err err = {0};
    snprintf(w->dir, sizeof(w->dir), "/tmp/certhall-domain-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    const struct store_opts opts = {.dir = w->dir,
        .seal_key = key,
        .schema = str_from(schema),
        .map_size = 1 << 28,
        .snapshot_ms = 60000};
    if (store_open(&w->store, &opts, &err))
        fail_msg("%s", err.message);
}

void world_close(struct world *w)
{
    char command[128];
    store_close(w->store);
    snprintf(command, sizeof(command), "rm -rf '%s'", w->dir);
    assert_int_equal(system(command), 0);
}

const char *world_digest(unsigned n, char out[65])
{
    snprintf(out, 65, "%064x", n + 1);
    return out;
}

void world_staff(struct world *w, const char *account, unsigned person, unsigned roles)
{
    char digest[65];
    struct err err = {0};
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_WRITE);
    const struct domain_actor root = {STR("root"), DOMAIN_ADMIN};
    str who = str_from(account);
    int rc = domain_staff_first(tx, who, str_from(world_digest(person, digest)), roles, &err);
    if (rc == E_EXISTS)
        rc = domain_staff_set(tx, &root, who, str_from(world_digest(person, digest)), roles, &err);
    if (rc)
        fail_msg("%s", err.message);
    assert_int_equal(store_commit(tx), 0);
    store_tx_end(tx);
}

void world_grant(struct world *w, const char *account, const char *kase)
{
    struct err err = {0};
    const struct domain_actor system = {0};
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_WRITE);
    int rc = domain_grant(
        tx, &system, str_from(account), str_from(kase), STR("owner"), 0, STR("made it"), &err);
    if (rc)
        fail_msg("%s", err.message);
    assert_int_equal(store_commit(tx), 0);
    store_tx_end(tx);
}

void world_prepare(struct world *w, const char *kase)
{
    char d[3][65];
    struct err err = {0};
    const struct domain_actor ann = {STR("ann"), DOMAIN_APPLICANT}, machine = {0};
    world_grant(w, "ann", kase);
    struct store_tx *tx = store_tx_begin(w->store, STORE_TX_WRITE);
    const struct domain_identity id = {.person = str_from(world_digest(900, d[0])),
        .document_mac = str_from(world_digest(901, d[1])),
        .method = STR("face"),
        .provider = STR("try"),
        .evidence = str_from(world_digest(902, d[2]))};
    const struct domain_material m = {.type = STR("form"),
        .blob = STR("00112233445566778899aabbccddeeff"),
        .sha256 = id.evidence};
    assert_int_equal(domain_agree(tx, &ann, str_from(kase), STR("2026-1"), id.evidence, &err), 0);
    assert_int_equal(domain_identify(tx, &machine, str_from(kase), &id, &err), 0);
    assert_int_equal(domain_material_add(tx, &ann, str_from(kase), &m, &err), 0);
    assert_int_equal(store_commit(tx), 0);
    store_tx_end(tx);
}
