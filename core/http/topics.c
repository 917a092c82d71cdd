// SPDX-License-Identifier: Apache-2.0
// topics: subscribers as generators. What a subscriber has not been told yet is one bit a topic, so
// that a slow reader costs nothing.
#include "core/http/topics.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/crypto/token.h"
#include "core/http/response.h"
#include "core/http/topics_private.h"
#include "core/loop/timer.h"

struct topics {
    struct topics_opts opts;
    uint64_t epoch; /* of this process: event numbers of another one say nothing */
    struct names names;
    struct names sessions;
    struct changes changes;
    struct buf out;
    size_t open;
};

struct subscriber {
    struct topics *topics;
    struct request *request;
    struct subscription s; /* its topics are those of the links */
    struct name_link links[TOPICS_MAX];
    struct name_link session;
    struct timer beat;
    unsigned checked_ms; /* since the last question */
    unsigned untold;     /* bits of topics */
    bool due;            /* the stream takes bytes now */
    bool begun;
};

/* A request whose subscription was refused: `ended` is still owed. */
struct refusal {
    struct loop_deferred later;
    void (*ended)(void *arg);
    void *arg;
};

struct topics *topics_new(const struct topics_opts *opts)
{
    struct topics *t = mem_zalloc(1, sizeof(*t));
    t->opts = *opts;
    if (!t->opts.heartbeat_ms)
        t->opts.heartbeat_ms = 20000;
    if (!t->opts.check_ms)
        t->opts.check_ms = 60000;
    if (!t->opts.per_session)
        t->opts.per_session = 4;
    token_random(&t->epoch, sizeof(t->epoch));
    t->epoch >>= 16;
    return t;
}

void topics_free(struct topics *t)
{
    if (!t)
        return;
    buf_release(&t->out);
    free(t);
}

size_t topics_count(const struct topics *t)
{
    return t->open;
}

static void put_event(struct topics *t, const struct subscriber *s, unsigned index)
{
    const struct name *name = s->links[index].name;
    buf_printf(&t->out, "id: %llx-%llu\nevent: topic\ndata: %.*s\n\n", (unsigned long long)t->epoch,
        (unsigned long long)t->changes.count, (int)name->n, name->text);
}

/* Writes what there is to tell, if the stream takes it. */
static void tell(struct subscriber *s)
{
    struct topics *t = s->topics;
    if (!s->due || (s->begun && !s->untold))
        return;
    buf_clear(&t->out);
    if (!s->begun)
        buf_append(&t->out, STR("retry: 3000\n\n"));
    s->begun = true;
    for (unsigned i = 0; i < s->s.count; i++)
        if (s->untold & 1u << i)
            put_event(t, s, i);
    s->untold = 0;
    s->due = false;
    response_write(s->request, buf_str(&t->out));
}

static void proceed(void *arg)
{
    struct subscriber *s = arg;
    s->due = true;
    tell(s);
}

static void stop(void *arg, int status)
{
    struct subscriber *s = arg;
    struct topics *t = s->topics;
    (void)status;
    timer_cancel(&s->beat);
    for (size_t i = 0; i < s->s.count; i++)
        names_leave(&t->names, &s->links[i]);
    names_leave(&t->sessions, &s->session);
    t->open--;
    if (s->s.ended)
        s->s.ended(s->s.arg);
    free(s);
}

static const struct generator generator = {proceed, stop};

static void on_beat(void *arg)
{
    struct subscriber *s = arg;
    const struct topics_opts *o = &s->topics->opts;
    timer_start(o->loop, &s->beat, o->heartbeat_ms, on_beat, s);
    s->checked_ms += o->heartbeat_ms;
    if (s->s.allowed && s->checked_ms >= o->check_ms) {
        s->checked_ms = 0;
        if (!s->s.allowed(s->s.arg)) {
            response_end(s->request);
            return;
        }
    }
    if (!s->due)
        return;
    s->due = false;
    response_write(s->request, STR(":\n\n"));
}

static bool is_good(const struct subscription *s)
{
    bool good = s->count > 0 && s->count <= TOPICS_MAX && s->session.n > 0;
    for (size_t i = 0; good && i < s->count; i++) {
        good = s->topics[i].n > 0 && s->topics[i].n <= TOPICS_NAME;
        for (size_t k = 0; good && k < s->topics[i].n; k++)
            good = s->topics[i].p[k] > 0x20 && s->topics[i].p[k] < 0x7f;
    }
    return good;
}

static void refusal_due(void *arg)
{
    struct refusal *f = arg;
    f->ended(f->arg);
    free(f);
}

static void refuse(
    struct topics *t, struct request *r, const struct subscription *s, int status, int retry_s)
{
    if (s->ended) {
        struct refusal *f = mem_zalloc(1, sizeof(*f));
        f->ended = s->ended;
        f->arg = s->arg;
        loop_defer(t->opts.loop, &f->later, refusal_due, f);
    }
    response_error_status(r, status, STR(""), STR(""), retry_s);
}

static uint64_t read_hex(str s)
{
    uint64_t v = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
        if (digit > 15 || v >> 60)
            return UINT64_MAX;
        v = v << 4 | digit;
    }
    return v;
}

/* The number of the last event the client saw; beyond all when that was another process. */
static bool last_seen(const struct topics *t, const struct request *r, uint64_t *since)
{
    str id = request_header(r, STR("last-event-id"));
    if (!id.n)
        return false;
    str epoch = str_cut(&id, '-');
    if (read_hex(epoch) != t->epoch || str_to_u64(id, since))
        *since = UINT64_MAX;
    return true;
}

static void join(struct topics *t, struct subscriber *s, const struct subscription *from)
{
    uint64_t since;
    bool returns = last_seen(t, s->request, &since);
    names_join(&t->sessions, from->session, &s->session, s, 0);
    for (unsigned i = 0; i < from->count; i++) {
        names_join(&t->names, from->topics[i], &s->links[i], s, i);
        if (returns && changes_since(&t->changes, since, from->topics[i]))
            s->untold |= 1u << i;
    }
    t->open++;
}

void topics_subscribe(struct topics *t, struct request *r, const struct subscription *from)
{
    if (!is_good(from)) {
        refuse(t, r, from, 400, 0);
        return;
    }
    const struct name *session = names_find(&t->sessions, from->session);
    if (session && session->count >= t->opts.per_session) {
        refuse(t, r, from, 429, 30);
        return;
    }
    struct subscriber *s = mem_zalloc(1, sizeof(*s));
    s->topics = t;
    s->request = r;
    s->s = *from;
    s->s.topics = NULL;
    join(t, s, from);
    response_type(r, STR("text/event-stream"));
    int rc = response_header(r, STR("X-Accel-Buffering"), STR("no"));
    if (!rc)
        rc = response_header(r, STR("Cache-Control"), STR("no-store"));
    (void)rc; /* our own words */
    timer_start(t->opts.loop, &s->beat, t->opts.heartbeat_ms, on_beat, s);
    response_stream(r, -1, &generator, s);
}

void topics_publish(struct topics *t, str topic)
{
    changes_add(&t->changes, topic);
    struct name *name = names_find(&t->names, topic);
    if (!name)
        return;
    list_each(it, &name->members)
    {
        const struct name_link *link = container_of(it, struct name_link, node);
        struct subscriber *s = link->member;
        s->untold |= 1u << link->index;
        tell(s);
    }
}

void topics_end_session(struct topics *t, str session)
{
    struct name *name = names_find(&t->sessions, session);
    if (!name)
        return;
    list_each(it, &name->members)
    {
        struct subscriber *s = container_of(it, struct name_link, node)->member;
        response_end(s->request);
    }
}
