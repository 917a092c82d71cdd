// SPDX-License-Identifier: Apache-2.0
// json: reading through yyjson.
#include "core/base/json.h"

#include <string.h>
#include <yyjson.h>

/* struct json is yyjson_val under another name; these two are the only casts. */
static yyjson_val *val_of(const struct json *v)
{
    return (yyjson_val *)(uintptr_t)v;
}

static const struct json *json_of(yyjson_val *v)
{
    return (const struct json *)v;
}

static void *arena_malloc(void *ctx, size_t size)
{
    return arena_alloc(ctx, size);
}

static void *arena_realloc(void *ctx, void *old, size_t old_size, size_t size)
{
    void *p = arena_alloc(ctx, size);
    memcpy(p, old, old_size < size ? old_size : size);
    return p;
}

static void arena_no_free(void *ctx, void *p)
{
    (void)ctx;
    (void)p;
}

/* A set of a large object's names: open addressing over their hashes. */
static bool has_duplicate_large(yyjson_val *object, struct arena *arena)
{
    size_t cap = 64;
    while (cap < yyjson_obj_size(object) * 2)
        cap *= 2;
    str *seen = arena_zalloc(arena, cap, sizeof(*seen));
    size_t i, max;
    yyjson_val *name, *value;
    yyjson_obj_foreach(object, i, max, name, value)
    {
        str s = str_of(yyjson_get_str(name), yyjson_get_len(name));
        size_t at = (size_t)str_hash(s) & (cap - 1);
        while (seen[at].p && !str_eq(seen[at], s))
            at = (at + 1) & (cap - 1);
        if (seen[at].p)
            return true;
        seen[at] = s;
    }
    return false;
}

static bool names_equal(yyjson_val *a, yyjson_val *b)
{
    return yyjson_get_len(a) == yyjson_get_len(b) &&
           memcmp(yyjson_get_str(a), yyjson_get_str(b), yyjson_get_len(a)) == 0;
}

static bool has_duplicate(yyjson_val *object, struct arena *arena)
{
    if (yyjson_obj_size(object) > 16)
        return has_duplicate_large(object, arena);
    size_t i, j, max, jmax;
    yyjson_val *name, *value, *other, *other_value;
    yyjson_obj_foreach(object, i, max, name, value)
    {
        yyjson_obj_foreach(object, j, jmax, other, other_value)
        {
            if (j < i && names_equal(name, other))
                return true;
        }
    }
    return false;
}

static int check_value(yyjson_val *v, int depth_left, struct arena *arena, struct err *err)
{
    size_t i, max;
    yyjson_val *name, *value;
    if (!yyjson_is_ctn(v))
        return 0;
    if (depth_left <= 0)
        return err_set(err, E_TOO_BIG, "JSON is nested too deeply");
    int rc = 0;
    if (yyjson_is_arr(v)) {
        yyjson_arr_foreach(v, i, max, value)
        {
            if (!rc)
                rc = check_value(value, depth_left - 1, arena, err);
        }
        return rc;
    }
    if (has_duplicate(v, arena))
        return err_set(err, E_PARSE, "JSON object has a duplicate name");
    yyjson_obj_foreach(v, i, max, name, value)
    {
        if (!rc)
            rc = check_value(value, depth_left - 1, arena, err);
    }
    return rc;
}

int json_parse(
    str text, int max_depth, struct arena *arena, const struct json **root, struct err *err)
{
    yyjson_alc alc = {arena_malloc, arena_realloc, arena_no_free, arena};
    yyjson_read_err cause;
    if (!text.n)
        return err_set(err, E_PARSE, "JSON is empty");
    yyjson_doc *doc = yyjson_read_opts((char *)(uintptr_t)text.p, text.n, 0, &alc, &cause);
    if (!doc)
        return err_set(err, E_PARSE, "JSON at byte %zu: %s", cause.pos, cause.msg);
    *root = json_of(yyjson_doc_get_root(doc));
    return check_value(val_of(*root), max_depth, arena, err);
}

enum json_type json_type(const struct json *v)
{
    yyjson_val *y = val_of(v);
    switch (yyjson_get_type(y)) {
    case YYJSON_TYPE_BOOL:
        return JSON_BOOL;
    case YYJSON_TYPE_NUM:
        return yyjson_is_real(y) ? JSON_REAL : yyjson_is_sint(y) ? JSON_INT : JSON_UINT;
    case YYJSON_TYPE_STR:
        return JSON_STRING;
    case YYJSON_TYPE_ARR:
        return JSON_ARRAY;
    case YYJSON_TYPE_OBJ:
        return JSON_OBJECT;
    default:
        return JSON_NULL;
    }
}

bool json_bool(const struct json *v)
{
    return yyjson_get_bool(val_of(v));
}

int64_t json_int(const struct json *v)
{
    yyjson_val *y = val_of(v);
    if (yyjson_is_sint(y))
        return yyjson_get_sint(y);
    uint64_t u = yyjson_get_uint(y);
    return u <= INT64_MAX ? (int64_t)u : 0;
}

uint64_t json_uint(const struct json *v)
{
    yyjson_val *y = val_of(v);
    if (yyjson_is_uint(y))
        return yyjson_get_uint(y);
    int64_t s = yyjson_get_sint(y);
    return s > 0 ? (uint64_t)s : 0;
}

double json_real(const struct json *v)
{
    return yyjson_get_num(val_of(v));
}

str json_str(const struct json *v)
{
    yyjson_val *y = val_of(v);
    return yyjson_is_str(y) ? str_of(yyjson_get_str(y), yyjson_get_len(y)) : (str){NULL, 0};
}

bool json_is_str(const struct json *v)
{
    return yyjson_is_str(val_of(v));
}

size_t json_count(const struct json *v)
{
    yyjson_val *y = val_of(v);
    return yyjson_is_arr(y) ? yyjson_arr_size(y) : yyjson_obj_size(y);
}

const struct json *json_get(const struct json *object, str name)
{
    return json_of(yyjson_obj_getn(val_of(object), name.p ? name.p : "", name.n));
}

const struct json *json_at(const struct json *array, size_t index)
{
    return json_of(yyjson_arr_get(val_of(array), index));
}

const struct json *json_path(const struct json *root, str path)
{
    while (root && path.n)
        root = json_get(root, str_cut(&path, '.'));
    return root;
}

void json_iter_init(struct json_iter *it, const struct json *container)
{
    yyjson_val *v = val_of(container);
    *it = (struct json_iter){.container = container, .left = json_count(container)};
    if (!it->left)
        return;
    if (yyjson_is_arr(v)) {
        it->state = yyjson_arr_get_first(v);
        return;
    }
    yyjson_obj_iter members;
    yyjson_obj_iter_init(v, &members);
    it->state = yyjson_obj_iter_next(&members);
}

bool json_iter_next(struct json_iter *it)
{
    if (!it->left)
        return false;
    yyjson_val *at = it->state;
    if (yyjson_is_obj(val_of(it->container))) {
        it->name = str_of(yyjson_get_str(at), yyjson_get_len(at));
        at = yyjson_obj_iter_get_val(at);
    }
    it->value = json_of(at);
    it->left--;
    /* The next value follows the whole of this one: yyjson stores a container's size in its own
     * head. */
    it->state = it->left ? unsafe_yyjson_get_next(at) : NULL;
    return true;
}

static bool same_members(const struct json *a, const struct json *b)
{
    struct json_iter x, y;
    json_iter_init(&x, a);
    json_iter_init(&y, b);
    while (json_iter_next(&x) && json_iter_next(&y))
        if (!str_eq(x.name, y.name) || !json_same(x.value, y.value))
            return false;
    return true;
}

bool json_same(const struct json *a, const struct json *b)
{
    enum json_type type = json_type(a);
    if (type != json_type(b))
        return false;
    switch (type) {
    case JSON_NULL:
        return true;
    case JSON_BOOL:
        return json_bool(a) == json_bool(b);
    case JSON_STRING:
        return str_eq(json_str(a), json_str(b));
    case JSON_ARRAY:
    case JSON_OBJECT:
        return json_count(a) == json_count(b) && same_members(a, b);
    default:
        return yyjson_equals(val_of(a), val_of(b));
    }
}
