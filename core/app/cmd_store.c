// SPDX-License-Identifier: Apache-2.0
// certhall store, audit, backup, restore: the store's own commands, given directory and keys.
#define _GNU_SOURCE
#include "core/app/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/app/start.h"
#include "core/script/script.h"
#include "store/admin.h"

enum { WORDS_MAX = 4, COULD_NOT = 2 /* store/admin.h: findings are 1 */ };

/* What a command may need; a missing key is the store's to complain about. */
static int gather(struct cli *cli, struct store_command *c, uint8_t *key, uint8_t *new_key,
    struct buf *schema, struct err *err)
{
    const struct options *o = &cli->options;
    const char *new_file = getenv("CERTHALL_NEW_SEAL_KEY_FILE");
    int rc = start_read_key(options_text(o, OPT_SEAL_KEY_FILE), key, err);
    if (rc && rc != E_NOT_FOUND)
        return rc;
    c->opts.seal_key = rc ? NULL : key;
    if (new_file) {
        rc = start_read_key(new_file, new_key, err);
        if (rc)
            return rc;
        c->new_key = new_key;
    }
    c->opts.dir = options_text(o, OPT_DATA);
    c->opts.map_size = (uint64_t)options_int(o, OPT_MAP_GIB) << 30;
    c->out = stdout;
    if (script_schema(options_text(o, OPT_SCRIPTS), schema, NULL))
        buf_clear(schema);
    c->opts.schema = buf_str(schema);
    return 0;
}

static int run(struct cli *cli)
{
    struct store_command c = {0};
    struct err err = {0};
    struct buf schema = {0};
    uint8_t key[START_KEY_SIZE], new_key[START_KEY_SIZE];
    char *words[WORDS_MAX + 1] = {(char *)(uintptr_t)cli->command->name};
    int n = 1, code = COULD_NOT;
    for (int i = 0; i < cli->argc && n < WORDS_MAX; i++)
        words[n++] = cli->argv[i];
    if (gather(cli, &c, key, new_key, &schema, &err)) {
        cli_fail(&err);
    } else {
        code = store_command(&c, n, words, &err);
        if (code == COULD_NOT)
            cli_fail(&err);
    }
    mem_wipe(key, sizeof(key));
    mem_wipe(new_key, sizeof(new_key));
    buf_release(&schema);
    return code;
}

const struct command cmd_store = {"store", "check|stat|migrate BACKUP|rekey", 1, 2, false,
    "Looks after the store; rekey takes the new key from CERTHALL_NEW_SEAL_KEY_FILE.", run};
const struct command cmd_audit = {"audit", "verify [KEY]|proof LOG SUBJECT", 1, 3, false,
    "Verifies the audit log without any secret, or proves one subject's records.", run};
const struct command cmd_backup = {"backup", "FOLDER", 1, 1, false,
    "Copies the data into an empty folder, also while the server runs.", run};
const struct command cmd_restore = {
    "restore", "FOLDER", 1, 1, false, "Copies a backup into the empty data directory.", run};
