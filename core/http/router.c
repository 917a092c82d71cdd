// SPDX-License-Identifier: Apache-2.0
// router: a tree of path segments. Literal children stand sorted, a parameter beside them.
#include "core/http/router.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/codec.h"

struct node {
    str segment; /* empty for the root and for parameters */
    struct node **literals;
    size_t count;
    struct node *param;
    unsigned methods; /* bits */
    struct route *routes[HTTP_METHODS];
};

struct router {
    void (*hold)(void *owner);
    void (*drop)(void *owner);
    void *owner;
    struct arena arena;
    struct node root;
    struct route **routes; /* in the order of their addition */
    size_t count;
    size_t inside; /* requests */
};

struct router *router_new(void (*hold)(void *owner), void (*drop)(void *owner), void *owner)
{
    struct router *t = mem_zalloc(1, sizeof(*t));
    t->hold = hold;
    t->drop = drop;
    t->owner = owner;
    return t;
}

static void release_node(struct node *n)
{
    for (size_t i = 0; i < n->count; i++)
        release_node(n->literals[i]);
    if (n->param)
        release_node(n->param);
    free(n->literals);
}

void router_free(struct router *t)
{
    if (!t)
        return;
    release_node(&t->root);
    free(t->routes);
    arena_release(&t->arena);
    free(t);
}

static bool is_param(str segment)
{
    return segment.n > 2 && segment.p[0] == '{' && segment.p[segment.n - 1] == '}';
}

static bool is_param_name(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
                s.p[i] == '_'))
            return false;
    return s.n > 0;
}

static bool is_literal(str s)
{
    size_t at = 0;
    int32_t c;
    while ((c = codec_utf8_next(s, &at)) >= 0)
        if (c < 0x21 || (c >= 0x7f && c < 0xa0) || memchr("{}\\%?#/", c, 7))
            return false;
    return c == -1 && s.n && !str_eq(s, STR(".")) && !str_eq(s, STR(".."));
}

/* The first segment of *rest ("a/b" gives "a", leaves "b"). */
static str cut_segment(str *rest)
{
    return str_cut(rest, '/');
}

static const char *fault_of(str pattern)
{
    str names[ROUTE_MAX_PARAMS];
    size_t params = 0, segments = 0;
    if (!pattern.n || pattern.p[0] != '/')
        return "it must begin with a slash";
    if (pattern.n > 1 && pattern.p[pattern.n - 1] == '/')
        return "it must not end with a slash";
    for (str rest = str_slice(pattern, 1, pattern.n); rest.n; segments++) {
        str segment = cut_segment(&rest);
        str name = str_slice(segment, 1, segment.n ? segment.n - 1 : 0);
        if (!is_param(segment)) {
            if (!is_literal(segment))
                return "a segment is literal text or {name}";
            continue;
        }
        if (params == ROUTE_MAX_PARAMS)
            return "it has too many parameters";
        for (size_t i = 0; i < params; i++)
            if (str_eq(names[i], name))
                return "a parameter stands there twice";
        if (!is_param_name(name))
            return "a parameter's name is of a-z, 0-9 and _";
        names[params++] = name;
    }
    return segments > ROUTE_MAX_SEGMENTS ? "it has too many segments" : NULL;
}

/* Where the segment is among the literals, or would be. */
static size_t place_of(const struct node *n, str segment, bool *found)
{
    size_t low = 0, high = n->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_cmp(n->literals[middle]->segment, segment);
        if (!order) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *found = false;
    return low;
}

static struct node *literal_of(struct router *t, struct node *n, str segment)
{
    bool found;
    size_t at = place_of(n, segment, &found);
    if (found)
        return n->literals[at];
    n->literals = mem_realloc(n->literals, (n->count + 1) * sizeof(struct node *));
    memmove(n->literals + at + 1, n->literals + at, (n->count - at) * sizeof(struct node *));
    n->count++;
    n->literals[at] = arena_zalloc(&t->arena, 1, sizeof(struct node));
    n->literals[at]->segment = segment;
    return n->literals[at];
}

static struct node *node_of(struct router *t, str pattern)
{
    struct node *n = &t->root;
    for (str rest = str_slice(pattern, 1, pattern.n); rest.n;) {
        str segment = cut_segment(&rest);
        if (!is_param(segment)) {
            n = literal_of(t, n, segment);
            continue;
        }
        if (!n->param)
            n->param = arena_zalloc(&t->arena, 1, sizeof(struct node));
        n = n->param;
    }
    return n;
}

int router_add(struct router *t, const struct route *route, struct err *err)
{
    const char *fault = fault_of(route->pattern);
    if (fault || route->method >= HTTP_METHODS || !route->handler)
        return err_set(err, E_INVALID, "the route pattern '%.*s' cannot be used: %s",
            STR_ARG(route->pattern), fault ? fault : "method or handler is missing");
    struct route *r = arena_alloc(&t->arena, sizeof(*r));
    *r = *route;
    r->stats = NULL;
    r->pattern = arena_str(&t->arena, route->pattern);
    struct node *n = node_of(t, r->pattern);
    const struct route *old = n->routes[r->method];
    if (old)
        return err_set(err, E_EXISTS, "two routes answer the same requests: %.*s '%.*s' and '%.*s'",
            STR_ARG(http_method_name(r->method)), STR_ARG(old->pattern), STR_ARG(r->pattern));
    n->routes[r->method] = r;
    n->methods |= 1u << r->method;
    t->routes = mem_realloc(t->routes, (t->count + 1) * sizeof(struct route *));
    t->routes[t->count++] = r;
    return 0;
}

size_t router_count(const struct router *t)
{
    return t->count;
}

const struct route *router_at(const struct router *t, size_t index)
{
    return t->routes[index];
}

struct search {
    enum http_method method;
    struct route_match *out;
    str params[ROUTE_MAX_PARAMS];
};

static void take(struct search *s, const struct node *n, size_t params)
{
    s->out->allowed |= n->methods;
    if (s->out->route)
        return;
    const struct route *r = n->routes[s->method];
    if (!r && s->method == HTTP_HEAD)
        r = n->routes[HTTP_GET];
    if (!r)
        return;
    s->out->route = r;
    for (size_t i = 0; i < params; i++)
        s->out->params[i] = s->params[i];
}

/* Walks all nodes that fit the path, the preferred ones first: each node of the tree at most once,
 * so that no path makes this expensive. */
static void walk(struct search *s, const struct node *n, str rest, size_t params)
{
    bool found;
    if (!rest.n) {
        take(s, n, params);
        return;
    }
    str segment = cut_segment(&rest);
    size_t at = place_of(n, segment, &found);
    if (found)
        walk(s, n->literals[at], rest, params);
    if (n->param && params < ROUTE_MAX_PARAMS) {
        s->params[params] = segment;
        walk(s, n->param, rest, params + 1);
    }
}

void router_find(const struct router *t, enum http_method method, str path, struct route_match *out)
{
    struct search s = {.method = method, .out = out};
    out->route = NULL;
    out->allowed = 0;
    if (path.n && path.p[0] == '/' && method < HTTP_METHODS)
        walk(&s, &t->root, str_slice(path, 1, path.n), 0);
    if (out->allowed & 1u << HTTP_GET)
        out->allowed |= 1u << HTTP_HEAD;
}

int route_param_index(const struct route *route, str name)
{
    int index = 0;
    for (str rest = str_slice(route->pattern, 1, route->pattern.n); rest.n;) {
        str segment = cut_segment(&rest);
        if (!is_param(segment))
            continue;
        if (str_eq(str_slice(segment, 1, segment.n - 1), name))
            return index;
        index++;
    }
    return -1;
}

void router_hold(struct router *t)
{
    t->inside++;
    if (t->hold)
        t->hold(t->owner);
}

void router_drop(struct router *t)
{
    t->inside--;
    if (t->drop)
        t->drop(t->owner);
}
