// SPDX-License-Identifier: Apache-2.0
// bundle_load: a bundle's texts, and the state that they become.
#include <lauxlib.h>

#include "core/base/json.h"
#include "core/script/bundle_private.h"
#include "core/script/error.h"
#include "core/script/sandbox.h"
#include "core/script/srccheck.h"

enum { LOADED_MAX = 32, FILES_MAX = 500, SLICE = 1024 };

static const char used_key;   /* registry: file name -> its value */
static const char bundle_key; /* registry: struct bundle */

void bundle_push_used(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &used_key);
}

static const struct bundle_source *find_file(const struct bundle *b, str name)
{
    for (size_t i = 0; i < b->file_count; i++)
        if (str_eq(b->files[i].name, name))
            return &b->files[i];
    return NULL;
}

static struct bundle *bundle_of(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &bundle_key);
    struct bundle *b = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return b;
}

/* A file on its way to the parser, which no hook stops: in slices, each of which is paid for. */
struct feed {
    str rest;
    const char *name;
    int line;
};

static const char *next_slice(lua_State *L, void *arg, size_t *n)
{
    struct feed *f = arg;
    struct host *h = host_of(L);
    str slice = str_of(f->rest.p, f->rest.n < SLICE ? f->rest.n : SLICE);
    host_place(h, f->name, f->line);
    if (!host_spend(h, SLICE / HOST_BYTES_PER_INSTRUCTION))
        luaL_error(L, "%s", host_kill_reason(h));
    for (size_t i = 0; i < slice.n; i++)
        f->line += slice.p[i] == '\n';
    f->rest = str_of(f->rest.p + slice.n, f->rest.n - slice.n);
    *n = slice.n;
    return slice.p;
}

/* use(name) -> the value the file returned; each file runs once */
static int use(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    lua_settop(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &used_key);
    if (lua_getfield(L, 2, name) == LUA_TBOOLEAN && !lua_toboolean(L, -1))
        return luaL_error(L, "files use each other in a circle: %s", name);
    if (!lua_isnil(L, -1))
        return 1;
    lua_pushfstring(L, "%s.lua", name);
    const struct bundle_source *f = find_file(bundle_of(L), str_from(lua_tostring(L, -1)));
    if (!f)
        return luaL_error(L, "there is no file %s.lua", name);
    lua_pushboolean(L, 0);
    lua_setfield(L, 2, name);
    struct feed feed = {f->text, lua_tostring(L, -1), 1};
    lua_pushfstring(L, "=%s", feed.name);
    if (lua_load(L, next_slice, &feed, lua_tostring(L, -1), "t"))
        return lua_error(L);
    lua_call(L, 0, 1);
    if (!lua_toboolean(L, -1))
        lua_pushboolean(L, 1);
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, name);
    return 1;
}

static int load_files(lua_State *L)
{
    struct bundle_entry *c = lua_touserdata(L, 1);
    sandbox_open(L, use);
    lua_createtable(L, 0, 16);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &used_key);
    lua_pushlightuserdata(L, c->bundle);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &bundle_key);
    for (size_t i = 0; i < c->bundle->file_count; i++) {
        str name = c->bundle->files[i].name;
        lua_pushcfunction(L, use);
        lua_pushlstring(L, name.p, name.n - 4);
        lua_call(L, 1, 0);
    }
    return 0;
}

void bundle_unload(struct bundle *b)
{
    if (!b->L)
        return;
    host_drop(&b->host);
    b->L = NULL;
    b->set->stats.loaded--;
}

/* Why a protected call ended; drops the state when it overran. */
int bundle_failed(struct bundle *b, int status, const struct bundle_entry *c, struct err *err)
{
    if (b->host.killed || status == LUA_ERRMEM) {
        err_set(err, E_BUDGET, "%s",
            status == LUA_ERRMEM ? "memory limit reached" : host_kill_reason(&b->host));
        char where[128];
        host_where(&b->host, where, sizeof(where));
        err_at(err, "%s", where);
        b->set->stats.killed++;
        bundle_unload(b);
        return E_BUDGET;
    }
    if (c->code)
        return err_set(err, c->code, "%s", c->why);
    size_t n = 0;
    const char *text = lua_type(b->L, -1) == LUA_TSTRING ? lua_tolstring(b->L, -1, &n) : NULL;
    return error_split(err, E_SCRIPT, text ? str_of(text, n) : STR("error value is no text"));
}

static void make_room(struct bundle_set *set)
{
    while (set->stats.loaded >= LOADED_MAX)
        list_each(it, &set->bundles)
        {
            struct bundle *b = container_of(it, struct bundle, link);
            if (!b->L)
                continue;
            bundle_unload(b);
            break;
        }
}

int bundle_run(struct bundle *b, lua_CFunction f, struct bundle_entry *c, int results)
{
    lua_settop(b->L, 0);
    lua_pushcfunction(b->L, f);
    lua_pushlightuserdata(b->L, c);
    return lua_pcall(b->L, 1, results, 0);
}

int bundle_load(struct bundle *b, struct err *err)
{
    struct bundle_entry c = {.bundle = b};
    const struct bundle_limits *l = &b->set->limits;
    if (b->L)
        return 0;
    make_room(b->set);
    b->host = (struct host){
        .kind = HOST_BUNDLE, .tracked = true, .limit = l->memory, .fail_at = l->fail_at};
    host_grant(&b->host, l->instructions * 20, l->load_ms);
    b->L = host_new_state(&b->host);
    if (!b->L)
        return err_set(err, E_BUDGET, "memory limit reached");
    b->set->stats.loaded++;
    host_arm(b->L);
    int status = bundle_run(b, load_files, &c, 0);
    if (!status && !b->host.killed)
        return 0;
    int rc = bundle_failed(b, status, &c, err);
    bundle_unload(b);
    return rc;
}

int bundle_read_files(struct bundle *b, str files_json, struct err *err)
{
    const struct json *root;
    struct json_iter it;
    int rc = json_parse(files_json, 2, &b->arena, &root, err);
    if (rc)
        return rc;
    if (json_type(root) != JSON_OBJECT || json_count(root) > FILES_MAX)
        return err_set(err, E_INVALID, "a bundle is an object of at most %d files", FILES_MAX);
    b->files = arena_zalloc(&b->arena, json_count(root) + 1, sizeof(*b->files));
    json_iter_init(&it, root);
    while (!rc && json_iter_next(&it)) {
        if (!str_ends(it.name, STR(".lua")))
            continue;
        rc = srccheck(it.name, json_str(it.value), err);
        b->files[b->file_count++] = (struct bundle_source){it.name, json_str(it.value)};
    }
    return rc;
}
