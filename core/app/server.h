// SPDX-License-Identifier: Apache-2.0
// server: everything that runs while the hall is open, wired together, and the two ways it changes:
// reload and drain.
//
// Owns the loop and all that lives on it; one struct, nothing of it global. What requests mean is
// the scripts' business.
#ifndef CORE_APP_SERVER_H
#define CORE_APP_SERVER_H

#include "core/app/options.h"
#include "core/app/start.h"
#include "core/http/serve.h"
#include "core/loop/loop.h"
#include "core/loop/timer.h"
#include "core/loop/watch.h"
#include "core/loop/work.h"
#include "core/net/listener.h"
#include "core/net/tls.h"
#include "core/script/script.h"
#include "store/store.h"

struct assets;
struct client;
struct issuer_ask;
struct issuer_client;
struct keep;
struct server;
struct topics;

/* One listening address and where its connections go. */
struct entrance {
    struct server *server;
    struct listener *listener; /* NULL: off */
    struct serve *serve;       /* borrowed; set before the loop runs */
    bool tls;
};

/* One reload under way: static files on the pool, then scripts, then both are swapped. */
struct reload {
    struct work_op op;
    struct assets *fresh; /* read, not yet in service */
    struct err err;       /* of reading them */
    int status;
    bool runs;
    bool again; /* asked for meanwhile */
};

struct server {
    const struct options *options; /* borrowed */
    struct start_steps steps;
    struct loop *loop;
    struct net *net;
    struct work *work;
    struct store *store;
    struct waker *store_waker;    /* the writer has something for store_poll */
    struct client *client;        /* NULL: no host is allowed */
    struct issuer_client *issuer; /* NULL: there is no signer */
    struct keep *signer_child;    /* the signer, when this server runs it */
    struct issuer_ask *signer_ask;
    struct timer signer_timer;
    uint64_t signer_since_ms;
    bool signer_known;        /* it answered once, or did not for long */
    char signer_trouble[160]; /* as of the last question; empty: none */
    uint8_t ticket_key[START_KEY_SIZE];
    uint8_t admin_secret[START_KEY_SIZE];
    struct topics *topics;
    struct buf mail_password;
    struct buf staff; /* mode try: "login password" lines; gone once the accounts are made */
    bool staff_is_new;
    const char *checker[4]; /* words of the process that checks business rules */
    struct script *script;
    struct watch *watches[2]; /* of scripts and www, with option watch */
    struct serve *hall;       /* pages and API */
    struct serve *elsewhere;  /* plain HTTP that only points to HTTPS; NULL if not needed */
    struct serve *admin;
    struct router *admin_routes;
    struct router *elsewhere_routes;
    struct entrance http, https, admin_entrance;
    struct tlsctx *tls; /* what new connections get; swapped by a reload */
    char public_url[256];
    char admin_key[32]; /* what certhall bundle must show */
    struct loop_signal *signals[3];
    struct timer beat;   /* measures the loop's lag, tells the service manager */
    struct timer hourly; /* the store's housekeeping */
    struct work_op hourly_op;
    bool hourly_runs;
    unsigned beat_ms;
    uint64_t beat_due_ms;
    uint64_t lag_us; /* of the last beat */
    int64_t started_ms;
    struct buf asset_names; /* what html.asset knows, as JSON */
    struct reload reload;
    char reload_error[512]; /* of the last reload; empty: it went well */
    bool draining;
    int waiting_for; /* parts that have not called back yet */
};

/* Opens everything. On an error err says what stood in the way, and everything is released. */
must_use int server_open(struct server *s, const struct options *o, struct err *err);
/* Serves until a signal ends it, drains, releases everything. */
void server_run(struct server *s);

/* Scripts and certificate anew; the old ones go on until the new ones stand. */
void server_reload(struct server *s);
/* Reads the static files and keeps their names; before the scripts are opened. */
must_use int server_open_assets(struct server *s, struct err *err);
/* Gives the files read to the hall. */
void server_swap_assets(struct server *s);
/* Reloads when files of scripts or www change. */
must_use int server_watch(struct server *s, struct err *err);
/* The thread for outgoing calls, when the options allow any. */
must_use int server_open_client(struct server *s, struct err *err);
/* Reads the ticket key, in mode try making what the signer will need; before rights are given up.
 */
must_use int server_prepare_signer(struct server *s, const struct start_user *u, struct err *err);
/* Opens the way to the signer. */
void server_open_signer(struct server *s);
/* In mode try starts the signer itself, last: what it derives its keys from takes a processor for a
 * while. Then asks it how it is, for ever. */
void server_start_signer(struct server *s);
/* NULL: none, or it is starting. */
const char *server_signer_trouble(const struct server *s);
/* Waits for the child's end. */
void server_release_signer(struct server *s);
/* In mode try: makes or reads the file of the staff's passwords; before rights are given up. */
must_use int server_prepare_staff(struct server *s, const struct start_user *u, struct err *err);
/* Has the scripts make the staff (job staff.first), then says that the hall is ready. */
void server_open_staff(struct server *s);
/* Tells operator and service manager that requests are served. */
void server_say_ready(struct server *s);
/* Begins the end: no new connections, running requests finish; a second call changes nothing. */
void server_drain(struct server *s);
/* Closes what is open, as far as the opening came; waits for it. */
void server_release(struct server *s);

/* The certificate of the options, or a self-made one in mode try. */
must_use int server_load_certificate(const struct options *o, struct tlsctx **out, struct err *err);
/* "http://127.0.0.1:8080" of an open entrance. */
void server_entrance_url(const struct entrance *e, char *out, size_t size);
/* Binds all addresses of the options. */
must_use int server_bind(struct server *s, struct err *err);

/* POST /staff of the admin listener: has the scripts make the first administrators (job staff.add).
 * The body is a token that only a reader of the seal key can sign. */
void admin_add_staff(struct request *r, void *data);
/* Routes of the admin listener, and of a plain listener that points to HTTPS. The server keeps
 * them. */
struct router *admin_routes_new(struct server *s);
struct router *elsewhere_routes_new(struct server *s);

#endif
