// SPDX-License-Identifier: Apache-2.0
// store_world: a store in a folder of its own, for the tests of store/.
#ifndef TESTS_UNIT_STORE_WORLD_H
#define TESTS_UNIT_STORE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "store/tx.h"

/* A table with every kind of index, one with text keys, and one of everything else. */
#define WORLD_SCHEMA                                                                               \
    "{\"tables\":{"                                                                                \
    "\"case\":{\"key\":\"time\",\"indexes\":["                                                     \
    "{\"name\":\"state\",\"kind\":\"plain\",\"fields\":[\"state\",\"n\"]},"                        \
    "{\"name\":\"phone\",\"kind\":\"blind\",\"fields\":[\"contact.phone\"]},"                      \
    "{\"name\":\"names\",\"kind\":\"words\",\"fields\":[\"name\"]},"                               \
    "{\"name\":\"files\",\"kind\":\"blob\",\"fields\":[\"files\"],\"multi\":true},"                \
    "{\"name\":\"tags\",\"kind\":\"plain\",\"fields\":[\"tags\"],\"multi\":true}],"                \
    "\"counters\":[{\"name\":\"case_by_state\",\"by\":[\"state\"]},{\"name\":\"cases\"}]},"        \
    "\"unit\":{\"key\":\"text\",\"indexes\":["                                                     \
    "{\"name\":\"code\",\"kind\":\"plain\",\"fields\":[\"code\"],\"unique\":true},"                \
    "{\"name\":\"mail\",\"kind\":\"blind\",\"fields\":[\"mail\"],\"unique\":true}]}},"             \
    "\"counters\":[\"visits\"],\"logs\":[\"audit\",\"other\"],"                                    \
    "\"sequences\":[{\"name\":\"number\",\"first\":1},{\"name\":\"serial\",\"first\":500}],"       \
    "\"jobs\":[\"mail.send\",\"issue\"]}"

struct world {
    char dir[64];
    struct store_opts opts;
    struct store *store;
    struct buf out;
};

int world_setup(void **state);
int world_teardown(void **state);
/* With world->opts. */
void world_open(struct world *w);
void world_close(struct world *w);
void world_reopen(struct world *w);
/* Expects this code; the sentence holds `part`. */
void world_open_fails(struct world *w, int code, const char *part);

struct store_tx *world_begin(struct world *w);
/* Commits and ends; expects 0. */
void world_commit(struct store_tx *tx);
/* One put in a transaction of its own. */
void world_put(struct world *w, const char *table, const char *key, const char *json);
/* A row in a snapshot of its own: NUL-terminated in world->out; NULL if there is none. */
const char *world_get(struct world *w, const char *table, const char *key);
int64_t world_count(struct world *w, const char *counter, const char *value);
/* Keys of a range, newest snapshot: "a,b,c" in world->out. */
const char *world_keys(struct world *w, const struct store_range *range);
/* Checks that the kept counts of a words index are those of its entries; the number of pairs. */
size_t world_check_pairs(struct world *w, const char *table, const char *index);
/* Reads a log raw and checks every link; the number of records, and the newest one's hash. */
uint64_t world_check_chain(struct world *w, const char *log, uint8_t last[32]);
/* A time key of a small number. */
const char *world_key(int n);

#define with_world(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

#endif
