// SPDX-License-Identifier: Apache-2.0
// record: rows of this folder as JSON objects: written member by member, read into an arena.
#ifndef CORE_DOMAIN_RECORD_H
#define CORE_DOMAIN_RECORD_H

#include "core/base/json.h"
#include "core/domain/domain.h"

/* A row being written. Fields are private. */
struct record {
    struct store_tx *tx;
    struct buf json;
    struct json_writer writer;
};

/* Begins a row that notes now as "at" and the actor as "by" (NULL: the system). */
void record_begin(struct record *r, struct store_tx *tx, const struct domain_actor *by);
/* Begins with the members of an earlier row, but those named in `without` (NULL-ended). */
void record_begin_from(
    struct record *r, struct store_tx *tx, const struct json *row, const char *const *without);
void record_str(struct record *r, const char *name, str value);
void record_int(struct record *r, const char *name, int64_t value);
/* Both take the record. */
must_use int record_insert(struct record *r, str table, char key[STORE_KEY_TEXT + 1]);
must_use int record_put(struct record *r, str table, str key);

/* Reads a row; 1 if absent. */
must_use int record_load(
    struct store_tx *tx, str table, str key, struct arena *arena, const struct json **out);
/* The only row under index = value: 0 with key (26 characters) and row, 1 if none. */
must_use int record_find(struct store_tx *tx, str table, str index, const str *values, size_t count,
    struct arena *arena, str *key, const struct json **row);

/* Calls fn(arg, key, row) for each row whose index fields begin with the values; stops and returns
 * fn's value when it is not 0. */
typedef int record_fn(void *arg, str key, const struct json *row);
must_use int record_each(struct store_tx *tx, str table, str index, const str *values, size_t count,
    record_fn *fn, void *arg);

/* A line of the audit log about `subject`: {"event", "key", "by"}. */
must_use int record_audit(
    struct store_tx *tx, const struct domain_actor *by, str subject, const char *event, str key);

/* The same member of a row as text or number; empty or 0 without it. */
str record_get(const struct json *row, const char *name);
int64_t record_number(const struct json *row, const char *name);

#endif
