// SPDX-License-Identifier: Apache-2.0
// command: reads options and secrets, then makes, serves or looks after what there is.
#define _GNU_SOURCE
#include "core/signer/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/crypto/token.h"
#include "core/loop/secret.h"
#include "core/signer/guard.h"
#include "core/signer/signer.h"
#include "store/admin.h"

enum { WORDS = 4, PASSPHRASE_MAX = 1024, PASSPHRASE_LETTERS = 40 };

enum { EXIT_OK, EXIT_FAILED, EXIT_USAGE };

static int fail(const struct err *err)
{
    log_error("certhall-signer does not run", LOG_STR("why", str_from(err->message)),
        LOG_STR("where", str_from(err->where)));
    return EXIT_FAILED;
}

static int make_folder(const char *path, struct err *err)
{
    int rc = secret_make_folders(path, err);
    if (!rc && mkdir(path, 0700) != 0 && errno != EEXIST)
        rc = err_set(
            err, err_from_errno(errno), "cannot make the directory %s: %s", path, strerror(errno));
    return rc;
}

static int make_key(const char *path, const char *what, struct err *err)
{
    uint8_t key[STORE_SEAL_KEY_SIZE];
    if (access(path, F_OK) == 0)
        return 0;
    token_random(key, sizeof(key));
    int rc = secret_make(path, what, str_of(key, sizeof(key)), err);
    mem_wipe(key, sizeof(key));
    return rc;
}

static int make_passphrase(const char *path, struct err *err)
{
    struct buf text = {0};
    if (access(path, F_OK) == 0)
        return 0;
    token_letters(&text, PASSPHRASE_LETTERS);
    int rc = secret_make(path, "passphrase", buf_str(&text), err);
    secret_release(&text);
    return rc;
}

static int read_passphrase(const struct options *o, struct buf *out, struct err *err)
{
    return secret_read_line(
        options_text(o, OPT_PASSPHRASE_FILE), "passphrase", PASSPHRASE_MAX, out, err);
}

static int make_authorities(const struct options *o, str passphrase, struct err *err)
{
    bool made, rsa = false;
    int rc = authority_make(o, PK_P256, passphrase, &made, err);
    if (!rc && options_bool(o, OPT_RSA))
        rc = authority_make(o, PK_RSA, passphrase, &rsa, err);
    if (!rc && (made || rsa))
        log_info("a CA was made", LOG_STR("folder", str_from(options_text(o, OPT_CA))));
    return rc;
}

/* Makes what is missing; touches nothing that exists. */
static int make_all(const struct options *o, struct err *err)
{
    struct buf passphrase = {0};
    int rc = make_folder(options_text(o, OPT_DATA), err);
    if (!rc)
        rc = make_key(options_text(o, OPT_SEAL_KEY_FILE), "seal key", err);
    if (!rc)
        rc = make_key(options_text(o, OPT_TICKET_KEY_FILE), "ticket key", err);
    if (!rc)
        rc = make_passphrase(options_text(o, OPT_PASSPHRASE_FILE), err);
    if (!rc)
        rc = read_passphrase(o, &passphrase, err);
    if (!rc)
        rc = make_authorities(o, buf_str(&passphrase), err);
    secret_release(&passphrase);
    return rc;
}

static int read_key(const char *path, const char *what, uint8_t *key, struct err *err)
{
    struct buf bytes = {0};
    int rc = secret_read(path, what, PASSPHRASE_MAX, &bytes, err);
    if (!rc && bytes.n != STORE_SEAL_KEY_SIZE)
        rc = err_set(err, E_CORRUPT, "the %s %s has %zu bytes instead of %d", what, path, bytes.n,
            STORE_SEAL_KEY_SIZE);
    if (!rc)
        memcpy(key, bytes.p, STORE_SEAL_KEY_SIZE);
    secret_release(&bytes);
    return rc;
}

static int read_secrets(const struct options *o, struct signer_secrets *s, struct err *err)
{
    int rc = read_key(options_text(o, OPT_SEAL_KEY_FILE), "seal key", s->seal_key, err);
    if (!rc)
        rc = read_key(options_text(o, OPT_TICKET_KEY_FILE), "ticket key", s->ticket_key, err);
    return rc ? rc : read_passphrase(o, &s->passphrase, err);
}

static void release_secrets(struct signer_secrets *s)
{
    secret_release(&s->passphrase);
    mem_wipe(s, sizeof(*s));
}

/* Everything that needs root stands before guard_become. */
static int open_signer(struct signer *s, const struct options *o, struct err *err)
{
    struct signer_secrets secrets = {0};
    struct authorities authorities = {0};
    int rc = options_bool(o, OPT_INIT) ? make_all(o, err) : 0;
    if (!rc)
        rc = read_secrets(o, &secrets, err);
    if (!rc)
        rc = authorities_load(&authorities, o, buf_str(&secrets.passphrase), err);
    if (!rc)
        rc = make_folder(options_text(o, OPT_CRL_FOLDER), err);
    if (!rc)
        rc = guard_become(options_text(o, OPT_USER), err);
    if (!rc) {
        guard_lock_memory();
        rc = signer_open(s, o, &secrets, &authorities, err);
    }
    authorities_release(&authorities);
    release_secrets(&secrets);
    return rc;
}

static int run_serve(const struct options *o, int argc, char **words)
{
    struct signer signer;
    struct err err = {0};
    (void)argc;
    (void)words;
    if (open_signer(&signer, o, &err))
        return fail(&err);
    signer_run(&signer);
    return EXIT_OK;
}

static int run_init(const struct options *o, int argc, char **words)
{
    struct err err = {0};
    (void)argc;
    (void)words;
    if (make_all(o, &err))
        return fail(&err);
    printf("data          %s\nCA            %s\npassphrase    %s\nticket key    %s\n\n"
           "Take the *-root.key files and a copy of the passphrase to a safe place: the daily work "
           "does not\nneed them. root-crl does, once a year.\n",
        options_text(o, OPT_DATA), options_text(o, OPT_CA), options_text(o, OPT_PASSPHRASE_FILE),
        options_text(o, OPT_TICKET_KEY_FILE));
    return EXIT_OK;
}

static int run_root_crl(const struct options *o, int argc, char **words)
{
    struct buf passphrase = {0};
    struct err err = {0};
    (void)argc;
    (void)words;
    int rc = read_passphrase(o, &passphrase, &err);
    if (!rc)
        rc = authority_make_root_crl(
            o, options_bool(o, OPT_RSA) ? PK_RSA : PK_P256, buf_str(&passphrase), &err);
    secret_release(&passphrase);
    return rc ? fail(&err) : EXIT_OK;
}

static int run_store(const struct options *o, int argc, char **words)
{
    uint8_t key[STORE_SEAL_KEY_SIZE];
    struct err err = {0};
    int rc = read_key(options_text(o, OPT_SEAL_KEY_FILE), "seal key", key, &err);
    const struct store_command c = {.opts = {.dir = options_text(o, OPT_DATA),
                                        .seal_key = rc ? NULL : key,
                                        .schema = ledger_schema(),
                                        .map_size = (uint64_t)options_int(o, OPT_MAP_GIB) << 30},
        .out = stdout};
    int code = store_command(&c, argc, words, &err);
    mem_wipe(key, sizeof(key));
    return code == 2 ? fail(&err) : code;
}

static int run_help(const struct options *o, int argc, char **words);

static const struct {
    const char *name;
    const char *text;
    int (*run)(const struct options *o, int argc, char **words);
} commands[] = {
    {"serve", "Answers the hall until it is told to stop.", run_serve},
    {"init", "Makes keys, passphrase and CA where they are missing.", run_init},
    {"root-crl", "Makes the root's revocation list anew; needs its key.", run_root_crl},
    {"store", "check|stat: looks after the signer's store.", run_store},
    {"audit", "verify: verifies the audit log without any secret.", run_store},
    {"backup", "FOLDER: copies the data into an empty folder.", run_store},
    {"restore", "FOLDER: copies a backup into the empty data directory.", run_store},
    {"help", "Prints this.", run_help},
};

static int run_help(const struct options *o, int argc, char **words)
{
    struct buf out = {0};
    (void)o;
    (void)argc;
    (void)words;
    buf_append(&out, STR("usage: certhall-signer COMMAND [options]\n\n"));
    for (size_t i = 0; i < countof(commands); i++)
        buf_printf(&out, "  %-9s %s\n", commands[i].name, commands[i].text);
    buf_append(&out, STR("\noptions (also as CERTHALL_SIGNER_NAME in the environment):\n"));
    options_write_help(&out);
    fwrite(out.p, 1, out.n, stdout);
    buf_release(&out);
    return fflush(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
}

static void set_log(const struct options *o)
{
    static const char *const names[] = {
        [LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARN] = "warn", [LOG_ERROR] = "error"};
    for (size_t i = 0; i < countof(names); i++)
        if (strcmp(options_text(o, OPT_LOG_LEVEL), names[i]) == 0)
            log_set_level((enum log_level)i);
    log_set_sink(2, false);
}

/* Words before the first option belong to the command. */
static int run(size_t i, int argc, char **argv, char *const *environment)
{
    struct options o;
    struct err err = {0};
    char *words[WORDS + 1] = {NULL};
    int n = 0;
    while (argc > 0 && argv[0][0] != '-' && n < WORDS) {
        words[n++] = *argv++;
        argc--;
    }
    int rc = options_read(&o, environment, argv, &err);
    set_log(&o);
    int code = rc ? fail(&err) : commands[i].run(&o, n, words);
    options_release(&o);
    return rc ? EXIT_USAGE : code;
}

int command_main(int argc, char **argv, char *const *environment)
{
    const char *name = argc < 2 || argv[1][0] == '-' ? "help" : argv[1];
    for (size_t i = 0; i < countof(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return run(i, argc < 2 ? 0 : argc - 1, argv + (argc < 2 ? argc : 1), environment);
    fprintf(stderr,
        "certhall-signer: there is no command \"%s\"; certhall-signer help lists them\n", name);
    return EXIT_USAGE;
}
