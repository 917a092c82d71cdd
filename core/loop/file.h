// SPDX-License-Identifier: Apache-2.0
// file: whole small files and directories, blocking: for the start, for commands, and for pool
// threads.
#ifndef CORE_LOOP_FILE_H
#define CORE_LOOP_FILE_H

#include "core/base/buf.h"

/* Appends a whole file; E_TOO_BIG over `limit` bytes. err names the path. */
must_use int file_read(const char *path, size_t limit, struct buf *out, struct err *err);
/* Writes path.tmp, fsyncs, renames over path, fsyncs the directory. `mode` as in open(2). */
must_use int file_write(const char *path, str bytes, unsigned mode, struct err *err);
/* Calls fn(arg, relative path, modification time in ns) for each regular file below `dir`, names in
 * bytewise order, hidden ones left out. Stops and returns fn's value when it is not 0. */
must_use int file_walk(const char *dir, int (*fn)(void *arg, const char *path, uint64_t mtime_ns),
    void *arg, struct err *err);

#endif
