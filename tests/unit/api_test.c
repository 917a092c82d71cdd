// SPDX-License-Identifier: Apache-2.0
// scripts/api.lua names exactly what scripts are given: each list is compared both ways with the
// names that a real generation and a real state of business rules hold.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "core/loop/work.h"
#include "core/script/sandbox.h"
#include "core/script/state.h"

enum { NAMES = 400, NAME = 80 };

struct names {
    char list[NAMES][NAME];
    size_t n;
};

struct world {
    lua_State *api; /* scripts/api.lua stands on its stack */
    struct names given, listed;
};

static void add(struct names *names, const char *before, const char *dot, const char *name)
{
    assert_true(names->n < NAMES);
    snprintf(names->list[names->n++], NAME, "%s%s%s", before, dot, name);
}

static bool has(const struct names *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++)
        if (!strcmp(names->list[i], name))
            return true;
    return false;
}

/* Replaces a read-only table on top by the real one behind it. */
static void open_frozen(lua_State *L)
{
    if (!lua_getmetatable(L, -1))
        return;
    lua_pushliteral(L, "__index");
    if (lua_rawget(L, -2) == LUA_TTABLE)
        lua_replace(L, -3);
    else
        lua_pop(L, 1);
    lua_pop(L, 1);
}

/* The names of the table on top; of a module with "module." before them. */
static void collect(lua_State *L, struct names *out, const char *module)
{
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        const char *name = lua_tostring(L, -2);
        if (*module || !lua_istable(L, -1)) {
            add(out, module, *module ? "." : "", name);
            continue;
        }
        lua_pushvalue(L, -1);
        open_frozen(L);
        collect(L, out, name);
        lua_pop(L, 1);
    }
}

static void collect_globals(lua_State *L, struct names *out)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    open_frozen(L);
    collect(L, out, "");
    lua_settop(L, 0);
}

static void collect_methods(lua_State *L, struct names *out, const char *type)
{
    luaL_getmetatable(L, type);
    lua_getfield(L, -1, "__index");
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        add(out, type, ":", lua_tostring(L, -2));
    lua_settop(L, 0);
}

/* Rows {signature, sentence} of one list; the name ends before "(", "{" or a space. */
static void read_list(struct world *w, const char *list)
{
    lua_State *L = w->api;
    lua_getfield(L, 1, list);
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TTABLE; i++, lua_pop(L, 1)) {
        char name[NAME];
        lua_rawgeti(L, -1, 1);
        lua_rawgeti(L, -2, 2);
        str signature = str_from(lua_tostring(L, -2)), sentence = str_from(lua_tostring(L, -1));
        size_t n = strcspn(signature.p, "({ ");
        assert_int_equal(str_to_c(str_slice(signature, 0, n), name, sizeof(name)), 0);
        if (has(&w->listed, name))
            fail_msg("scripts/api.lua names %s twice", name);
        if (!sentence.n || (!str_ends(sentence, STR(".")) && !str_ends(sentence, STR("。")) &&
                               !str_ends(sentence, STR("…"))))
            fail_msg("scripts/api.lua: %s needs a sentence", name);
        add(&w->listed, "", "", name);
        lua_pop(L, 2);
    }
    lua_settop(L, 1);
}

static void compare(const struct world *w)
{
    int bad = 0;
    for (size_t i = 0; i < w->given.n; i++)
        if (!has(&w->listed, w->given.list[i])) {
            print_message("%s is given to scripts but not in scripts/api.lua\n", w->given.list[i]);
            bad++;
        }
    for (size_t i = 0; i < w->listed.n; i++)
        if (!has(&w->given, w->listed.list[i])) {
            print_message("%s stands in scripts/api.lua but is not there\n", w->listed.list[i]);
            bad++;
        }
    assert_int_equal(bad, 0);
}

static int setup(void **state)
{
    struct world *w = mem_zalloc(1, sizeof(*w));
    w->api = luaL_newstate();
    if (luaL_dofile(w->api, "scripts/api.lua"))
        fail_msg("%s", lua_tostring(w->api, -1));
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    lua_close(w->api);
    free(w);
    return 0;
}

static void on_closed(void *arg)
{
    *(bool *)arg = true;
}

static void system_code_is_given_what_is_listed(void **state)
{
    struct world *w = *state;
    struct err err = {0};
    struct script *script;
    bool closed = false;
    struct loop *loop = loop_new();
    struct work *work = work_new(loop);
    const struct script_opts opts = {.dir = "scripts",
        .loop = loop,
        .work = work,
        .config_json = STR("{\"…\":1}")}; /* config holds what the operator says */
    if (script_open(&script, &opts, &err))
        fail_msg("%s: %s", err.where, err.message);
    collect_globals(script->live->L, &w->given);
    collect_methods(script->live->L, &w->given, "request");
    collect_methods(script->live->L, &w->given, "tx");
    script_close(script, on_closed, &closed);
    while (!closed)
        loop_turn(loop);
    work_free(work);
    loop_free(loop);
    read_list(w, "system");
    compare(w);
    assert_true(w->given.n > 200);
}

static int use_nothing(lua_State *L)
{
    (void)L;
    return 0;
}

static void business_rules_are_given_what_is_listed(void **state)
{
    struct world *w = *state;
    struct host h = {.kind = HOST_BUNDLE, .tracked = true, .limit = 8 << 20};
    host_grant(&h, 1000000, 1000);
    lua_State *L = host_new_state(&h);
    sandbox_open(L, use_nothing);
    collect_globals(L, &w->given);
    host_drop(&h);
    read_list(w, "business");
    compare(w);
    assert_true(w->given.n > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(system_code_is_given_what_is_listed, setup, teardown),
        cmocka_unit_test_setup_teardown(business_rules_are_given_what_is_listed, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
