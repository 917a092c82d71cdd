// SPDX-License-Identifier: Apache-2.0
// json: RFC 8259 over yyjson. 64-bit integers stay integers, [] stays an array, order is kept,
// duplicate keys are refused. A value is read-only and lives in the arena it was parsed into.
// Writing goes straight into a buf.
#ifndef CORE_BASE_JSON_H
#define CORE_BASE_JSON_H

#include "core/base/arena.h"
#include "core/base/buf.h"

struct json; /* one value of a parsed document */

enum json_type {
    JSON_NULL,
    JSON_BOOL,
    JSON_INT,
    JSON_UINT,
    JSON_REAL,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

/* Parses a whole text (UTF-8, at most max_depth nested containers, no duplicate keys, no NaN). The
 * root lives in the arena. E_PARSE with the byte position in err, E_TOO_BIG for the depth. */
must_use int json_parse(
    str text, int max_depth, struct arena *arena, const struct json **root, struct err *err);

enum json_type json_type(const struct json *v);
/* Readers give the zero value when the type is another (NULL v included). */
bool json_bool(const struct json *v);
int64_t json_int(const struct json *v);   /* also JSON_UINT up to INT64_MAX; 0 above */
uint64_t json_uint(const struct json *v); /* also JSON_INT from 0 */
double json_real(const struct json *v);   /* any number */
str json_str(const struct json *v);
bool json_is_str(const struct json *v);
/* Members or elements. */
size_t json_count(const struct json *v);
/* Member by name, or NULL. */
const struct json *json_get(const struct json *object, str name);
/* Element by index, or NULL. Linear. */
const struct json *json_at(const struct json *array, size_t index);
/* Value at a dotted path of member names ("unit.uscc"), or NULL. */
const struct json *json_path(const struct json *root, str path);
/* Whether two values are the same, NULL being null; members in the same order. */
bool json_same(const struct json *a, const struct json *b);

/* Walks an array (name stays empty) or an object. */
struct json_iter {
    const struct json *container; /* private */
    void *state;                  /* private */
    size_t left;                  /* private */
    str name;                     /* member name, valid as long as the document */
    const struct json *value;
};
void json_iter_init(struct json_iter *it, const struct json *container);
/* False at the end. */
bool json_iter_next(struct json_iter *it);

/* Writer: appends to a buf; commas are its own business. Depth at most 64. Zero-initialise, then
 * set out. */
struct json_writer {
    struct buf *out;
    uint64_t more;  /* private: one bit per level: a comma is due */
    int depth;      /* private */
    bool after_key; /* private */
};
void json_begin_object(struct json_writer *w);
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w);
void json_end_array(struct json_writer *w);
void json_key(struct json_writer *w, str name);
void json_put_null(struct json_writer *w);
void json_put_bool(struct json_writer *w, bool v);
void json_put_int(struct json_writer *w, int64_t v);
void json_put_uint(struct json_writer *w, uint64_t v);
/* Shortest form that reads back the same; not finite becomes null. */
void json_put_real(struct json_writer *w, double v);
/* Escaped; bytes that are not UTF-8 become U+FFFD. */
void json_put_str(struct json_writer *w, str v);
/* Ready JSON text, copied as it is. */
void json_put_raw(struct json_writer *w, str json_text);
/* A parsed value, written compactly. */
void json_put_value(struct json_writer *w, const struct json *v);

#endif
