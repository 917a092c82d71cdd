// SPDX-License-Identifier: Apache-2.0
// ledger_private: rows of the ledger, read and written member by member.
#ifndef CORE_SIGNER_LEDGER_PRIVATE_H
#define CORE_SIGNER_LEDGER_PRIVATE_H

#include "core/base/json.h"
#include "core/signer/ledger.h"

/* A JSON object being written. */
struct row {
    struct buf json;
    struct json_writer w;
};
void row_begin(struct row *r);
void row_text(struct row *r, const char *name, str value);
void row_number(struct row *r, const char *name, int64_t value);
/* Ends the object; valid until row_release. */
str row_end(struct row *r);
void row_release(struct row *r);

/* Reads a row into the arena; 1 if absent. */
must_use int row_load(
    struct store_tx *tx, str table, str key, struct arena *arena, const struct json **out);
str row_get(const struct json *row, const char *name);
int64_t row_int(const struct json *row, const char *name);

/* Rows of the table "certificate". */
must_use int ledger_write_certificate(
    struct store_tx *tx, str serial, const struct ledger_certificate *c, bool fresh);
/* A line of the audit log about a serial number. */
must_use int ledger_log(struct store_tx *tx, const char *event, str serial,
    const struct ledger_certificate *c, str actor, str why);

#endif
