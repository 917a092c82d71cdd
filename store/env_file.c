// SPDX-License-Identifier: Apache-2.0
// env_file: length of the data file, sizes of the map.
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "store/deadline.h"
#include "store/env_private.h"

enum {
    GROW_WAIT_MS = 200,   /* how long beginning a snapshot may be held up */
    GROW_TOTAL_MS = 2000, /* and how long the writer tries */
    GROW_PAUSE_MS = 20,
    FREED_MAX = 256 /* pages at the end that may be missing because they were freed unwritten */
};

static int lengths(const struct env *e, uint64_t *is, uint64_t *should, uint64_t *page)
{
    MDB_envinfo info;
    MDB_stat stat;
    struct stat st;
    mdb_filehandle_t fd;
    int rc = mdb_env_info(e->mdb, &info);
    if (!rc)
        rc = mdb_env_stat(e->mdb, &stat);
    if (!rc)
        rc = mdb_env_get_fd(e->mdb, &fd);
    if (!rc && fstat(fd, &st))
        rc = errno;
    if (rc)
        return rc;
    *page = stat.ms_psize;
    *is = (uint64_t)st.st_size;
    *should = ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize;
    return 0;
}

static int set_length(const struct env *e, uint64_t n)
{
    mdb_filehandle_t fd;
    int rc = mdb_env_get_fd(e->mdb, &fd);
    return rc ? rc : ftruncate(fd, (off_t)n) ? errno : 0;
}

void env_fill(struct env *e)
{
    uint64_t is, should, page;
    if (!lengths(e, &is, &should, &page) && is < should && set_length(e, should))
        log_warn("the data file could not be made longer", LOG_INT("bytes", should));
}

/* How many pages from `first` on stand in the list of free pages: LMDB's database 0, whose values
 * are counted lists of page numbers. */
static uint64_t count_free(MDB_txn *txn, uint64_t first)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    uint64_t n = 0;
    if (mdb_cursor_open(txn, 0, &cursor))
        return 0;
    while (!mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        size_t list, page;
        for (size_t i = 0; (i + 1) * sizeof(list) <= value.mv_size; i++) {
            memcpy(&page, (const char *)value.mv_data + i * sizeof(page), sizeof(page));
            if (i == 0)
                list = page;
            else if (i <= list && page >= first)
                n++;
        }
    }
    mdb_cursor_close(cursor);
    return n;
}

/* Whether all that is missing was free when the power went. */
static bool missing_is_free(struct env *e, uint64_t is, uint64_t should, uint64_t page)
{
    MDB_txn *txn;
    uint64_t first = (is + page - 1) / page, missing = should / page - first;
    if (e->read_only || is % page || missing > FREED_MAX || set_length(e, should))
        return false;
    bool fine = false;
    if (!mdb_txn_begin(e->mdb, NULL, MDB_RDONLY, &txn)) {
        fine = count_free(txn, first) == missing;
        mdb_txn_abort(txn);
    }
    if (!fine && set_length(e, is))
        log_warn("the data file could not be made short again", LOG_INT("bytes", is));
    return fine;
}

int env_check_length(struct env *e, struct err *err)
{
    uint64_t is, should, page;
    int rc = lengths(e, &is, &should, &page);
    if (rc)
        return err_set(err, env_err(rc), "cannot read the rows in %s: %s", e->dir, strerror(rc));
    if (is >= should || missing_is_free(e, is, should, page))
        return 0;
    return err_set(err, E_CORRUPT,
        "rows/data.mdb in %s has %llu bytes and says it has %llu: it was cut off", e->dir,
        (unsigned long long)is, (unsigned long long)should);
}

void env_sizes(struct env *e, uint64_t *used, uint64_t *map)
{
    MDB_envinfo info = {0};
    MDB_stat stat = {0};
    pthread_mutex_lock(&e->lock); /* against env_grow */
    int rc = mdb_env_info(e->mdb, &info);
    if (!rc)
        rc = mdb_env_stat(e->mdb, &stat);
    pthread_mutex_unlock(&e->lock);
    *used = rc ? 0 : ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize;
    *map = info.me_mapsize;
}

/* Under the lock: whether nobody reads any more. New readers wait meanwhile, but not longer than
 * GROW_WAIT_MS: one of them may hold another snapshot that we wait for. */
static bool quiet(struct env *e)
{
    struct timespec end = deadline_in_ms(GROW_WAIT_MS);
    e->growing = true;
    while (e->out && !pthread_cond_timedwait(&e->changed, &e->lock, &end))
        ;
    return e->out == 0;
}

/* Under the lock, nobody reads. LMDB maps anew; without a map the process cannot go on, so the room
 * is asked for first. */
static int remap(struct env *e, uint64_t size)
{
    void *probe = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (probe == MAP_FAILED)
        return E_MAP_FULL;
    munmap(probe, size);
    return env_err(mdb_env_set_mapsize(e->mdb, size));
}

static int try_grow(struct env *e, uint64_t size)
{
    pthread_mutex_lock(&e->lock);
    int rc = quiet(e) ? remap(e, size) : E_BUSY;
    e->growing = false;
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
    return rc;
}

int env_grow(struct env *e)
{
    uint64_t used, map, end = clock_mono_ms() + GROW_TOTAL_MS;
    env_sizes(e, &used, &map);
    uint64_t size = map > e->map_limit / 2 ? e->map_limit : map * 2;
    if (size <= map)
        return E_MAP_FULL;
    int rc;
    while ((rc = try_grow(e, size)) == E_BUSY && clock_mono_ms() < end)
        usleep(GROW_PAUSE_MS * 1000);
    if (!rc)
        log_warn("the store's map was full and has grown", LOG_INT("bytes", size));
    return rc;
}

/* Takes an idle snapshot, or NULL; counts it. */
static MDB_txn *take_idle(struct env *e)
{
    pthread_mutex_lock(&e->lock);
    while (e->growing)
        pthread_cond_wait(&e->changed, &e->lock);
    e->out++;
    MDB_txn *txn = e->idle_count ? e->idle[--e->idle_count] : NULL;
    pthread_mutex_unlock(&e->lock);
    return txn;
}

/* Gives it back (NULL: it could not be had). */
static void give_back(struct env *e, MDB_txn *txn)
{
    pthread_mutex_lock(&e->lock);
    if (txn && e->idle_count == e->idle_cap) {
        e->idle_cap = e->idle_cap ? e->idle_cap * 2 : 16;
        e->idle = mem_realloc(e->idle, e->idle_cap * sizeof(MDB_txn *));
    }
    if (txn)
        e->idle[e->idle_count++] = txn;
    if (--e->out == 0 && e->growing)
        pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
}

/* A process that only reads: the one that writes has a larger map by now. */
static int follow_growth(struct env *e)
{
    pthread_mutex_lock(&e->lock);
    int rc = e->out == 1 ? mdb_env_set_mapsize(e->mdb, 0) : MDB_MAP_RESIZED;
    pthread_mutex_unlock(&e->lock);
    return rc;
}

static int begin(struct env *e, MDB_txn **txn)
{
    return *txn ? mdb_txn_renew(*txn) : mdb_txn_begin(e->mdb, NULL, MDB_RDONLY, txn);
}

int env_read_begin(struct env *e, MDB_txn **out)
{
    MDB_txn *txn = take_idle(e);
    int rc = begin(e, &txn);
    if (rc == MDB_MAP_RESIZED && e->read_only) {
        rc = follow_growth(e);
        if (!rc)
            rc = begin(e, &txn);
    }
    if (rc) {
        give_back(e, txn);
        return env_err(rc);
    }
    *out = txn;
    return 0;
}

void env_read_end(struct env *e, MDB_txn *txn)
{
    mdb_txn_reset(txn);
    give_back(e, txn);
}

unsigned env_readers(const struct env *e)
{
    struct env *own = (struct env *)(uintptr_t)e;
    pthread_mutex_lock(&own->lock);
    unsigned n = e->out;
    pthread_mutex_unlock(&own->lock);
    return n;
}
