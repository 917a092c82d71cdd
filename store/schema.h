// SPDX-License-Identifier: Apache-2.0
// schema: the declared tables, indexes, counters, logs, sequences and jobs, parsed from JSON (see
// store/README.md). Read-only once parsed. Knows nothing of LMDB.
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "core/base/arena.h"

enum {
    SCHEMA_TABLES_MAX = 64,
    SCHEMA_INDEXES_MAX = 16, /* of a table */
    SCHEMA_FIELDS_MAX = 8,   /* of an index or counter */
    SCHEMA_COUNTERS_MAX = 128,
    SCHEMA_LOGS_MAX = 16,
    SCHEMA_SEQUENCES_MAX = 64,
    SCHEMA_JOBS_MAX = 128,
    SCHEMA_NAME_MAX = 40
};

enum schema_key { SCHEMA_KEY_TIME, SCHEMA_KEY_TEXT };
enum schema_kind { SCHEMA_PLAIN, SCHEMA_BLIND, SCHEMA_WORDS, SCHEMA_BLOB };

struct schema_index {
    str name;
    str database; /* "index.T.I" */
    enum schema_kind kind;
    size_t field_count;
    str fields[SCHEMA_FIELDS_MAX]; /* dotted paths */
    bool unique;
    bool multi;
    unsigned slot; /* position of its database in the environment's list */
};

struct schema_counter {
    str name;
    size_t by_count; /* 0 for a free counter */
    str by[SCHEMA_FIELDS_MAX];
    bool free; /* tx:add may change it */
};

struct schema_table {
    str name;
    str database; /* "rows.T" */
    enum schema_key key;
    size_t index_count;
    struct schema_index *indexes;
    size_t counter_count;
    struct schema_counter *counters; /* derived from rows */
    unsigned slot;
};

struct schema_log {
    str name;
    str records; /* "log.L" */
    str subjects;
    str heads;
    unsigned slot; /* of records; subjects and heads follow */
};

struct schema_sequence {
    str name;
    int64_t first;
};

struct schema {
    str json; /* canonical */
    size_t table_count;
    struct schema_table *tables; /* by name */
    size_t counter_count;
    struct schema_counter *counters; /* free ones */
    size_t log_count;
    struct schema_log *logs;
    size_t sequence_count;
    struct schema_sequence *sequences;
    size_t job_count;
    str *jobs;
    unsigned slots; /* databases of tables, indexes and logs */
};

/* Parses and checks; everything lives in the arena. E_INVALID with a sentence that names the place.
 */
must_use int schema_parse(str json, struct arena *arena, struct schema *out, struct err *err);
/* Whether `now` may open a store made with `before`: only added tables, logs, sequences, jobs, free
 * counters. E_CONFIG with the first difference. */
must_use int schema_extends(const struct schema *before, const struct schema *now, struct err *err);

/* By name, or NULL. */
const struct schema_table *schema_table(const struct schema *s, str name);
const struct schema_index *schema_index(const struct schema_table *t, str name);
const struct schema_log *schema_log(const struct schema *s, str name);
const struct schema_sequence *schema_sequence(const struct schema *s, str name);
/* Free and derived ones. */
const struct schema_counter *schema_counter(const struct schema *s, str name);
bool schema_has_job(const struct schema *s, str name);

/* Whether what is stored for the one serves the other. */
bool schema_same_index(const struct schema_index *a, const struct schema_index *b);
bool schema_same_counter(const struct schema_counter *a, const struct schema_counter *b);

#endif
