// SPDX-License-Identifier: Apache-2.0
// secret: small files that only their owner may read, blocking: for the start and for commands.
#ifndef CORE_LOOP_SECRET_H
#define CORE_LOOP_SECRET_H

#include "core/base/buf.h"

/* Appends a file of 1 to `limit` bytes. E_NOT_FOUND; E_DENIED when others could read it (systemd's
 * credentials are kept apart by other means); E_CORRUPT for another size. `what` names it in err.
 * Wipe what is appended. */
must_use int secret_read(
    const char *path, const char *what, size_t limit, struct buf *out, struct err *err);
/* As secret_read, for a text of one line: without its line end. */
must_use int secret_read_line(
    const char *path, const char *what, size_t limit, struct buf *out, struct err *err);
/* Makes the file (0400) with its folder and syncs both; E_EXISTS if something stands there. */
must_use int secret_make(const char *path, const char *what, str bytes, struct err *err);
/* Makes the folders above a path. */
must_use int secret_make_folders(const char *path, struct err *err);
/* Wipes and releases. */
void secret_release(struct buf *b);

#endif
