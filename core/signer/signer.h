// SPDX-License-Identifier: Apache-2.0
// signer: everything that runs while the signer answers, wired together.
//
// Owns the loop, the store, the CAs and the socket. Answers the operations of core/issuer/message.h
// and nothing else: certificates are built here from profile and ticket, revocation lists and OCSP
// answers from the ledger. Given bytes are never signed.
#ifndef CORE_SIGNER_SIGNER_H
#define CORE_SIGNER_SIGNER_H

#include <sys/types.h>

#include "core/domain/ticket.h"
#include "core/loop/loop.h"
#include "core/loop/poll.h"
#include "core/loop/timer.h"
#include "core/loop/work.h"
#include "core/net/listener.h"
#include "core/signer/authority.h"
#include "core/signer/ledger.h"

/* Certificates a minute: tokens that come back with time. */
struct rate {
    int64_t per_minute;
    int64_t thousandths; /* of a token */
    uint64_t at_ms;
};

struct signer;

/* The revocation list of one authority. */
struct list_state {
    struct signer *signer;
    struct buf der;
    uint64_t number;     /* of der; 0: none was made yet */
    int64_t this_update; /* seconds */
    int64_t next_update;
    bool building;
    bool again; /* another change came meanwhile */
    struct timer timer;
};

enum { UIDS = 16 };

struct signer {
    const struct options *options; /* borrowed */
    struct loop *loop;
    struct net *net;
    struct work *work;
    struct store *store;
    struct waker *store_waker;
    struct listener *listener;
    struct authorities authorities;
    struct list_state lists[AUTHORITIES]; /* in the order of the authorities */
    uint8_t ticket_key[TICKET_KEY];
    struct ledger_limits limits;
    struct rate rate;
    uid_t uids[UIDS]; /* that may ask */
    size_t uid_count;
    struct list conns;
    struct list jobs;
    unsigned conn_count;
    struct loop_signal *signals[2];
    struct poll *hall; /* standard input, with the hall that started us */
    struct timer hourly;
    struct timer last_call;
    int64_t started_ms;
    int64_t last_ms; /* wall time of the last commit: the clock may not stand behind it */
    uint64_t issued;
    uint64_t refused;
    uint64_t alarm_ms; /* monotonic, of the last alarm */
    bool stopping;
};

/* What must be read before rights are given up. */
struct signer_secrets {
    uint8_t seal_key[STORE_SEAL_KEY_SIZE];
    uint8_t ticket_key[TICKET_KEY];
    struct buf passphrase;
};

/* Opens everything; takes *authorities (loaded). On an error everything is released. */
must_use int signer_open(struct signer *s, const struct options *o,
    const struct signer_secrets *secrets, struct authorities *authorities, struct err *err);
/* Answers until a signal ends it or the hall goes; releases everything. */
void signer_run(struct signer *s);
/* Begins the end: no new questions; what runs is finished. */
void signer_stop(struct signer *s);

/* Something that a person should look at; at most one line a second. `what` is static text. */
void signer_alarm(struct signer *s, const char *what, str detail);
/* Whether one more certificate may be begun now; takes its token. */
bool signer_take_token(struct signer *s);
/* E_DENIED when the wall clock stands more than two seconds behind the last commit. */
must_use int signer_check_clock(int64_t last_ms, int64_t now_ms, struct err *err);
/* A connection was accepted. */
void conn_accept(struct signer *s, int fd);
/* Closes those that wait for nothing. */
void conn_close_idle(struct signer *s);

/* Makes the lists now, and again before they grow old. */
void publish_start(struct signer *s);
/* A certificate of this authority changed. */
void publish_wake(struct signer *s, str authority);
/* What of a list's life is over, in percent; over 100 it is stale. */
int publish_age(const struct list_state *l, int64_t now_s);
void publish_release(struct signer *s);

/* Makes the OCSP responders; waits for the store. */
must_use int respond_open(struct signer *s, struct err *err);
/* Makes new ones for those that end within a month. */
void respond_renew(struct signer *s);

#endif
