// SPDX-License-Identifier: Apache-2.0
// pki_tool_status: OCSP responses and chains.
#include <stdio.h>
#include <string.h>

#include "core/crypto/pem.h"
#include "core/pki/ocsp.h"
#include "core/pki/p7.h"
#include "tests/unit/pki_tool.h"

static void load_cert(const char *path, struct buf *der)
{
    struct buf pem = {0};
    struct err err = {0};
    str label;
    tool_load(path, &pem);
    tool_must(pem_get(buf_str(&pem), &label, der, &err), &err);
    buf_release(&pem);
}

static struct ocsp_answer answer(const struct ocsp_id *id, const char *word)
{
    return (struct ocsp_answer){.id = id,
        .state = strcmp(word, "good") == 0      ? OCSP_GOOD
                 : strcmp(word, "revoked") == 0 ? OCSP_REVOKED
                                                : OCSP_UNKNOWN,
        .reason = CRL_KEY_COMPROMISE,
        .revoked_at = tool_now() - 100,
        .this_update = tool_now() - 1,
        .next_update = tool_now() + 3600};
}

static int respond(const char *dir, const struct ocsp_request *q, const char *word, const char *to)
{
    char path[4096];
    struct buf file = {0}, certificate = {0}, out = {0};
    struct ocsp_answer answers[OCSP_ASKED_MAX];
    struct pk *key = NULL;
    struct err err = {0};
    (void)snprintf(path, sizeof(path), "%s/ocsp.key", dir);
    tool_load(path, &file);
    tool_must(pk_from_pem(buf_str(&file), STR(""), &key, &err), &err);
    (void)snprintf(path, sizeof(path), "%s/ocsp.cer", dir);
    load_cert(path, &certificate);
    for (size_t i = 0; i < q->count; i++)
        answers[i] = answer(&q->asked[i], word);
    const struct ocsp_responder by = {key, buf_str(&certificate)};
    int rc = ocsp_respond(&by, answers, q->count, q->nonce, tool_now(), &out, &err);
    if (!tool_say(rc, &err))
        tool_save("", to, buf_str(&out));
    pk_free(key);
    buf_release(&file);
    buf_release(&certificate);
    buf_release(&out);
    return rc;
}

/* DIR REQUEST STATE OUT */
int tool_do_ocsp(char **args)
{
    struct issuer *ca = tool_issuer(args[0], "issuing");
    struct buf der = {0};
    struct ocsp_request q;
    struct err err = {0};
    tool_load(args[1], &der);
    int rc = ocsp_parse(buf_str(&der), &q, &err);
    (void)tool_say(rc, &err);
    for (size_t i = 0; i < q.count && !rc; i++)
        if (!ocsp_is_of(&q.asked[i], issuer_cert(ca)))
            rc = puts("refused - another CA's");
    if (!rc)
        rc = respond(args[0], &q, args[2], args[3]);
    if (!rc)
        printf("ok %zu %zu\n", q.count, q.nonce.n);
    buf_release(&der);
    issuer_free(ca);
    return rc ? 1 : 0;
}

/* OUT CERTIFICATE … */
int tool_do_p7(char **args)
{
    struct buf ders[P7_CERTS_MAX] = {0};
    str list[P7_CERTS_MAX] = {0};
    struct buf out = {0};
    struct err err = {0};
    size_t count = 0;
    for (char **path = args + 1; *path && count < P7_CERTS_MAX; path++, count++) {
        load_cert(*path, &ders[count]);
        list[count] = buf_str(&ders[count]);
    }
    int rc = tool_say(p7_put(list, count, &out, &err), &err);
    if (!rc) {
        tool_save_pem("", args[0], "PKCS7", buf_str(&out));
        puts("ok");
    }
    while (count--)
        buf_release(&ders[count]);
    buf_release(&out);
    return rc;
}
