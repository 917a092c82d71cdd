// SPDX-License-Identifier: Apache-2.0
// tls: BoringSSL between the wire and the owner, without buffers of its own while idle.
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "core/net/stream_private.h"
#include "core/net/tls_private.h"

struct tls {
    SSL *ssl;
    struct tlsctx *ctx;
    str in;          /* records not yet consumed, during a feed */
    struct buf kept; /* records that came while the owner paused */
    bool feeding;
};

static int bio_read(BIO *bio, char *to, int size)
{
    struct stream *s = BIO_get_data(bio);
    struct tls *t = s->tls;
    size_t n = t->in.n < (size_t)size ? t->in.n : (size_t)size;
    BIO_clear_retry_flags(bio);
    if (!n) {
        BIO_set_retry_read(bio);
        return -1;
    }
    memcpy(to, t->in.p, n);
    t->in = str_slice(t->in, n, t->in.n);
    return (int)n;
}

/* Records gather in one buffer for the length of a call, so that a call ends in one write. */
static int bio_write(BIO *bio, const char *from, int size)
{
    struct stream *s = BIO_get_data(bio);
    buf_append(&s->net->records, str_of(from, (size_t)size));
    return size;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

BIO_METHOD *tls_bio_method_new(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_MEM, "stream");
    if (!method || !BIO_meth_set_read(method, bio_read) || !BIO_meth_set_write(method, bio_write) ||
        !BIO_meth_set_ctrl(method, bio_ctrl))
        abort();
    return method;
}

static int flush(struct stream *s)
{
    struct buf *records = &s->net->records;
    if (!records->n)
        return 0;
    str bytes = buf_str(records);
    int rc = stream_put_wire(s, &bytes, 1);
    buf_clear(records);
    if (records->cap > NET_READ_SIZE * 4)
        buf_release(records);
    return rc;
}

int stream_tls_new(struct stream *s, struct tlsctx *ctx)
{
    struct tls *t = mem_zalloc(1, sizeof(*t));
    BIO *bio = BIO_new(tlsctx_bio_method(ctx));
    t->ssl = SSL_new(tlsctx_ssl(ctx));
    if (!t->ssl || !bio)
        abort();
    BIO_set_data(bio, s);
    BIO_set_init(bio, 1);
    SSL_set_bio(t->ssl, bio, bio);
    SSL_set_accept_state(t->ssl);
    SSL_set_shed_handshake_config(t->ssl, 1);
    t->ctx = tlsctx_ref(ctx);
    s->tls = t;
    return 0;
}

static void tls_start(struct stream *s)
{
    (void)s; /* the peer speaks first */
}

/* 0 when finished or more is needed. */
static int handshake(struct stream *s)
{
    int done = SSL_do_handshake(s->tls->ssl);
    int why = done == 1 ? 0 : SSL_get_error(s->tls->ssl, done);
    int rc = flush(s);
    ERR_clear_error();
    if (done == 1) {
        s->opened = true;
        s->net->stats.handshakes++;
        stream_emit(s, STREAM_OPENED, 0);
        return rc;
    }
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
        return rc;
    s->net->stats.handshakes_failed++;
    return E_PROTOCOL;
}

/* 1: bytes were delivered, 0: needs more of the wire, negative: failed. */
static int decrypt(struct stream *s)
{
    int n = SSL_read(s->tls->ssl, s->net->plain, sizeof(s->net->plain));
    int why = n > 0 ? 0 : SSL_get_error(s->tls->ssl, n);
    int rc = flush(s);
    ERR_clear_error();
    if (n > 0) {
        stream_deliver(s, str_of(s->net->plain, (size_t)n));
        return 1;
    }
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
        return rc;
    if (why != SSL_ERROR_ZERO_RETURN)
        return E_PROTOCOL;
    if (!s->saw_eof) {
        s->saw_eof = true;
        stream_emit(s, STREAM_EOF, 0);
    }
    return 0;
}

static bool may_go_on(const struct stream *s)
{
    return !s->closing && !s->failed && !s->paused && !s->saw_eof;
}

static int consume(struct stream *s)
{
    int rc = 0;
    if (!s->opened)
        rc = handshake(s);
    while (!rc && s->opened && may_go_on(s)) {
        int more = decrypt(s);
        if (more <= 0) {
            rc = more;
            break;
        }
    }
    return rc;
}

/* Consumes bytes: first those kept from before, with the new ones behind them. */
static int tls_feed(struct stream *s, str wire)
{
    struct tls *t = s->tls;
    if (t->feeding || t->kept.n) {
        buf_append(&t->kept, wire);
        wire = (str){NULL, 0};
        if (t->feeding)
            return 0;
    }
    struct buf kept = t->kept;
    t->kept = (struct buf){0};
    t->in = kept.n ? buf_str(&kept) : wire;
    t->feeding = true;
    int rc = consume(s);
    t->feeding = false;
    buf_append(&t->kept, t->in);
    t->in = (str){NULL, 0};
    buf_release(&kept);
    return rc;
}

static void tls_resumed(struct stream *s)
{
    int rc = s->opened ? tls_feed(s, (str){NULL, 0}) : 0;
    if (rc)
        stream_fail(s, rc);
}

static int encrypt(struct stream *s, str piece)
{
    while (piece.n) {
        int size = piece.n > 1 << 20 ? 1 << 20 : (int)piece.n;
        int n = SSL_write(s->tls->ssl, piece.p, size);
        if (n <= 0) {
            ERR_clear_error();
            return E_CLOSED;
        }
        piece = str_slice(piece, (size_t)n, piece.n);
    }
    return 0;
}

/* Small pieces are joined first: one record is cheaper than three. */
static int tls_put(struct stream *s, const str *pieces, size_t count)
{
    struct buf joined = {0};
    int rc = 0;
    if (!s->opened || s->failed || s->closing)
        return E_CLOSED;
    if (count == 1) {
        rc = encrypt(s, pieces[0]);
    } else {
        for (size_t i = 0; i < count; i++)
            buf_append(&joined, pieces[i]);
        rc = encrypt(s, buf_str(&joined));
        buf_release(&joined);
    }
    int flushed = flush(s);
    return rc ? rc : flushed;
}

static void tls_finish(struct stream *s)
{
    if (!s->opened || s->failed)
        return;
    (void)SSL_shutdown(s->tls->ssl);
    ERR_clear_error();
    (void)flush(s); /* a broken connection is told by the reading side */
}

static void tls_release(struct stream *s)
{
    SSL_free(s->tls->ssl);
    tlsctx_unref(s->tls->ctx);
    buf_release(&s->tls->kept);
    free(s->tls);
}

const struct stream_body stream_tls_body = {
    .start = tls_start,
    .feed = tls_feed,
    .put = tls_put,
    .resumed = tls_resumed,
    .finish = tls_finish,
    .release = tls_release,
};

const char *stream_tls_version(const struct stream *s)
{
    return s->tls && s->opened ? SSL_get_version(s->tls->ssl) : NULL;
}
