// SPDX-License-Identifier: Apache-2.0
// start: what stands before the server: the data directory's rights, the seal key, the rights
// of the process, and the lines that tell the operator how the start goes.
//
// Does not know listeners, scripts or rows.
#ifndef CORE_APP_START_H
#define CORE_APP_START_H

#include <sys/types.h>

#include "core/app/options.h"

enum { START_KEY_SIZE = 32 };

/* Where log lines go and from which level, as the options say. */
void start_set_log(const struct options *o);
/* False and unchanged level when the word is none of debug, info, warn, error. */
bool start_set_log_level(str word);

/* E_NOT_FOUND if it is not there; E_DENIED with what to do when it is not `owner`'s alone. */
must_use int start_check_data(const char *path, uid_t owner, struct err *err);
/* Makes the directory (0700) with its parents for `owner`; fine if it exists. */
must_use int start_make_data(const char *path, uid_t owner, gid_t group, struct err *err);
/* E_NO_SPACE below `mib` of free space where the path stands or will stand. */
must_use int start_check_disk(const char *path, int64_t mib, struct err *err);

/* Reads the key; E_NOT_FOUND, E_DENIED when others could read it, E_CORRUPT for another size. */
must_use int start_read_key(const char *path, uint8_t key[START_KEY_SIZE], struct err *err);
/* A secret for one purpose: it stays the same across restarts, and says nothing of the key. */
void start_derive(
    const uint8_t key[START_KEY_SIZE], const char *purpose, uint8_t out[START_KEY_SIZE]);
/* The purpose of the secret by which a command proves to the running server that it can read the
 * seal key. */
#define START_ADMIN_SECRET "certhall commands of the operator"
/* A short secret text of one line, such as a password, with the same rights; without its line end.
 * `what` names it in err. */
must_use int start_read_secret(
    const char *path, const char *what, struct buf *out, struct err *err);
/* Makes a random key (0400); E_EXISTS if something stands there. */
must_use int start_make_key(const char *path, struct err *err);

/* The user to become, when started by root; itself otherwise. */
struct start_user {
    uid_t uid;
    gid_t gid;
    bool drop; /* root, and the user is another */
};
must_use int start_find_user(const struct options *o, struct start_user *out, struct err *err);
/* No core files, no tracing by others, no new privileges, descriptors raised. */
void start_harden(int64_t open_files);
/* Becomes that user for good; before any thread is started. */
must_use int start_drop(const struct start_user *u, struct err *err);

/* Tells the operator what was done and how long it took. Fields are private. */
struct start_steps {
    uint64_t begun_ns;
    uint64_t last_ns;
    bool human;
};
void start_steps_init(struct start_steps *s);
/* A step ended: "store", "/var/lib/certhall". */
void start_step(struct start_steps *s, const char *name, const char *detail);
/* The last line: where the hall is. */
void start_steps_end(struct start_steps *s, const char *url, bool isolated);

/* Tells the service manager, when there is one ("READY=1"). */
void start_notify(const char *state);
/* Milliseconds between signs of life that it asks for; 0: none. */
unsigned start_watchdog_ms(void);

#endif
