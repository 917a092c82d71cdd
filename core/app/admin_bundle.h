// SPDX-License-Identifier: Apache-2.0
// admin_bundle: the way of certhall bundle to the rules of the running hall.
#ifndef CORE_APP_ADMIN_BUNDLE_H
#define CORE_APP_ADMIN_BUNDLE_H

#include "core/app/options.h"

struct request;
struct server;

enum { ADMIN_BUNDLE_MAX = 16 << 20 }; /* bytes of a question: all files of a bundle */

/* The file with the key that the command must show. */
must_use int admin_key_path(const struct options *o, char *out, size_t size);
/* Makes a new key and writes the file, at each start. */
void admin_key_write(struct server *s);
/* POST /bundle; data is the server. */
void admin_serve_bundle(struct request *r, void *data);

#endif
