// SPDX-License-Identifier: Apache-2.0
// lib_topics: event streams: who may listen is asked when a stream opens and again every minute; an
// event says only that a topic changed.
#include <stdlib.h>

#include "core/http/topics.h"
#include "core/script/error.h"
#include "core/script/lib.h"
#include "core/script/route.h"
#include "core/script/state.h"
#include "core/script/web.h"

/* One open stream; freed when it has ended and no check is under way. */
struct stream {
    struct script *script;
    struct buf session, pattern;
    bool checking; /* a task asks the scripts */
    bool asking;   /* inside `allowed`, which gives the answer itself */
    bool denied, ended;
};

static void release(struct stream *s)
{
    if (!s->ended || s->checking)
        return;
    buf_release(&s->session);
    buf_release(&s->pattern);
    free(s);
}

/* The route of the same pattern in the generation that serves now. */
static const struct route_def *find_route(const struct stream *s)
{
    const struct generation *g = s->script->live;
    for (size_t i = 0; i < g->route_count; i++)
        if (g->routes[i].route.flags & ROUTE_EVENTS &&
            str_eq(g->routes[i].route.pattern, buf_str(&s->pattern)))
            return &g->routes[i];
    return NULL;
}

static int push_check(lua_State *L, struct task *t)
{
    const struct stream *s = t->owner;
    lua_rawgeti(L, LUA_REGISTRYINDEX, (lua_Integer)t->data);
    lua_pushlstring(L, s->session.p, s->session.n);
    return 1;
}

static void read_check(lua_State *L, struct task *t, int count)
{
    struct stream *s = t->owner;
    s->denied = count == 0 || !lua_toboolean(L, 1);
}

static void check_ended(struct task *t, const struct failure *f)
{
    struct stream *s = t->owner;
    s->checking = false;
    s->denied = s->denied || f != NULL;
    if (s->asking)
        return;
    if (s->denied && !s->ended)
        topics_end_session(s->script->opts.topics, buf_str(&s->session));
    release(s);
}

static const struct task_kind check_kind = {push_check, read_check, check_ended};

/* Asks the scripts; an answer that takes a wait comes later and then ends the stream itself. */
static bool allowed(void *arg)
{
    struct stream *s = arg;
    const struct route_def *d = find_route(s);
    if (!d || s->denied)
        return false;
    if (d->recheck == LUA_NOREF || s->checking)
        return true;
    struct task *t = task_new(s->script->live, &check_kind, s);
    if (!t)
        return true;
    t->data = d->recheck;
    s->checking = s->asking = true;
    task_start(t);
    s->asking = false;
    return !s->denied;
}

static void ended(void *arg)
{
    struct stream *s = arg;
    s->ended = true;
    release(s);
}

/* The list at the top as borrowed names. */
static size_t read_topics(lua_State *L, str *out)
{
    luaL_argcheck(L, lua_istable(L, -1), 1, "topics: a list");
    size_t n = lua_rawlen(L, -1);
    luaL_argcheck(L, n >= 1 && n <= TOPICS_MAX, 1, "topics: 1 to 16");
    for (size_t i = 0; i < n; i++) {
        luaL_argcheck(L, lua_rawgeti(L, -1, (lua_Integer)i + 1) == LUA_TSTRING, 1, "topics: texts");
        out[i] = lib_check_str(L, -1);
        lua_pop(L, 1); /* stays in the list */
    }
    return n;
}

/* Stack: 1 the request, 2 what authorise returned. */
static int subscribe(lua_State *L)
{
    str names[TOPICS_MAX];
    if (!lua_toboolean(L, 2))
        return error_raise(L, E_DENIED, "没有权限");
    struct request *r = web_answer(L);
    struct script *script = task_current(L)->gen->script;
    luaL_checktype(L, 2, LUA_TTABLE);
    str session = lib_field_str(L, 2, "session");
    lua_getfield(L, 2, "topics");
    size_t n = read_topics(L, names);
    if (!script->opts.topics)
        return error_raise(L, E_UNSUPPORTED, "event streams are not configured");
    struct stream *s = mem_zalloc(1, sizeof(*s));
    s->script = script;
    buf_append(&s->session, session);
    buf_append(&s->pattern, request_route(r)->pattern);
    const struct subscription sub = {.topics = names,
        .count = n,
        .session = buf_str(&s->session),
        .allowed = allowed,
        .ended = ended,
        .arg = s};
    web_answered(L);
    topics_subscribe(script->opts.topics, r, &sub);
    return 0;
}

static int authorised(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    return subscribe(L);
}

/* The handler of an event route; upvalue: authorise */
static int open_stream(lua_State *L)
{
    (void)web_check(L);
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, 1);
    lua_callk(L, 1, 1, 0, authorised);
    return authorised(L, LUA_OK, 0);
}

/* http.events(pattern, authorise, recheck): a GET route that streams events. authorise(request) ->
 * {topics, session}, or nil: 403; recheck(session) -> boolean is asked every minute */
static int declare_events(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TFUNCTION);
    if (!lua_isnoneornil(L, 3))
        luaL_checktype(L, 3, LUA_TFUNCTION);
    lua_settop(L, 3);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, open_stream, 1);
    lua_replace(L, 2);
    lua_pushvalue(L, 3);
    int recheck = lua_isnil(L, -1) ? LUA_NOREF : luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pushnil(L);
    lua_replace(L, 3);
    lua_settop(L, 3);
    struct route_def *d = route_declare(L, HTTP_GET);
    d->recheck = recheck;
    d->route.flags |= ROUTE_EVENTS | ROUTE_API | ROUTE_NO_STORE;
    return 0;
}

void lib_topics_add_events(lua_State *L)
{
    lua_pushcfunction(L, declare_events);
    lua_setfield(L, -2, "events");
}

static struct topics *topics_of(lua_State *L)
{
    struct task *t = task_current(L);
    if (t->in_tx)
        error_raise(L, E_UNSUPPORTED, "a transaction body may run again: tell after store.tx");
    return t->gen->script->opts.topics;
}

/* topics.publish(topic): tells those who listen that it changed */
static int publish(lua_State *L)
{
    struct topics *t = topics_of(L);
    str topic = lib_check_str(L, 1);
    luaL_argcheck(L, topic.n >= 1 && topic.n <= TOPICS_NAME, 1, "1 to 128 bytes");
    if (t)
        topics_publish(t, topic);
    return 0;
}

/* topics.end_session(session): ends its streams, for a logout */
static int end_session(lua_State *L)
{
    struct topics *t = topics_of(L);
    str session = lib_check_str(L, 1);
    if (t)
        topics_end_session(t, session);
    return 0;
}

static const luaL_Reg functions[] = {
    {"end_session", end_session},
    {"publish", publish},
    {NULL, NULL},
};

int lib_topics_open(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
