// SPDX-License-Identifier: Apache-2.0
// Lets outside programs judge core/pki. Every command says one line for each thing it was asked:
// "ok …", or "refused WHERE SENTENCE". A CA lives in a folder: root.cer, root.key, issuing.cer,
// issuing.key.
//
//   key KIND PASSPHRASE OUT            a private key file
//   ca DIR KIND                        a root and an issuing CA, valid now
//   request KIND OUT                   a request and, beside it, OUT.key
//   csr FILE …                         judges requests
//   issue DIR REQUEST OUT PROFILE FIELD=VALUE …    mail=, org=, years=
//   subjects DIR                       lines "FIELD HEX" on stdin: "ok BASE64 of a certificate"
//   root FROM TO OUT                   a self-signed certificate with these seconds
//   serials N
//   ocsp DIR REQUEST STATE OUT         a response that says the same of every certificate
//   p7 OUT CERTIFICATE …
//   crl DIR NUMBER OUT                 lines "HEXSERIAL SECONDS REASON" on stdin
#include "tests/unit/pki_tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/codec.h"
#include "core/crypto/pem.h"
#include "core/crypto/token.h"
#include "core/pki/crl.h"
#include "core/pki/csr.h"

void tool_load(const char *path, struct buf *out)
{
    FILE *file = fopen(path, "rb");
    char bytes[4096];
    size_t n;
    if (!file)
        tool_die(path);
    while ((n = fread(bytes, 1, sizeof(bytes), file)))
        buf_append(out, str_of(bytes, n));
    fclose(file);
}

void tool_save(const char *dir, const char *name, str bytes)
{
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s%s%s", dir, *dir ? "/" : "", name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes.p, 1, bytes.n, file) != bytes.n || fclose(file))
        tool_die(path);
}

void tool_die(const char *what)
{
    fprintf(stderr, "pki_tool: %s\n", what);
    exit(2);
}

int tool_say(int rc, const struct err *err)
{
    if (rc)
        printf("refused %s %s\n", err->where[0] ? err->where : "-", err->message);
    return rc ? 1 : 0;
}

void tool_must(int rc, const struct err *err)
{
    if (rc)
        tool_die(err->message);
}

int64_t tool_now(void)
{
    return clock_wall_ms() / 1000;
}

static enum pk_kind kind_of(const char *text)
{
    return strcmp(text, "rsa") == 0 ? PK_RSA : PK_P256;
}

static const struct issuer_opts OPTS = {.policy = {"1.2.156.112999.1.1", 18},
    .crl_url = {"http://ca.example/issuing.crl", 29},
    .ocsp_url = {"http://ca.example/ocsp", 22},
    .issuer_url = {"http://ca.example/issuing.cer", 29}};

struct issuer *tool_issuer(const char *dir, const char *name)
{
    char path[4096];
    struct buf pem = {0}, der = {0}, key_file = {0};
    struct err err = {0};
    struct issuer *issuer = NULL;
    struct pk *key = NULL;
    str label;
    (void)snprintf(path, sizeof(path), "%s/%s.cer", dir, name);
    tool_load(path, &pem);
    tool_must(pem_get(buf_str(&pem), &label, &der, &err), &err);
    (void)snprintf(path, sizeof(path), "%s/%s.key", dir, name);
    tool_load(path, &key_file);
    tool_must(pk_from_pem(buf_str(&key_file), STR(""), &key, &err), &err);
    tool_must(issuer_new(&key, buf_str(&der), &OPTS, &issuer, &err), &err);
    buf_release(&pem);
    buf_release(&der);
    buf_release(&key_file);
    return issuer;
}

void tool_save_pem(const char *dir, const char *name, const char *label, str der)
{
    struct buf pem = {0};
    pem_put(str_from(label), der, &pem);
    tool_save(dir, name, buf_str(&pem));
    buf_release(&pem);
}

void tool_save_key(const char *dir, const char *name, const struct pk *key, str passphrase)
{
    struct buf pem = {0};
    if (pk_put_pem(key, passphrase, &pem))
        tool_die("the key cannot be written");
    tool_save(dir, name, buf_str(&pem));
    buf_release(&pem);
}

static struct name ca_name(const char *cn)
{
    struct name n = {0};
    struct err err = {0};
    tool_must(name_add(&n, NAME_C, STR("CN"), &err), &err);
    tool_must(name_add(&n, NAME_O, STR("样例数字认证中心"), &err), &err);
    tool_must(name_add(&n, NAME_CN, str_from(cn), &err), &err);
    return n;
}

int tool_issue(const struct issuer *by, const struct cert_order *o, struct buf *der)
{
    struct buf tbs = {0};
    struct err err = {0};
    int rc = cert_prepare(by, o, &tbs, &err);
    if (!rc)
        rc = cert_issue(by, o, buf_str(&tbs), der, &err);
    buf_release(&tbs);
    return tool_say(rc, &err);
}

static void make_root(const char *dir, enum pk_kind kind)
{
    struct pk *key = NULL;
    struct err err = {0};
    struct buf der = {0};
    struct name name = ca_name("样例根证书");
    if (pk_generate(kind, &key))
        tool_die("no key");
    struct cert_order o = {.profile = profile_find(STR("root")),
        .subject = &name,
        .key = key,
        .not_before = tool_now() - 7200,
        .not_after = cert_years_later(tool_now(), 20)};
    serial_make(token_random, o.serial);
    tool_must(cert_self_sign(&o, &der, &err), &err);
    tool_save_pem(dir, "root.cer", "CERTIFICATE", buf_str(&der));
    tool_save_key(dir, "root.key", key, STR(""));
    buf_release(&der);
    pk_free(key);
}

/* A certificate of the CA itself: the issuing one, the OCSP responder's. */
static void make_below(const char *dir, const char *by, const char *name, const char *profile,
    enum pk_kind kind, int64_t seconds)
{
    char file[64];
    struct issuer *issuer = tool_issuer(dir, by);
    struct pk *key = NULL;
    struct buf der = {0};
    struct name subject = ca_name(name);
    if (pk_generate(kind, &key))
        tool_die("no key");
    struct cert_order o = {.profile = profile_find(str_from(profile)),
        .subject = &subject,
        .key = key,
        .not_before = tool_now() - 3600,
        .not_after = tool_now() + seconds};
    serial_make(token_random, o.serial);
    if (tool_issue(issuer, &o, &der))
        tool_die("the CA's own certificate was refused");
    (void)snprintf(file, sizeof(file), "%s.cer", name);
    tool_save_pem(dir, file, "CERTIFICATE", buf_str(&der));
    (void)snprintf(file, sizeof(file), "%s.key", name);
    tool_save_key(dir, file, key, STR(""));
    buf_release(&der);
    pk_free(key);
    issuer_free(issuer);
}

static int do_ca(char **args)
{
    enum pk_kind kind = kind_of(args[1]);
    make_root(args[0], kind);
    make_below(args[0], "root", "issuing", "issuing", kind, INT64_C(10) * 365 * 86400);
    make_below(args[0], "issuing", "ocsp", "ocsp", kind, INT64_C(30) * 86400);
    return puts("ok") < 0;
}

static int do_key(char **args)
{
    struct pk *key = NULL;
    if (pk_generate(kind_of(args[0]), &key))
        tool_die("no key");
    tool_save_key("", args[2], key, str_from(args[1]));
    pk_free(key);
    return puts("ok") < 0;
}

static int do_request(char **args)
{
    char path[4096];
    struct pk *key = NULL;
    struct buf der = {0}, subject = {0};
    struct err err = {0};
    struct name name = ca_name("请求");
    if (pk_generate(kind_of(args[0]), &key))
        tool_die("no key");
    tool_must(name_put(&name, &subject, &err), &err);
    tool_must(csr_make(key, buf_str(&subject), &der, &err), &err);
    tool_save_pem("", args[1], "CERTIFICATE REQUEST", buf_str(&der));
    (void)snprintf(path, sizeof(path), "%s.key", args[1]);
    tool_save_key("", path, key, STR(""));
    buf_release(&der);
    buf_release(&subject);
    pk_free(key);
    return puts("ok") < 0;
}

static int judge_csr(const char *path)
{
    struct buf file = {0}, id = {0};
    struct arena a = {0};
    struct csr csr;
    struct err err = {0};
    tool_load(path, &file);
    int rc = csr_parse(buf_str(&file), &a, &csr, &err);
    if (!rc) {
        codec_hex(&id, str_of(csr.key_id, sizeof(csr.key_id)));
        printf("ok %s %u %.*s\n", pk_kind_name(pk_kind(csr.key)), pk_bits(csr.key),
            STR_ARG(buf_str(&id)));
    }
    (void)tool_say(rc, &err);
    arena_release(&a);
    buf_release(&id);
    buf_release(&file);
    return rc ? 1 : 0;
}

static int do_csr(char **args)
{
    int status = 0;
    for (; *args; args++)
        status |= judge_csr(*args);
    return status;
}

static int do_serials(char **args)
{
    for (long left = strtol(args[0], NULL, 10); left > 0; left--) {
        uint8_t serial[SERIAL_SIZE];
        struct buf hex = {0};
        serial_make(token_random, serial);
        codec_hex(&hex, str_of(serial, sizeof(serial)));
        printf("%.*s\n", STR_ARG(buf_str(&hex)));
        buf_release(&hex);
    }
    return 0;
}

static int do_crl(char **args)
{
    struct issuer *by = tool_issuer(args[0], "issuing");
    struct crl_writer *w = NULL;
    struct err err = {0};
    struct buf der = {0};
    char hex[64];
    long seconds;
    int reason;
    uint64_t number = strtoull(args[1], NULL, 10);
    tool_must(crl_begin(by, number, tool_now(), tool_now() + 86400, &w, &err), &err);
    while (scanf("%63s %ld %d", hex, &seconds, &reason) == 3) {
        struct buf serial = {0};
        if (codec_unhex(&serial, str_from(hex)))
            tool_die("a serial is not hexadecimal");
        tool_must(crl_add(w, buf_str(&serial), seconds, (enum crl_reason)reason, &err), &err);
        buf_release(&serial);
    }
    tool_must(crl_end(&w, &der, &err), &err);
    tool_save("", args[2], buf_str(&der));
    buf_release(&der);
    issuer_free(by);
    return puts("ok") < 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int count;
        int (*run)(char **args);
    } commands[] = {{"key", 3, do_key}, {"ca", 2, do_ca}, {"request", 2, do_request},
        {"csr", 1, do_csr}, {"serials", 1, do_serials}, {"crl", 3, do_crl},
        {"issue", 4, tool_do_issue}, {"subjects", 1, tool_do_subjects}, {"root", 3, tool_do_root},
        {"ocsp", 4, tool_do_ocsp}, {"p7", 2, tool_do_p7}};
    for (size_t i = 0; i < countof(commands); i++)
        if (argc >= 2 + commands[i].count && strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argv + 2);
    tool_die("usage: see the head of pki_tool.c");
}
