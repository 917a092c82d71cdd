// SPDX-License-Identifier: Apache-2.0
// files: whole reads and writes, directories and copies that are on disk when the call returns.
// Knows descriptors only; errors are translated from errno.
#ifndef STORE_FILES_H
#define STORE_FILES_H

#include "core/base/buf.h"

/* Writes all bytes. */
must_use int files_write(int fd, str bytes);
/* Appends exactly n bytes from `offset`; E_EOF (out unchanged) if the file ends before. */
must_use int files_read(int fd, uint64_t offset, size_t n, struct buf *out);
must_use int files_sync(int fd);
/* Closes; an error of a late write is not swallowed. */
must_use int files_close(int fd);

/* Opens a directory, or a directory below another (`at` may be AT_FDCWD), into *fd. */
must_use int files_open_dir(int at, const char *name, int *fd);
/* Makes a directory (0700) unless it is there, and makes the entry durable. */
must_use int files_make_dir(int at, const char *name);
/* Makes the entry of a path in its directory durable. */
must_use int files_sync_parent(const char *path);
/* Makes a directory with its entry durable, or takes an empty one; E_EXISTS if it holds anything.
 */
must_use int files_make_empty_dir(const char *path, struct err *err);

/* Calls fn for each entry but . and .. until it returns another value than 0, which is returned. */
typedef int files_fn(void *arg, int dir, const char *name);
must_use int files_each(int dir, files_fn *fn, void *arg);

/* Copies a regular file into a new one; not synced. */
must_use int files_copy_as(int from, const char *name, int to, const char *as);
/* Writes a new file, fsyncs it and the directory. */
must_use int files_put(int dir, const char *name, str bytes);

#endif
