// SPDX-License-Identifier: Apache-2.0
// env_private: the environment, for the env_*.c files.
#ifndef STORE_ENV_PRIVATE_H
#define STORE_ENV_PRIVATE_H

#include <pthread.h>

#include "store/env.h"

struct env {
    char *dir;
    int lock_fd; /* -1: read_only */
    MDB_env *mdb;
    MDB_dbi fixed[ENV_FIXED]; /* 0: absent */
    MDB_dbi *slots;
    bool read_only;
    uint64_t map_limit;

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    MDB_txn **idle; /* reset snapshots, ready to be renewed */
    size_t idle_count;
    size_t idle_cap;
    unsigned out; /* snapshots in use */
    bool growing; /* nobody may begin one */
};

/* env_file.c: E_CORRUPT for a file that is shorter than its newest page says. */
must_use int env_check_length(struct env *e, struct err *err);

#endif
