// SPDX-License-Identifier: Apache-2.0
// options: what an operator of the signer can set, as one table; from the command line
// (--socket=…) and the environment (CERTHALL_SIGNER_SOCKET=…). No configuration file: the signer
// runs no scripts.
#ifndef CORE_SIGNER_OPTIONS_H
#define CORE_SIGNER_OPTIONS_H

#include "core/base/arena.h"
#include "core/base/buf.h"

enum option_id {
    OPT_DATA,
    OPT_SEAL_KEY_FILE,
    OPT_CA,
    OPT_PASSPHRASE_FILE,
    OPT_TICKET_KEY_FILE,
    OPT_SOCKET,
    OPT_SOCKET_GROUP,
    OPT_ALLOW_UIDS,
    OPT_USER,
    OPT_ORGANISATION,
    OPT_COUNTRY,
    OPT_RSA,
    OPT_URL,
    OPT_POLICY,
    OPT_CRL_FOLDER,
    OPT_CRL_HOURS,
    OPT_PROFILES,
    OPT_YEARS,
    OPT_PER_MINUTE,
    OPT_PER_DAY,
    OPT_PER_NAME,
    OPT_MAP_GIB,
    OPT_INIT,
    OPT_WITH_HALL,
    OPT_LOG_LEVEL,
    OPTION_COUNT
};

enum option_type { OPTION_TEXT, OPTION_INT, OPTION_BOOL };

struct option_info {
    const char *name;
    enum option_type type;
    const char *initial; /* "" may be filled by options_settle */
    int64_t min, max;    /* for integers */
    const char *text;    /* one sentence */
};
/* One row per option, in the order of the enum. */
const struct option_info *option_info(enum option_id id);

/* Fields are private. */
struct options {
    struct arena arena;
    const char *value[OPTION_COUNT];
};

/* Reads environment and arguments (NULL-terminated) over the table's values and fills what depends
 * on the user. E_CONFIG with a sentence. */
must_use int options_read(
    struct options *o, char *const *environment, char *const *arguments, struct err *err);
void options_release(struct options *o);

/* Borrowed until options_release. */
const char *options_text(const struct options *o, enum option_id id);
int64_t options_int(const struct options *o, enum option_id id);
bool options_bool(const struct options *o, enum option_id id);

/* The table for people. */
void options_write_help(struct buf *out);

#endif
