// SPDX-License-Identifier: Apache-2.0
// err: the single list of error codes and the value that carries a cause to a person.
//
// Fallible functions return 0 or one of these negative codes. Where a person will read the cause,
// the last parameter is `struct err *`, filled by err_set. "Not found" as an expected answer is 1,
// not an error.
#ifndef CORE_BASE_ERR_H
#define CORE_BASE_ERR_H

#define must_use __attribute__((warn_unused_result))
#define printf_like(at, first) __attribute__((format(printf, at, first)))

#define ERR_LIST(X)                                                                                \
    X(E_INVALID, -1, "invalid input")                     /* the caller's data is wrong */         \
    X(E_PARSE, -2, "text cannot be parsed")               /* syntax of a text or encoding */       \
    X(E_TOO_BIG, -3, "too big")                           /* over a declared limit */              \
    X(E_NOT_FOUND, -4, "not found")                       /* named thing does not exist */         \
    X(E_EXISTS, -5, "exists already")                     /* unique rule violated */               \
    X(E_CONFLICT, -6, "somebody else was faster")         /* lost a race; run again */             \
    X(E_DENIED, -7, "not allowed")                        /* rights of user or file system */      \
    X(E_BUSY, -8, "too much work waiting")                /* a bounded queue is full */            \
    X(E_TIMEOUT, -9, "took too long")                     /* deadline passed */                    \
    X(E_CANCELLED, -10, "cancelled")                      /* nobody wants the result */            \
    X(E_CLOSED, -11, "closed")                            /* peer or object is gone */             \
    X(E_EOF, -12, "unexpected end")                       /* input ended early */                  \
    X(E_IO, -13, "input or output failed")                /* device error */                       \
    X(E_NO_SPACE, -14, "no space left on the disk")       /* ENOSPC, EDQUOT */                     \
    X(E_MAP_FULL, -15, "the store's map is full")         /* MDB_MAP_FULL */                       \
    X(E_READ_ONLY, -16, "the store is read-only")         /* after an I/O error at commit */       \
    X(E_CORRUPT, -17, "stored data is damaged")           /* seal, checksum or structure */        \
    X(E_CRYPTO, -18, "cryptographic operation failed")    /* library refused */                    \
    X(E_PROTOCOL, -19, "peer violated the protocol")      /* HTTP, TLS, signer */                  \
    X(E_UNSUPPORTED, -20, "not supported")                /* known, deliberately refused */        \
    X(E_CONFIG, -21, "wrong configuration")               /* option table */                       \
    X(E_SCRIPT, -22, "script failed")                     /* Lua error */                          \
    X(E_BUDGET, -23, "over the budget of time or memory") /* killed by a limit */                  \
    X(E_ADDR_IN_USE, -24, "address already in use")       /* EADDRINUSE */                         \
    X(E_UNREACHABLE, -25, "peer cannot be reached")       /* connect, DNS */                       \
    X(E_NO_FILES, -26, "out of file descriptors")         /* EMFILE, ENFILE */                     \
    X(E_SYSTEM, -27, "operating system refused")          /* any other errno */

enum err_code {
#define X(name, value, text) name = value,
    ERR_LIST(X)
#undef X
};

/* A cause for a person: code, sentence, and where (file:line, table, option …; may be empty). */
struct err {
    int code;
    char message[384];
    char where[128];
};

/* Fills `err` (may be NULL) and returns `code`, so that failing is one line. Clears `where`. */
int err_set(struct err *err, int code, const char *format, ...) printf_like(3, 4);

/* Names the place of the cause; keeps code and message. */
void err_at(struct err *err, const char *format, ...) printf_like(2, 3);

/* Translates errno into a code of the list. */
int err_from_errno(int errnum);

/* "E_INVALID" for -1; "E_UNKNOWN" for a number that is not in the list. Static. */
const char *err_name(int code);

/* The list's sentence for a code. Static. */
const char *err_text(int code);

#endif
