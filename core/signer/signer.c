// SPDX-License-Identifier: Apache-2.0
// signer: the wiring.
#define _GNU_SOURCE
#include "core/signer/signer.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/signer/guard.h"
#include "core/signer/job.h"

enum { HOUR_MS = 3600000, LAST_CALL_MS = 5000, BEHIND_MS = 2000, ALARM_MS = 1000 };

int signer_check_clock(int64_t last_ms, int64_t now_ms, struct err *err)
{
    if (now_ms + BEHIND_MS >= last_ms)
        return 0;
    err_set(err, E_DENIED, "the wall clock stands behind the last commit: nothing is issued");
    err_at(err, "signer.clock");
    return E_DENIED;
}

void signer_alarm(struct signer *s, const char *what, str detail)
{
    uint64_t now = clock_mono_ms();
    if (s->alarm_ms && now - s->alarm_ms < ALARM_MS)
        return;
    s->alarm_ms = now;
    log_error("alarm", LOG_STR("what", str_from(what)), LOG_STR("detail", detail));
}

bool signer_take_token(struct signer *s)
{
    enum { MINUTE_MS = 60000 };
    struct rate *r = &s->rate;
    uint64_t now = clock_mono_ms(), passed = now - r->at_ms;
    int64_t most = r->per_minute * 1000;
    passed = passed > MINUTE_MS ? MINUTE_MS : passed;
    r->at_ms = now;
    r->thousandths += (int64_t)passed * most / MINUTE_MS;
    if (r->thousandths > most)
        r->thousandths = most;
    if (r->thousandths < 1000)
        return false;
    r->thousandths -= 1000;
    return true;
}

static void store_woke(void *arg)
{
    struct signer *s = arg;
    if (s->store)
        store_poll(s->store);
}

static void wake_store(void *arg)
{
    waker_wake(arg);
}

static int open_store(struct signer *s, const uint8_t *key, struct err *err)
{
    uint64_t seq;
    s->store_waker = waker_open(s->loop, store_woke, s);
    waker_keep_alive(s->store_waker, true); /* at the end commits are waited for */
    const struct store_opts opts = {.dir = options_text(s->options, OPT_DATA),
        .seal_key = key,
        .schema = ledger_schema(),
        .map_size = (uint64_t)options_int(s->options, OPT_MAP_GIB) << 30,
        .map_limit = (uint64_t)options_int(s->options, OPT_MAP_GIB) << 30,
        .wake = wake_store,
        .wake_arg = s->store_waker};
    int rc = store_open(&s->store, &opts, err);
    if (rc)
        return rc;
    struct store_tx *tx = store_tx_begin(s->store, STORE_TX_READ);
    rc = ledger_last(tx, &s->last_ms, &seq);
    store_tx_end(tx);
    return rc ? err_set(err, rc, "the signer's log cannot be read: %s", err_text(rc)) : 0;
}

/* A user by number or name. */
static int read_uid(str word, uid_t *uid)
{
    char name[64];
    uint64_t number;
    bool is_number = !str_to_u64(word, &number) && number <= UINT32_MAX;
    const struct passwd *p =
        is_number || str_to_c(word, name, sizeof(name)) ? NULL : getpwnam(name);
    *uid = is_number ? (uid_t)number : p ? p->pw_uid : 0;
    return is_number || p ? 0 : E_CONFIG;
}

static int read_uids(struct signer *s, struct err *err)
{
    str list = str_from(options_text(s->options, OPT_ALLOW_UIDS));
    if (!list.n)
        s->uids[s->uid_count++] = geteuid();
    while (list.n) {
        str word = str_trim(str_cut(&list, ','));
        if (s->uid_count >= UIDS)
            return err_set(err, E_CONFIG, "allow_uids has more than %d users", UIDS);
        if (read_uid(word, &s->uids[s->uid_count++]))
            return err_set(err, E_CONFIG, "allow_uids: there is no user %.*s", STR_ARG(word));
    }
    return 0;
}

static void accepted(void *arg, int fd, const struct addr *peer)
{
    (void)peer;
    conn_accept(arg, fd);
}

/* Only owner and group reach the socket, whatever the umask said when it was bound. */
static int set_rights(const struct signer *s, const char *path, struct err *err)
{
    const char *name = options_text(s->options, OPT_SOCKET_GROUP);
    const struct group *g = *name ? getgrnam(name) : NULL;
    if (*name && !g)
        return err_set(err, E_CONFIG, "there is no group %s", name);
    if ((g && chown(path, (uid_t)-1, g->gr_gid) != 0) || chmod(path, 0660) != 0)
        return err_set(
            err, err_from_errno(errno), "cannot set the rights of %s: %s", path, strerror(errno));
    return 0;
}

static int open_socket(struct signer *s, struct err *err)
{
    struct buf address = {0};
    const char *path = options_text(s->options, OPT_SOCKET);
    buf_printf(&address, "unix:%s", path);
    int rc = listener_open(&s->listener, s->net, buf_str(&address), accepted, s, err);
    buf_release(&address);
    return rc ? rc : set_rights(s, path, err);
}

static void on_signal(void *arg, int signum)
{
    (void)signum;
    signer_stop(arg);
}

static void on_hall(void *arg, int ready)
{
    char bytes[64];
    struct signer *s = arg;
    (void)ready;
    ssize_t n = read(0, bytes, sizeof(bytes));
    if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
        return;
    log_info("the hall is gone", LOG_INT("pid", getpid()));
    poll_want(s->hall, 0, on_hall, s);
    signer_stop(s);
}

static int watch_hall(struct signer *s, struct err *err)
{
    if (!options_bool(s->options, OPT_WITH_HALL))
        return 0;
    (void)fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
    int rc = poll_open(&s->hall, s->loop, 0, "hall");
    if (rc)
        return err_set(err, rc, "standard input is no pipe of the hall");
    poll_want(s->hall, POLL_READ, on_hall, s);
    return 0;
}

/* On a pool thread: signs the head of the audit log. */
static void keep_house(struct job *j)
{
    j->rc = store_hourly(j->signer->store, &j->err);
}

static void house_kept(struct job *j)
{
    if (j->rc)
        log_error("housekeeping of the store failed", LOG_STR("why", str_from(j->err.message)));
    job_end(j);
}

static void hourly(void *arg)
{
    struct signer *s = arg;
    timer_start(s->loop, &s->hourly, HOUR_MS, hourly, s);
    respond_renew(s);
    job_work(job_new(s, NULL), WORK_FILE, keep_house, house_kept);
}

static void open_times(struct signer *s)
{
    static const int signals[] = {SIGTERM, SIGINT};
    for (size_t i = 0; i < countof(signals); i++)
        s->signals[i] = loop_signal_open(s->loop, signals[i], on_signal, s);
    timer_start(s->loop, &s->hourly, HOUR_MS, hourly, s);
}

static void release(struct signer *s)
{
    if (s->listener)
        listener_close(s->listener);
    conn_close_idle(s);
    for (size_t i = 0; i < countof(s->signals); i++)
        if (s->signals[i])
            loop_signal_close(s->signals[i]);
    if (s->hall)
        poll_close(s->hall);
    timer_cancel(&s->hourly);
    timer_cancel(&s->last_call);
    publish_release(s);
    work_free(s->work);
    store_close(s->store);
    s->store = NULL;
    if (s->store_waker)
        waker_close(s->store_waker);
    authorities_release(&s->authorities);
    mem_wipe(s->ticket_key, sizeof(s->ticket_key));
    net_free(s->net);
    (void)loop_turn(s->loop);
    loop_free(s->loop);
}

static void set_limits(struct signer *s)
{
    s->limits = (struct ledger_limits){
        options_int(s->options, OPT_PER_DAY), options_int(s->options, OPT_PER_NAME)};
    s->rate.per_minute = options_int(s->options, OPT_PER_MINUTE);
    s->rate.thousandths = s->rate.per_minute * 1000;
    s->rate.at_ms = clock_mono_ms();
}

static int open_all(struct signer *s, const struct signer_secrets *secrets, struct err *err)
{
    int rc = read_uids(s, err);
    if (!rc)
        rc = open_store(s, secrets->seal_key, err);
    if (!rc)
        rc = respond_open(s, err);
    if (!rc)
        rc = watch_hall(s, err);
    if (!rc)
        rc = open_socket(s, err);
    open_times(s);
    return rc ? rc : guard_end(err);
}

int signer_open(struct signer *s, const struct options *o, const struct signer_secrets *secrets,
    struct authorities *authorities, struct err *err)
{
    *s = (struct signer){.options = o, .started_ms = clock_wall_ms()};
    s->authorities = *authorities;
    *authorities = (struct authorities){0};
    memcpy(s->ticket_key, secrets->ticket_key, TICKET_KEY);
    list_init(&s->conns);
    list_init(&s->jobs);
    set_limits(s);
    s->loop = loop_new();
    s->net = net_new(s->loop);
    s->work = work_new(s->loop);
    int rc = open_all(s, secrets, err);
    if (rc) {
        release(s);
        return rc;
    }
    publish_start(s);
    log_info("signing", LOG_STR("socket", str_from(options_text(o, OPT_SOCKET))),
        LOG_INT("authorities", s->authorities.count), LOG_INT("pid", getpid()));
    return 0;
}

/* What is recorded is recorded: a sudden end loses nothing. */
static void on_last_call(void *arg)
{
    (void)arg;
    _exit(0);
}

void signer_stop(struct signer *s)
{
    if (s->stopping)
        return;
    s->stopping = true;
    listener_close(s->listener);
    s->listener = NULL;
    conn_close_idle(s);
    timer_start(s->loop, &s->last_call, LAST_CALL_MS, on_last_call, s);
    if (list_is_empty(&s->jobs))
        loop_stop(s->loop);
}

void signer_run(struct signer *s)
{
    loop_run(s->loop);
    release(s);
    log_info("stopped signing", LOG_INT("pid", getpid()));
}
