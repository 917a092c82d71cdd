// SPDX-License-Identifier: Apache-2.0
// message: what the hall and its signer say to each other, as bytes: a frame is two lengths (4
// bytes each, big-endian), a JSON object and, beside it, bytes that are no text (a request, a
// certificate, a revocation list).
//
// Pure functions, used by both programs. What a message means is the signer's business; nothing
// here can ask for a signature over given bytes.
#ifndef CORE_ISSUER_MESSAGE_H
#define CORE_ISSUER_MESSAGE_H

#include "core/base/json.h"

enum { MESSAGE_HEAD = 8 };

/* What one side accepts from the other. */
struct message_limits {
    size_t json;
    size_t body;
};
/* Static. */
const struct message_limits *message_request_limits(void);
const struct message_limits *message_answer_limits(void);

struct message_frame {
    str json;
    str body;
    size_t size; /* of the whole frame */
};
/* Cuts the first frame off `bytes`, borrowing from them. 1 when more bytes are needed, E_TOO_BIG
 * over a limit. */
must_use int message_cut(str bytes, const struct message_limits *limits, struct message_frame *out);
/* Appends a frame. */
void message_put(str json, str body, struct buf *out);

/* Operation, word, members it has beside "op". */
#define MESSAGE_OPS(X)                                                                             \
    X(MESSAGE_ISSUE, "issue", MESSAGE_HAS_VOUCHER)                    /* body: PKCS#10 */          \
    X(MESSAGE_REVOKE, "revoke", MESSAGE_HAS_VOUCHER)                  /* freeze and unfreeze */    \
    X(MESSAGE_CRL, "crl", MESSAGE_HAS_AUTHORITY | MESSAGE_HAS_NUMBER) /* -> body */                \
    X(MESSAGE_OCSP, "ocsp", 0)                                        /* body -> body */           \
    X(MESSAGE_CHAIN, "chain", 0)                                      /* certificates of CAs */    \
    X(MESSAGE_CHANGES, "changes", MESSAGE_HAS_NUMBER)                 /* behind a sequence */      \
    X(MESSAGE_STATUS, "status", 0)

enum { MESSAGE_HAS_VOUCHER = 1, MESSAGE_HAS_AUTHORITY = 2, MESSAGE_HAS_NUMBER = 4 };

enum message_op {
#define X(name, word, members) name,
    MESSAGE_OPS(X)
#undef X
        MESSAGE_OP_COUNT
};

struct message_request {
    enum message_op op;
    str voucher;     /* ticket, or order of a revocation */
    str authority;   /* name of a CA; empty: the first */
    uint64_t number; /* sequence to continue behind; or number of the CRL that is known already */
    str body;
};
/* Appends the frame. */
void message_put_request(const struct message_request *r, struct buf *out);
/* Reads a frame's content; texts live in the arena, the body is borrowed. E_PROTOCOL with a
 * sentence for anything but the members of a known operation. */
must_use int message_read_request(const struct message_frame *f, struct arena *arena,
    struct message_request *out, struct err *err);
/* "issue". Static. */
const char *message_op_name(enum message_op op);

struct message_answer {
    int code; /* 0, or what went wrong, with message and where */
    str message;
    str where;
    const struct json *result; /* object; NULL on failure */
    str body;
};
/* Appends the frame of a success: `result` is a JSON object. */
void message_put_result(str result, str body, struct buf *out);
void message_put_failure(const struct err *err, struct buf *out);
/* As message_read_request. */
must_use int message_read_answer(
    const struct message_frame *f, struct arena *arena, struct message_answer *out);

#endif
