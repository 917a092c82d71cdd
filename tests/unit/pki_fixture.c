// SPDX-License-Identifier: Apache-2.0
// pki_fixture: see the header.
#include "tests/unit/pki_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/crypto/token.h"

static const struct issuer_opts OPTS = {.policy = {"1.2.156.112999.1.1", 18},
    .crl_url = {"http://ca.example/issuing.crl", 29},
    .ocsp_url = {"http://ca.example/ocsp", 22},
    .issuer_url = {"http://ca.example/issuing.cer", 29}};

static void must(int rc, const struct err *err)
{
    if (!rc)
        return;
    fprintf(stderr, "fixture: %s (%s)\n", err->message, err->where);
    abort();
}

static struct name ca_name(const char *cn)
{
    struct name n = {0};
    struct err err = {0};
    must(name_add(&n, NAME_C, STR("CN"), &err), &err);
    must(name_add(&n, NAME_O, STR("样例数字认证中心"), &err), &err);
    must(name_add(&n, NAME_CN, str_from(cn), &err), &err);
    return n;
}

static struct issuer *make_root(enum pk_kind kind)
{
    struct err err = {0};
    struct pk *key = NULL;
    struct buf der = {0};
    struct issuer *root = NULL;
    struct name name = ca_name("样例根证书");
    must(pk_generate(kind, &key), &err);
    struct cert_order o = {.profile = profile_find(STR("root")),
        .subject = &name,
        .key = key,
        .not_before = FIXTURE_NOW - 86400,
        .not_after = cert_years_later(FIXTURE_NOW, 29)};
    serial_make(token_random, o.serial);
    must(cert_self_sign(&o, &der, &err), &err);
    must(issuer_new(&key, buf_str(&der), &OPTS, &root, &err), &err);
    buf_release(&der);
    return root;
}

static struct issuer *make_issuing(const struct issuer *root, enum pk_kind kind)
{
    struct err err = {0};
    struct pk *key = NULL;
    struct buf tbs = {0}, der = {0};
    struct issuer *issuing = NULL;
    struct name name = ca_name("样例签发证书");
    must(pk_generate(kind, &key), &err);
    struct cert_order o = {.profile = profile_find(STR("issuing")),
        .subject = &name,
        .key = key,
        .not_before = FIXTURE_NOW - 86400,
        .not_after = cert_years_later(FIXTURE_NOW, 14)};
    serial_make(token_random, o.serial);
    must(cert_prepare(root, &o, &tbs, &err), &err);
    must(cert_issue(root, &o, buf_str(&tbs), &der, &err), &err);
    must(issuer_new(&key, buf_str(&der), &OPTS, &issuing, &err), &err);
    buf_release(&tbs);
    buf_release(&der);
    return issuing;
}

void fixture_init(struct fixture *f, enum pk_kind kind)
{
    struct err err = {0};
    *f = (struct fixture){0};
    f->root = make_root(kind);
    f->issuing = make_issuing(f->root, kind);
    must(name_add(&f->holder, NAME_C, STR("CN"), &err), &err);
    must(name_add(&f->holder, NAME_O, STR("样例建设有限公司"), &err), &err);
    must(name_add(&f->holder, NAME_CN, STR("样例建设有限公司"), &err), &err);
    must(pk_generate(PK_P256, &f->key), &err);
}

void fixture_release(struct fixture *f)
{
    issuer_free(f->root);
    issuer_free(f->issuing);
    pk_free(f->key);
    *f = (struct fixture){0};
}

struct cert_order fixture_order(const struct fixture *f)
{
    struct cert_order o = {.profile = profile_find(STR("unit_sign")),
        .subject = &f->holder,
        .key = f->key,
        .not_before = FIXTURE_NOW,
        .not_after = cert_years_later(FIXTURE_NOW, 1)};
    serial_make(token_random, o.serial);
    return o;
}

void fixture_issue(const struct fixture *f, const struct cert_order *o, struct buf *out)
{
    struct err err = {0};
    struct buf tbs = {0};
    must(cert_prepare(f->issuing, o, &tbs, &err), &err);
    must(cert_issue(f->issuing, o, buf_str(&tbs), out, &err), &err);
    buf_release(&tbs);
}
