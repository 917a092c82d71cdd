// SPDX-License-Identifier: Apache-2.0
// schema: reading the declaration; every refusal names its place.
#include "store/schema.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"

enum { DEPTH_MAX = 8, PATH_MAX_BYTES = 200 };

struct reader {
    struct arena *arena;
    struct schema *out;
    struct err *err;
};

struct member {
    str name;
    const struct json *value;
};

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

static void put_canonical(struct json_writer *w, const struct json *v, struct arena *arena);

static void put_sorted(struct json_writer *w, const struct json *object, struct arena *arena)
{
    size_t n = 0;
    struct member *members = arena_zalloc(arena, json_count(object) + 1, sizeof(*members));
    struct json_iter it;
    json_iter_init(&it, object);
    while (json_iter_next(&it))
        members[n++] = (struct member){it.name, it.value};
    qsort(members, n, sizeof(*members), by_name);
    json_begin_object(w);
    for (size_t i = 0; i < n; i++) {
        json_key(w, members[i].name);
        put_canonical(w, members[i].value, arena);
    }
    json_end_object(w);
}

static void put_canonical(struct json_writer *w, const struct json *v, struct arena *arena)
{
    if (json_type(v) == JSON_OBJECT) {
        put_sorted(w, v, arena);
    } else if (json_type(v) == JSON_ARRAY) {
        struct json_iter it;
        json_begin_array(w);
        json_iter_init(&it, v);
        while (json_iter_next(&it))
            put_canonical(w, it.value, arena);
        json_end_array(w);
    } else {
        json_put_value(w, v);
    }
}

static str canonical(const struct json *root, struct arena *arena)
{
    struct buf text = {0};
    struct json_writer w = {.out = &text};
    put_canonical(&w, root, arena);
    str s = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return s;
}

static bool is_name(str s, bool dots)
{
    if (!s.n || s.n > SCHEMA_NAME_MAX || s.p[0] < 'a' || s.p[0] > 'z')
        return false;
    for (size_t i = 1; i < s.n; i++) {
        char c = s.p[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        if (!fits && !(dots && c == '.'))
            return false;
    }
    return true;
}

static int read_name(struct reader *r, const struct json *v, const char *what, str *out)
{
    str s = json_str(v);
    if (!is_name(s, false))
        return err_set(r->err, E_INVALID,
            "schema: %s has the name \"%.*s\"; names are [a-z][a-z0-9_]*, at most %d bytes", what,
            STR_ARG(s), SCHEMA_NAME_MAX);
    *out = s;
    return 0;
}

/* A path of member names; returns false for empty members. */
static bool is_path(str s)
{
    if (!s.n || s.n > PATH_MAX_BYTES || s.p[s.n - 1] == '.' || memchr(s.p, 0, s.n))
        return false;
    while (s.n)
        if (!str_cut(&s, '.').n)
            return false;
    return true;
}

/* An empty list and an empty table of Lua look the same. */
static bool is_container(const struct json *v, enum json_type type)
{
    enum json_type is = json_type(v);
    return is == JSON_NULL || is == type ||
           ((is == JSON_ARRAY || is == JSON_OBJECT) && !json_count(v));
}

static int read_paths(
    struct reader *r, const struct json *v, str owner, str fields[SCHEMA_FIELDS_MAX], size_t *count)
{
    struct json_iter it;
    if (!is_container(v, JSON_ARRAY))
        return err_set(r->err, E_INVALID, "schema: the fields of %.*s are no list", STR_ARG(owner));
    json_iter_init(&it, v);
    if (it.left > SCHEMA_FIELDS_MAX)
        return err_set(r->err, E_INVALID, "schema: %.*s has more than %d fields", STR_ARG(owner),
            SCHEMA_FIELDS_MAX);
    while (json_iter_next(&it)) {
        str path = json_str(it.value);
        if (!is_path(path))
            return err_set(r->err, E_INVALID,
                "schema: a field of %.*s is no dotted path of member names", STR_ARG(owner));
        fields[(*count)++] = path;
    }
    return 0;
}

/* Only these members, so that a slip of the pen is not a silent default. */
static int check_members(
    struct reader *r, const struct json *object, str owner, const char *const *allowed)
{
    struct json_iter it;
    if (json_type(object) != JSON_OBJECT)
        return err_set(r->err, E_INVALID, "schema: %.*s is no table of members", STR_ARG(owner));
    json_iter_init(&it, object);
    while (json_iter_next(&it)) {
        size_t i = 0;
        while (allowed[i] && !str_eq(it.name, str_from(allowed[i])))
            i++;
        if (!allowed[i])
            return err_set(r->err, E_INVALID, "schema: %.*s has an unknown member \"%.*s\"",
                STR_ARG(owner), STR_ARG(it.name));
    }
    return 0;
}

static int check_flag(struct reader *r, const struct json *v, str owner)
{
    if (!v || json_type(v) == JSON_BOOL)
        return 0;
    return err_set(
        r->err, E_INVALID, "schema: a flag of %.*s is neither true nor false", STR_ARG(owner));
}

static int read_kind(struct reader *r, str text, struct schema_index *x)
{
    static const char *const kinds[] = {"plain", "blind", "words", "blob"};
    for (size_t i = 0; i < countof(kinds); i++) {
        if (str_eq(text, str_from(kinds[i]))) {
            x->kind = (enum schema_kind)i;
            return 0;
        }
    }
    return err_set(r->err, E_INVALID,
        "schema: %.*s has the kind \"%.*s\"; there are plain, "
        "blind, words, blob",
        STR_ARG(x->database), STR_ARG(text));
}

static int check_index(struct reader *r, const struct schema_table *t, const struct schema_index *x)
{
    const char *why = NULL;
    if (!x->field_count)
        why = "has no fields";
    else if (x->unique && x->kind != SCHEMA_PLAIN && x->kind != SCHEMA_BLIND)
        why = "cannot be unique: only plain and blind ones can";
    else if (x->multi && x->kind == SCHEMA_WORDS)
        why = "cannot be multi: its fields are texts";
    else if ((x->multi || x->kind == SCHEMA_BLOB) && x->field_count != 1)
        why = "has more than one field, which its kind does not allow";
    else if (x->kind == SCHEMA_WORDS && t->key != SCHEMA_KEY_TIME)
        why = "needs a table with time keys";
    for (size_t i = 0; i < t->index_count && !why; i++)
        if (str_eq(t->indexes[i].name, x->name))
            why = "is declared twice";
    return why ? err_set(r->err, E_INVALID, "schema: %.*s %s", STR_ARG(x->database), why) : 0;
}

static int read_index(struct reader *r, const struct json *v, struct schema_table *t)
{
    static const char *const allowed[] = {"name", "kind", "fields", "unique", "multi", NULL};
    struct schema_index *x = &t->indexes[t->index_count];
    int rc = check_members(r, v, t->database, allowed);
    if (!rc)
        rc = read_name(r, json_get(v, STR("name")), "an index", &x->name);
    if (rc)
        return rc;
    x->database = arena_printf(r->arena, "index.%.*s.%.*s", STR_ARG(t->name), STR_ARG(x->name));
    rc = read_kind(r, json_str(json_get(v, STR("kind"))), x);
    if (!rc)
        rc = read_paths(r, json_get(v, STR("fields")), x->database, x->fields, &x->field_count);
    if (!rc)
        rc = check_flag(r, json_get(v, STR("unique")), x->database);
    if (!rc)
        rc = check_flag(r, json_get(v, STR("multi")), x->database);
    x->unique = json_bool(json_get(v, STR("unique")));
    x->multi = json_bool(json_get(v, STR("multi")));
    x->slot = r->out->slots++;
    if (!rc)
        rc = check_index(r, t, x);
    t->index_count++;
    return rc;
}

static bool has_counter(const struct schema *s, str name)
{
    return schema_counter(s, name) != NULL;
}

static int add_counter_name(struct reader *r, const struct json *name, str *out, size_t *total)
{
    int rc = read_name(r, name, "a counter", out);
    if (rc)
        return rc;
    if (has_counter(r->out, *out))
        return err_set(r->err, E_INVALID, "schema: counter %.*s is declared twice", STR_ARG(*out));
    if (++*total > SCHEMA_COUNTERS_MAX)
        return err_set(
            r->err, E_INVALID, "schema: there are more than %d counters", SCHEMA_COUNTERS_MAX);
    return 0;
}

static size_t counters_of_tables(const struct schema *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->table_count; i++)
        n += s->tables[i].counter_count;
    return n;
}

static int read_counter(struct reader *r, const struct json *v, struct schema_table *t)
{
    static const char *const allowed[] = {"name", "by", NULL};
    struct schema_counter c = {0};
    size_t total = counters_of_tables(r->out);
    int rc = check_members(r, v, t->database, allowed);
    if (!rc)
        rc = add_counter_name(r, json_get(v, STR("name")), &c.name, &total);
    if (!rc)
        rc = read_paths(r, json_get(v, STR("by")), c.name, c.by, &c.by_count);
    if (!rc)
        t->counters[t->counter_count++] = c;
    return rc;
}

static int read_key(struct reader *r, const struct json *v, struct schema_table *t)
{
    str kind = json_str(v);
    if (str_eq(kind, STR("time")))
        t->key = SCHEMA_KEY_TIME;
    else if (str_eq(kind, STR("text")))
        t->key = SCHEMA_KEY_TEXT;
    else
        return err_set(r->err, E_INVALID, "schema: %.*s needs key = \"time\" or \"text\"",
            STR_ARG(t->database));
    return 0;
}

typedef int item_fn(struct reader *r, const struct json *v, struct schema_table *t);

static int read_list(struct reader *r, const struct json *list, size_t max, const char *what,
    item_fn *fn, struct schema_table *t)
{
    struct json_iter it;
    int rc = 0;
    if (!is_container(list, JSON_ARRAY))
        return err_set(r->err, E_INVALID, "schema: the %s are no list", what);
    if (json_count(list) > max)
        return err_set(r->err, E_INVALID, "schema: more than %zu %s", max, what);
    json_iter_init(&it, list);
    while (!rc && json_iter_next(&it))
        rc = fn(r, it.value, t);
    return rc;
}

static int read_table(struct reader *r, str name, const struct json *v)
{
    static const char *const allowed[] = {"key", "indexes", "counters", NULL};
    struct schema_table *t = &r->out->tables[r->out->table_count++];
    if (!is_name(name, false) || str_eq(name, STR("outbox")))
        return err_set(r->err, E_INVALID,
            "schema: no table can be called \"%.*s\"; names are [a-z][a-z0-9_]*, at most %d bytes, "
            "and outbox is taken",
            STR_ARG(name), SCHEMA_NAME_MAX);
    t->name = name;
    t->database = arena_printf(r->arena, "rows.%.*s", STR_ARG(name));
    t->slot = r->out->slots++;
    const struct json *indexes = json_get(v, STR("indexes")), *by = json_get(v, STR("counters"));
    t->indexes = arena_zalloc(r->arena, json_count(indexes) + 1, sizeof(*t->indexes));
    t->counters = arena_zalloc(r->arena, json_count(by) + 1, sizeof(*t->counters));
    int rc = check_members(r, v, t->database, allowed);
    if (!rc)
        rc = read_key(r, json_get(v, STR("key")), t);
    if (!rc)
        rc = read_list(r, indexes, SCHEMA_INDEXES_MAX, "indexes of a table", read_index, t);
    if (!rc)
        rc = read_list(r, by, SCHEMA_COUNTERS_MAX, "counters", read_counter, t);
    return rc;
}

static int read_tables(struct reader *r, const struct json *tables)
{
    struct json_iter it;
    int rc = 0;
    if (!is_container(tables, JSON_OBJECT))
        return err_set(r->err, E_INVALID, "schema: tables are declared by name");
    if (json_count(tables) > SCHEMA_TABLES_MAX)
        return err_set(r->err, E_INVALID, "schema: more than %d tables", SCHEMA_TABLES_MAX);
    r->out->tables = arena_zalloc(r->arena, json_count(tables) + 1, sizeof(*r->out->tables));
    json_iter_init(&it, tables);
    while (!rc && json_iter_next(&it))
        rc = read_table(r, it.name, it.value);
    return rc;
}

static int read_free_counter(struct reader *r, const struct json *v, struct schema_table *t)
{
    (void)t;
    struct schema_counter c = {.free = true};
    size_t total = counters_of_tables(r->out) + r->out->counter_count;
    int rc = add_counter_name(r, v, &c.name, &total);
    if (!rc)
        r->out->counters[r->out->counter_count++] = c;
    return rc;
}

static int read_log(struct reader *r, const struct json *v, struct schema_table *t)
{
    (void)t;
    struct schema_log l = {0};
    int rc = read_name(r, v, "a log", &l.name);
    if (rc)
        return rc;
    if (schema_log(r->out, l.name))
        return err_set(r->err, E_INVALID, "schema: log %.*s is declared twice", STR_ARG(l.name));
    l.records = arena_printf(r->arena, "log.%.*s", STR_ARG(l.name));
    l.subjects = arena_printf(r->arena, "subject.%.*s", STR_ARG(l.name));
    l.heads = arena_printf(r->arena, "head.%.*s", STR_ARG(l.name));
    l.slot = r->out->slots;
    r->out->slots += 3;
    r->out->logs[r->out->log_count++] = l;
    return 0;
}

static int read_sequence(struct reader *r, const struct json *v, struct schema_table *t)
{
    static const char *const allowed[] = {"name", "first", NULL};
    struct schema_sequence q = {.first = 1};
    (void)t;
    int rc = check_members(r, v, STR("a sequence"), allowed);
    if (!rc)
        rc = read_name(r, json_get(v, STR("name")), "a sequence", &q.name);
    if (rc)
        return rc;
    const struct json *first = json_get(v, STR("first"));
    if (first)
        q.first = json_int(first);
    /* The last block must not run over the largest number in any sensible life. */
    if (q.first < (first ? 0 : 1) || q.first > INT64_MAX / 2 ||
        (first && json_type(first) != JSON_UINT))
        return err_set(r->err, E_INVALID, "schema: sequence %.*s needs a first number from 0",
            STR_ARG(q.name));
    if (schema_sequence(r->out, q.name))
        return err_set(
            r->err, E_INVALID, "schema: sequence %.*s is declared twice", STR_ARG(q.name));
    r->out->sequences[r->out->sequence_count++] = q;
    return 0;
}

static int read_job(struct reader *r, const struct json *v, struct schema_table *t)
{
    (void)t;
    str name = json_str(v);
    if (!is_name(name, true))
        return err_set(r->err, E_INVALID, "schema: no job can be called \"%.*s\"", STR_ARG(name));
    if (schema_has_job(r->out, name))
        return err_set(r->err, E_INVALID, "schema: job %.*s is declared twice", STR_ARG(name));
    r->out->jobs[r->out->job_count++] = name;
    return 0;
}

static int read_lists(struct reader *r, const struct json *root)
{
    struct schema *s = r->out;
    const struct json *counters = json_get(root, STR("counters"));
    const struct json *logs = json_get(root, STR("logs"));
    const struct json *sequences = json_get(root, STR("sequences"));
    const struct json *jobs = json_get(root, STR("jobs"));
    s->counters = arena_zalloc(r->arena, json_count(counters) + 1, sizeof(*s->counters));
    s->logs = arena_zalloc(r->arena, json_count(logs) + 1, sizeof(*s->logs));
    s->sequences = arena_zalloc(r->arena, json_count(sequences) + 1, sizeof(*s->sequences));
    s->jobs = arena_zalloc(r->arena, json_count(jobs) + 1, sizeof(*s->jobs));
    int rc = read_list(r, counters, SCHEMA_COUNTERS_MAX, "counters", read_free_counter, NULL);
    if (!rc)
        rc = read_list(r, logs, SCHEMA_LOGS_MAX, "logs", read_log, NULL);
    if (!rc)
        rc = read_list(r, sequences, SCHEMA_SEQUENCES_MAX, "sequences", read_sequence, NULL);
    if (!rc)
        rc = read_list(r, jobs, SCHEMA_JOBS_MAX, "jobs", read_job, NULL);
    return rc;
}

int schema_parse(str json, struct arena *arena, struct schema *out, struct err *err)
{
    static const char *const allowed[] = {"tables", "counters", "logs", "sequences", "jobs", NULL};
    struct reader r = {arena, out, err};
    struct err cause;
    const struct json *root;
    *out = (struct schema){0};
    if (json_parse(json, DEPTH_MAX, arena, &root, &cause))
        return err_set(err, E_INVALID, "schema: %s", cause.message);
    int rc = check_members(&r, root, STR("the schema"), allowed);
    if (rc)
        return rc;
    out->json = canonical(root, arena);
    /* Read from the canonical text, so that the order of tables is that of their names. */
    rc = json_parse(out->json, DEPTH_MAX, arena, &root, err);
    if (!rc)
        rc = read_tables(&r, json_get(root, STR("tables")));
    return rc ? rc : read_lists(&r, root);
}
