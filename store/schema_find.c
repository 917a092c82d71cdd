// SPDX-License-Identifier: Apache-2.0
// schema_find: looking up what is declared, and what a schema may have more than another.
#include "store/schema.h"

const struct schema_table *schema_table(const struct schema *s, str name)
{
    size_t low = 0, high = s->table_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_cmp(name, s->tables[middle].name);
        if (!order)
            return &s->tables[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct schema_index *schema_index(const struct schema_table *t, str name)
{
    for (size_t i = 0; i < t->index_count; i++)
        if (str_eq(t->indexes[i].name, name))
            return &t->indexes[i];
    return NULL;
}

const struct schema_log *schema_log(const struct schema *s, str name)
{
    for (size_t i = 0; i < s->log_count; i++)
        if (str_eq(s->logs[i].name, name))
            return &s->logs[i];
    return NULL;
}

const struct schema_sequence *schema_sequence(const struct schema *s, str name)
{
    for (size_t i = 0; i < s->sequence_count; i++)
        if (str_eq(s->sequences[i].name, name))
            return &s->sequences[i];
    return NULL;
}

static const struct schema_counter *find_counter(
    const struct schema_counter *list, size_t count, str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].name, name))
            return &list[i];
    return NULL;
}

const struct schema_counter *schema_counter(const struct schema *s, str name)
{
    const struct schema_counter *found = find_counter(s->counters, s->counter_count, name);
    for (size_t i = 0; i < s->table_count && !found; i++)
        found = find_counter(s->tables[i].counters, s->tables[i].counter_count, name);
    return found;
}

bool schema_has_job(const struct schema *s, str name)
{
    for (size_t i = 0; i < s->job_count; i++)
        if (str_eq(s->jobs[i], name))
            return true;
    return false;
}

static bool same_fields(const str *a, size_t a_count, const str *b, size_t b_count)
{
    if (a_count != b_count)
        return false;
    for (size_t i = 0; i < a_count; i++)
        if (!str_eq(a[i], b[i]))
            return false;
    return true;
}

bool schema_same_index(const struct schema_index *a, const struct schema_index *b)
{
    return str_eq(a->name, b->name) && a->kind == b->kind && a->unique == b->unique &&
           a->multi == b->multi &&
           same_fields(a->fields, a->field_count, b->fields, b->field_count);
}

bool schema_same_counter(const struct schema_counter *a, const struct schema_counter *b)
{
    return str_eq(a->name, b->name) && same_fields(a->by, a->by_count, b->by, b->by_count);
}

static int changed(struct err *err, const char *kind, str name, const char *how)
{
    return err_set(err, E_CONFIG,
        "the schema changed: %s %.*s %s; run `certhall store migrate BACKUP` first: BACKUP is an "
        "empty folder, which the old state is copied to",
        kind, STR_ARG(name), how);
}

static int table_extends(
    const struct schema_table *before, const struct schema_table *now, struct err *err)
{
    if (!now)
        return changed(err, "table", before->name, "is gone");
    if (before->key != now->key)
        return changed(err, "table", before->name, "has another kind of key");
    if (before->index_count != now->index_count)
        return changed(err, "table", before->name, "has other indexes");
    for (size_t i = 0; i < before->index_count; i++)
        if (!schema_same_index(&before->indexes[i], &now->indexes[i]))
            return changed(err, "index", before->indexes[i].database, "is another one");
    if (before->counter_count != now->counter_count)
        return changed(err, "table", before->name, "has other counters");
    for (size_t i = 0; i < before->counter_count; i++)
        if (!schema_same_counter(&before->counters[i], &now->counters[i]))
            return changed(err, "counter", before->counters[i].name, "is another one");
    return 0;
}

static int sequence_extends(
    const struct schema_sequence *before, const struct schema_sequence *now, struct err *err)
{
    if (!now)
        return changed(err, "sequence", before->name, "is gone");
    return before->first == now->first ? 0
                                       : changed(err, "sequence", before->name, "begins elsewhere");
}

int schema_extends(const struct schema *before, const struct schema *now, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < before->table_count && !rc; i++)
        rc = table_extends(&before->tables[i], schema_table(now, before->tables[i].name), err);
    for (size_t i = 0; i < before->sequence_count && !rc; i++)
        rc = sequence_extends(
            &before->sequences[i], schema_sequence(now, before->sequences[i].name), err);
    for (size_t i = 0; i < before->counter_count && !rc; i++)
        if (!find_counter(now->counters, now->counter_count, before->counters[i].name))
            rc = changed(err, "counter", before->counters[i].name, "is gone");
    for (size_t i = 0; i < before->log_count && !rc; i++)
        if (!schema_log(now, before->logs[i].name))
            rc = changed(err, "log", before->logs[i].name, "is gone");
    for (size_t i = 0; i < before->job_count && !rc; i++)
        if (!schema_has_job(now, before->jobs[i]))
            rc = changed(err, "job", before->jobs[i], "is gone");
    return rc;
}
