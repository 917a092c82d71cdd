// SPDX-License-Identifier: Apache-2.0
// err: names and sentences of the error list.
#include "core/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int err_set(struct err *err, int code, const char *format, ...)
{
    if (!err)
        return code;
    va_list args;
    va_start(args, format);
    err->code = code;
    err->where[0] = '\0';
    (void)vsnprintf(err->message, sizeof(err->message), format, args);
    va_end(args);
    return code;
}

void err_at(struct err *err, const char *format, ...)
{
    if (!err)
        return;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->where, sizeof(err->where), format, args);
    va_end(args);
}

int err_from_errno(int errnum)
{
    static const struct {
        int errnum;
        int code;
    } map[] = {
        {EACCES, E_DENIED},
        {EPERM, E_DENIED},
        {EROFS, E_DENIED},
        {ENOENT, E_NOT_FOUND},
        {ENOTDIR, E_NOT_FOUND},
        {EEXIST, E_EXISTS},
        {ENOSPC, E_NO_SPACE},
        {EDQUOT, E_NO_SPACE},
        {EMFILE, E_NO_FILES},
        {ENFILE, E_NO_FILES},
        {EADDRINUSE, E_ADDR_IN_USE},
        {ECONNREFUSED, E_UNREACHABLE},
        {EHOSTUNREACH, E_UNREACHABLE},
        {ENETUNREACH, E_UNREACHABLE},
        {ETIMEDOUT, E_TIMEOUT},
        {ECONNRESET, E_CLOSED},
        {EPIPE, E_CLOSED},
        {EIO, E_IO},
        {EFBIG, E_TOO_BIG},
        {EINVAL, E_INVALID},
        {EBUSY, E_BUSY},
    };
    for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
        if (map[i].errnum == errnum)
            return map[i].code;
    return E_SYSTEM;
}

const char *err_name(int code)
{
    switch (code) {
#define X(name, value, text)                                                                       \
    case name:                                                                                     \
        return #name;
        ERR_LIST(X)
#undef X
    default:
        return "E_UNKNOWN";
    }
}

const char *err_text(int code)
{
    switch (code) {
#define X(name, value, text)                                                                       \
    case name:                                                                                     \
        return text;
        ERR_LIST(X)
#undef X
    default:
        return "unknown error";
    }
}
