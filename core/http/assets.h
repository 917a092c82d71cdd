// SPDX-License-Identifier: Apache-2.0
// assets: static files, read once, answered from memory with ready-made heads and gzip twins.
//
// A file whose name holds a hash ("app.3f2a91c0.css") may be kept by browsers for ever; the others
// are asked for again each time and mostly answered with 304.
#ifndef CORE_HTTP_ASSETS_H
#define CORE_HTTP_ASSETS_H

#include "core/base/base.h"

struct assets;

/* Reads all files below `dir`; their addresses are `prefix` ("/assets/") and their path. "x.gz"
 * beside "x" becomes its twin; others are made where that pays. Blocking. */
must_use int assets_load(struct assets **out, const char *dir, str prefix, struct err *err);
/* Unless serve_set_assets took it. */
void assets_free(struct assets *a);
size_t assets_count(const struct assets *a);
/* Names without and with their hash, as a JSON object: {"app.css":"app.3f2a91c0.css"}. Valid as
 * long as the files. */
str assets_map_json(const struct assets *a);

#endif
