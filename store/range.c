// SPDX-License-Identifier: Apache-2.0
// range: from names and JSON values to the borders of a walk.
#include "core/base/codec.h"
#include "store/iter_private.h"

enum { BLIND_SIZE = 16, POSITION_MAX = 511 };

static int bad(struct err *err, const char *why)
{
    return err_set(err, E_INVALID, "range: %s", why);
}

static int parse_value(struct store_iter *it, str text, const struct json **out, struct err *err)
{
    if (json_parse(text, 2, &it->tx->scratch, out, NULL))
        return bad(err, "a border is no JSON");
    return 0;
}

/* Appends the tuple of `equal`; counts its values. */
static int put_equal(
    struct store_iter *it, str equal, struct buf *out, size_t *count, struct err *err)
{
    const struct json *values = NULL;
    struct json_iter v;
    int rc = equal.n ? parse_value(it, equal, &values, err) : 0;
    if (rc)
        return rc;
    *count = json_count(values);
    if (*count > it->index->field_count || (*count && json_type(values) != JSON_ARRAY))
        return bad(err, "equal is no list of the index's leading fields");
    json_iter_init(&v, values);
    while (!rc && json_iter_next(&v))
        rc = tuple_put(out, v.value) ? bad(err, "equal has a value that no index holds") : 0;
    return rc;
}

/* Appends a border's value to b. */
static int put_border(struct store_iter *it, str text, struct buf *b, struct err *err)
{
    const struct json *v;
    int rc = parse_value(it, text, &v, err);
    if (!rc && tuple_put(b, v))
        rc = bad(err, "a border is a value that no index holds");
    return rc;
}

static int plain_borders(struct store_iter *it, const struct store_range *r, struct err *err)
{
    struct walk *w = &it->walk;
    size_t count = 0;
    int rc = put_equal(it, r->equal, &w->lower, &count, err);
    if (rc)
        return rc;
    if ((r->from.n || r->to.n) && count == it->index->field_count)
        return bad(err, "equal leaves no field for from and to");
    buf_append(&w->upper, buf_str(&w->lower));
    if (r->to.n)
        rc = put_border(it, r->to, &w->upper, err);
    else
        walk_successor(&w->upper);
    if (!rc && r->from.n)
        rc = put_border(it, r->from, &w->lower, err);
    return rc;
}

static int blind_borders(struct store_iter *it, const struct store_range *r, struct err *err)
{
    struct buf tuple = {0};
    uint8_t mac[KEYS_HASH];
    size_t count = 0;
    int rc = put_equal(it, r->equal, &tuple, &count, err);
    if (!rc && count != it->index->field_count)
        rc = bad(err, "a blind index answers only to all its fields");
    if (!rc) {
        keys_blind(it->tx->store->keys, it->index->database, buf_str(&tuple), mac);
        walk_prefix(&it->walk, str_of(mac, BLIND_SIZE));
    }
    buf_release(&tuple);
    return rc;
}

static int blob_borders(struct store_iter *it, const struct store_range *r, struct err *err)
{
    const struct json *values = NULL;
    struct buf raw = {0};
    int rc = r->equal.n ? parse_value(it, r->equal, &values, err) : 0;
    if (rc || !json_count(values))
        return rc;
    if (json_count(values) != 1 || codec_unhex(&raw, json_str(json_at(values, 0))) ||
        raw.n != BLIND_SIZE)
        rc = bad(err, "equal is no list of one blob's name");
    else
        walk_prefix(&it->walk, buf_str(&raw));
    buf_release(&raw);
    return rc;
}

static int index_borders(struct store_iter *it, const struct store_range *r, struct err *err)
{
    if (it->index->kind == SCHEMA_PLAIN)
        return plain_borders(it, r, err);
    if (r->from.n || r->to.n)
        return bad(err, "only a plain index has an order for from and to");
    return it->index->kind == SCHEMA_BLIND ? blind_borders(it, r, err) : blob_borders(it, r, err);
}

static int primary_borders(struct store_iter *it, const struct store_range *r, struct err *err)
{
    struct walk *w = &it->walk;
    if (r->equal.n)
        return bad(err, "equal needs an index");
    if ((r->from.n && rowkey_read(it->place.key, r->from, &w->lower)) ||
        (r->to.n && rowkey_read(it->place.key, r->to, &w->upper)))
        return bad(err, "from and to are keys of the table");
    return 0;
}

int range_after(struct walk *w, str head, str position, struct err *err)
{
    struct buf at = {0};
    if (!position.n)
        return 0;
    buf_append(&at, head);
    if (codec_unbase64url(&at, position) || at.n == head.n || at.n > POSITION_MAX) {
        buf_release(&at);
        return bad(err, "after is no position of an earlier row");
    }
    struct buf *border = w->descending ? &w->upper : &w->lower;
    if (!w->descending)
        buf_append_byte(&at, '\0'); /* the first key behind it */
    int order = str_cmp(buf_str(&at), buf_str(border));
    if (w->descending ? !border->n || order < 0 : order > 0) {
        buf_clear(border);
        buf_append(border, buf_str(&at));
    }
    buf_release(&at);
    return 0;
}

int range_borders(struct store_iter *it, const struct store_range *r, struct err *err)
{
    if (r->text.n)
        return bad(err, "text needs an index of kind words");
    it->walk.descending = r->descending;
    arena_clear(&it->tx->scratch);
    int rc = it->index ? index_borders(it, r, err) : primary_borders(it, r, err);
    if (!rc)
        rc = range_after(&it->walk, (str){NULL, 0}, r->after, err);
    if (!rc && (it->walk.lower.n > POSITION_MAX + 1 || it->walk.upper.n > POSITION_MAX + 1))
        rc = err_set(err, E_TOO_BIG, "range: a border is too long");
    return rc;
}
