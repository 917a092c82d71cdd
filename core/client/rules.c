// SPDX-License-Identifier: Apache-2.0
// rules: where outgoing operations may go.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "core/client/op.h"

void rules_init(struct client_rules *rules, const struct client_opts *opts)
{
    size_t count = 0;
    while (opts->hosts && opts->hosts[count])
        count++;
    rules->hosts = mem_zalloc(count + 1, sizeof(*rules->hosts));
    for (size_t i = 0; i < count; i++)
        rules->hosts[i] = mem_dup(opts->hosts[i], strlen(opts->hosts[i]));
    rules->ca_file = opts->ca_file ? mem_dup(opts->ca_file, strlen(opts->ca_file)) : NULL;
    rules->plain_loopback = opts->plain_loopback;
}

void rules_release(struct client_rules *rules)
{
    for (size_t i = 0; rules->hosts[i]; i++)
        free(rules->hosts[i]);
    free(rules->hosts);
    free(rules->ca_file);
}

static bool is_listed(const struct client_rules *rules, const char *host)
{
    for (size_t i = 0; rules->hosts[i]; i++)
        if (str_eq_nocase(str_from(rules->hosts[i]), str_from(host)))
            return true;
    return false;
}

static int check_parts(
    const struct client_rules *rules, const char *scheme, const char *host, bool mail)
{
    bool tls = !strcmp(scheme, mail ? "smtps" : "https");
    bool plain = !strcmp(scheme, mail ? "smtp" : "http");
    bool plain_allowed = mail || (rules->plain_loopback && !strcmp(host, "127.0.0.1"));
    if (!tls && !plain)
        return E_INVALID;
    if (!is_listed(rules, host) || (plain && !plain_allowed))
        return E_DENIED;
    return 0;
}

int rules_check(const struct client_rules *rules, str url, bool mail)
{
    char *scheme = NULL, *host = NULL, *user = NULL;
    char text[2048];
    int rc = E_INVALID;
    CURLU *parsed = curl_url();
    if (str_to_c(url, text, sizeof(text)) == 0 &&
        curl_url_set(parsed, CURLUPART_URL, text, 0) == CURLUE_OK &&
        curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(parsed, CURLUPART_USER, &user, 0) == CURLUE_NO_USER)
        rc = check_parts(rules, scheme, host, mail);
    curl_free(scheme);
    curl_free(host);
    curl_free(user);
    curl_url_cleanup(parsed);
    return rc;
}
