// SPDX-License-Identifier: Apache-2.0
// command: the words of the command line, one function each.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/codec.h"
#include "store/admin.h"
#include "store/log.h"
#include "store/stat.h"

enum { FINE, FINDINGS, FAILED, WORDS_MAX = 4 };

static void print_finding(void *arg, const char *where, const char *what)
{
    (void)fprintf(arg, "%s: %s\n", where, what);
}

static int need_key(const struct store_command *c, struct err *err)
{
    if (c->opts.seal_key)
        return 0;
    return err_set(err, E_DENIED, "this needs the seal key (seal_key_file), and there is none");
}

/* Reading beside a running server. */
static int open_to_read(const struct store_command *c, struct store **s, struct err *err)
{
    struct store_opts opts = c->opts;
    opts.read_only = true;
    opts.schema = STR("");
    return store_open(s, &opts, err);
}

static int end_check(const struct store_command *c, const struct store_check_totals *t, bool all)
{
    if (all)
        (void)fprintf(c->out,
            "%" PRIu64 " rows, %" PRIu64 " index entries, %" PRIu64 " counters, %" PRIu64
            " records, %" PRIu64 " blobs: ",
            t->rows, t->index_entries, t->counters, t->records, t->blobs);
    else
        (void)fprintf(c->out, "%" PRIu64 " records: ", t->records);
    if (t->findings)
        (void)fprintf(c->out, "%" PRIu64 " findings\n", t->findings);
    else
        (void)fprintf(c->out, "no findings\n");
    return t->findings ? FINDINGS : FINE;
}

static int run_check(const struct store_command *c, char **words, struct err *err)
{
    struct store_check_totals totals;
    struct store *s;
    (void)words;
    if (need_key(c, err) || open_to_read(c, &s, err))
        return FAILED;
    int rc = store_check(s, print_finding, c->out, &totals, err);
    store_close(s);
    return rc ? FAILED : end_check(c, &totals, true);
}

static int run_stat(const struct store_command *c, char **words, struct err *err)
{
    (void)words;
    return stat_print(c->opts.dir, c->out, err) ? FAILED : FINE;
}

static int run_migrate(const struct store_command *c, char **words, struct err *err)
{
    if (need_key(c, err))
        return FAILED;
    if (!c->opts.schema.n) {
        err_set(err, E_CONFIG, "there is no schema.lua to migrate to");
        return FAILED;
    }
    return store_migrate(&c->opts, words[0], c->out, err) ? FAILED : FINE;
}

static int run_rekey(const struct store_command *c, char **words, struct err *err)
{
    (void)words;
    if (need_key(c, err))
        return FAILED;
    if (!c->new_key) {
        err_set(err, E_CONFIG, "name the file of the new key in CERTHALL_NEW_SEAL_KEY_FILE");
        return FAILED;
    }
    if (store_rekey(&c->opts, c->new_key, c->out, err))
        return FAILED;
    (void)fprintf(
        c->out, "from now on only the new key opens the store; older backups keep the old one\n");
    return FINE;
}

static int read_public_key(const char *text, struct buf *key, struct err *err)
{
    if (!text || (!codec_unhex(key, str_from(text)) && key->n == 32))
        return 0;
    return err_set(err, E_INVALID, "a public key is 64 hexadecimal digits");
}

static int run_verify(const struct store_command *c, char **words, struct err *err)
{
    struct store_check_totals totals;
    struct buf key = {0};
    int rc = read_public_key(words[0], &key, err);
    if (!rc)
        rc = store_audit_verify(
            c->opts.dir, (const uint8_t *)key.p, print_finding, c->out, &totals, err);
    buf_release(&key);
    return rc ? FAILED : end_check(c, &totals, false);
}

static int fail_proof(int rc, char **words, struct err *err)
{
    if (rc == 1)
        err_set(err, E_NOT_FOUND, "log %s has no record of %s", words[0], words[1]);
    else if (rc == E_BUSY)
        err_set(err, rc,
            "no head is signed behind the last record of %s yet; heads are signed hourly",
            words[1]);
    else
        err_set(err, rc, "no proof of %s in log %s: %s", words[1], words[0], err_text(rc));
    return FAILED;
}

static int run_proof(const struct store_command *c, char **words, struct err *err)
{
    struct buf proof = {0};
    struct store *s;
    if (open_to_read(c, &s, err))
        return FAILED;
    struct store_tx *tx = store_tx_begin(s, STORE_TX_READ);
    store_tx_extend(tx, 60000);
    int rc = store_log_proof(tx, str_from(words[0]), str_from(words[1]), &proof);
    store_tx_end(tx);
    store_close(s);
    if (rc)
        rc = fail_proof(rc, words, err);
    else
        (void)fprintf(c->out, "%.*s\n", STR_ARG(buf_str(&proof)));
    buf_release(&proof);
    return rc;
}

static int run_backup(const struct store_command *c, char **words, struct err *err)
{
    if (store_backup_dir(c->opts.dir, words[0], err))
        return FAILED;
    (void)fprintf(c->out, "backup in %s; the seal key is not part of it\n", words[0]);
    return FINE;
}

static int run_restore(const struct store_command *c, char **words, struct err *err)
{
    if (store_restore(words[0], c->opts.dir, err))
        return FAILED;
    (void)fprintf(
        c->out, "restored into %s; it opens with the seal key it was made with\n", c->opts.dir);
    return FINE;
}

static const struct {
    const char *words[2]; /* the second may be NULL */
    int least;            /* further words */
    int most;
    int (*run)(const struct store_command *c, char **words, struct err *err);
} commands[] = {
    {{"store", "check"}, 0, 0, run_check},
    {{"store", "stat"}, 0, 0, run_stat},
    {{"store", "migrate"}, 1, 1, run_migrate},
    {{"store", "rekey"}, 0, 0, run_rekey},
    {{"audit", "verify"}, 0, 1, run_verify},
    {{"audit", "proof"}, 2, 2, run_proof},
    {{"backup", NULL}, 1, 1, run_backup},
    {{"restore", NULL}, 1, 1, run_restore},
};

int store_command(const struct store_command *c, int argc, char **argv, struct err *err)
{
    for (size_t i = 0; i < countof(commands); i++) {
        int own = commands[i].words[1] ? 2 : 1, more = argc - own;
        if (more < commands[i].least || more > commands[i].most ||
            strcmp(argv[0], commands[i].words[0]) != 0 ||
            (own == 2 && strcmp(argv[1], commands[i].words[1]) != 0))
            continue;
        char *words[WORDS_MAX] = {0};
        for (int w = 0; w < more; w++)
            words[w] = argv[own + w];
        return commands[i].run(c, words, err);
    }
    err_set(err, E_INVALID, "there is no such command, or it takes other words; see certhall help");
    return FAILED;
}

const char *const *store_command_help(void)
{
    static const char *const help[] = {"store check",
        "reads everything and names what is damaged; also while the server runs", "store stat",
        "says how much is in the store", "store migrate BACKUP",
        "brings indexes and counters in line with a changed schema.lua", "store rekey",
        "seals everything with the key in CERTHALL_NEW_SEAL_KEY_FILE", "audit verify [PUBLIC_KEY]",
        "verifies chains and signed heads, without any secret", "audit proof LOG SUBJECT",
        "prints what proves a subject's records", "backup FOLDER",
        "copies the data into an empty folder, also while the server runs", "restore FOLDER",
        "copies a backup into the empty data directory", NULL};
    return help;
}
