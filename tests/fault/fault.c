// SPDX-License-Identifier: Apache-2.0
// fault: loaded before libc (LD_PRELOAD): lets the k-th call that writes below a directory fail, or
// records all of them for a simulated power cut.
//
//   FAULT_UNDER   the directory; calls elsewhere are passed on
//   FAULT_AT      number of the call that fails, from 1; 0: none
//   FAULT_CALLS   letters of the calls that count: w write, s sync, o open, r rename, unlink and
//                 mkdir, t ftruncate, m mmap; all by default
//   FAULT_ERRNO   what it fails with
//   FAULT_FOREVER 1: so do all calls after it
//   FAULT_HIT     a file that is made when the call is reached
//   FAULT_RECORD  a file that gets every call and every write to standard output, in order
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* One record: this, then the path, then the data. */
struct record {
    char op;
    uint8_t synced; /* a write that was on disk when it returned (O_DSYNC) */
    uint16_t path;  /* length */
    uint32_t data;  /* length */
    uint64_t offset;
};

static struct {
    pthread_mutex_t lock;
    char under[PATH_MAX];
    char calls[16];
    char hit[PATH_MAX];
    long at;
    long count;
    bool forever;
    int errnum;
    int record; /* descriptor; 0: none */
} fault = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int raw_open(int at, const char *path, int flags, mode_t mode)
{
    return (int)syscall(SYS_openat, at, path, flags, mode);
}

static void take_path(const char *name, char *out)
{
    const char *value = getenv(name);
    if (!value || strlen(value) >= PATH_MAX)
        return;
    memcpy(out, value, strlen(value) + 1);
}

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("FAULT_AT"), *errnum = getenv("FAULT_ERRNO");
    const char *calls = getenv("FAULT_CALLS"), *record = getenv("FAULT_RECORD");
    const char *forever = getenv("FAULT_FOREVER");
    (void)snprintf(fault.calls, sizeof(fault.calls), "%s", calls ? calls : "wsortm");
    take_path("FAULT_HIT", fault.hit);
    fault.at = at ? atol(at) : 0;
    fault.errnum = errnum ? atoi(errnum) : EIO;
    fault.forever = forever && *forever == '1';
    if (record)
        fault.record = raw_open(AT_FDCWD, record, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    take_path("FAULT_UNDER", fault.under);
}

static bool is_under(const char *path)
{
    size_t n = strlen(fault.under);
    return n && strncmp(path, fault.under, n) == 0 && (!path[n] || path[n] == '/');
}

/* The path of a descriptor, or false. lock.mdb holds nothing that outlives a process. */
static bool path_of(int fd, char out[PATH_MAX])
{
    char link[64];
    if (!fault.under[0] || fd < 0)
        return false;
    (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, out, PATH_MAX - 1);
    if (n <= 0)
        return false;
    out[n] = 0;
    return is_under(out);
}

/* Path of a name below a directory descriptor, which may be AT_FDCWD. */
static bool path_at(int at, const char *name, char out[PATH_MAX])
{
    char folder[PATH_MAX] = "";
    if (!fault.under[0])
        return false;
    if (name[0] != '/' && !path_of(at, folder))
        return false;
    int n = snprintf(out, PATH_MAX, "%s%s%s", folder, name[0] == '/' ? "" : "/", name);
    return n > 0 && n < PATH_MAX && is_under(out);
}

static void mark_hit(void)
{
    if (!fault.hit[0])
        return;
    int fd = raw_open(AT_FDCWD, fault.hit, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0)
        (void)close(fd);
}

/* Counts a call and says whether it is to fail; errno is set then. */
static bool fails(char kind)
{
    if (!fault.at || !strchr(fault.calls, kind))
        return false;
    (void)pthread_mutex_lock(&fault.lock);
    long n = ++fault.count;
    (void)pthread_mutex_unlock(&fault.lock);
    if (n == fault.at)
        mark_hit();
    if (n != fault.at && !(fault.forever && n > fault.at))
        return false;
    errno = fault.errnum;
    return true;
}

/* Appends one record as one write, so that records of several threads do not mix. */
static void record(char op, bool synced, const char *path, uint64_t offset, const struct iovec *iov,
    int parts, size_t length)
{
    struct iovec all[66];
    struct record r = {.op = op,
        .synced = synced,
        .path = (uint16_t)strlen(path),
        .data = (uint32_t)length,
        .offset = offset};
    int n = 2;
    if (!fault.record || parts > 64)
        return;
    all[0] = (struct iovec){&r, sizeof(r)};
    all[1] = (struct iovec){(void *)(uintptr_t)path, r.path};
    for (int i = 0; i < parts && length; i++) {
        all[n] = iov[i];
        all[n].iov_len = iov[i].iov_len < length ? iov[i].iov_len : length;
        length -= all[n++].iov_len;
    }
    int before = errno;
    (void)pthread_mutex_lock(&fault.lock);
    (void)!syscall(SYS_writev, fault.record, all, n);
    (void)pthread_mutex_unlock(&fault.lock);
    errno = before;
}

static void record_text(char op, const char *path, const char *text)
{
    struct iovec iov = {(void *)(uintptr_t)text, strlen(text)};
    record(op, false, path, 0, &iov, 1, iov.iov_len);
}

static bool is_dsync(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && (flags & O_DSYNC);
}

/* All writes: `offset` -1 writes at the file's own position. */
static ssize_t write_all_ways(int fd, const struct iovec *iov, int parts, off_t offset)
{
    char path[PATH_MAX];
    bool ours = path_of(fd, path);
    if (ours && fails('w'))
        return -1;
    off_t at = ours && offset < 0 ? lseek(fd, 0, SEEK_CUR) : offset;
    ssize_t n = offset < 0 ? (ssize_t)syscall(SYS_writev, fd, iov, parts)
                           : (ssize_t)syscall(SYS_pwritev, fd, iov, parts, offset, 0);
    if (n >= 0 && ours)
        record('W', is_dsync(fd), path, (uint64_t)at, iov, parts, (size_t)n);
    if (n >= 0 && fd == STDOUT_FILENO)
        record('A', false, "", 0, iov, parts, (size_t)n);
    return n;
}

EXPORT ssize_t write(int fd, const void *bytes, size_t n)
{
    struct iovec iov = {(void *)(uintptr_t)bytes, n};
    return write_all_ways(fd, &iov, 1, -1);
}

EXPORT ssize_t writev(int fd, const struct iovec *iov, int parts)
{
    return write_all_ways(fd, iov, parts, -1);
}

EXPORT ssize_t pwrite(int fd, const void *bytes, size_t n, off_t offset)
{
    struct iovec iov = {(void *)(uintptr_t)bytes, n};
    return write_all_ways(fd, &iov, 1, offset);
}

EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t offset)
{
    return pwrite(fd, bytes, n, offset);
}

EXPORT ssize_t pwritev(int fd, const struct iovec *iov, int parts, off_t offset)
{
    return write_all_ways(fd, iov, parts, offset);
}

EXPORT ssize_t pwritev64(int fd, const struct iovec *iov, int parts, off64_t offset)
{
    return write_all_ways(fd, iov, parts, offset);
}

static int sync_by(long call, int fd)
{
    char path[PATH_MAX];
    bool ours = path_of(fd, path);
    if (ours && fails('s'))
        return -1;
    if (ours)
        record_text('B', path, "");
    int rc = (int)syscall(call, fd);
    if (ours && !rc)
        record_text('E', path, "");
    return rc;
}

EXPORT int fsync(int fd)
{
    return sync_by(SYS_fsync, fd);
}

EXPORT int fdatasync(int fd)
{
    return sync_by(SYS_fdatasync, fd);
}

EXPORT int msync(void *address, size_t n, int flags)
{
    return fault.under[0] && fails('s') ? -1 : (int)syscall(SYS_msync, address, n, flags);
}

EXPORT int ftruncate(int fd, off_t length)
{
    char path[PATH_MAX];
    bool ours = path_of(fd, path);
    if (ours && fails('t'))
        return -1;
    int rc = (int)syscall(SYS_ftruncate, fd, length);
    if (ours && !rc)
        record('T', false, path, (uint64_t)length, NULL, 0, 0);
    return rc;
}

EXPORT int ftruncate64(int fd, off64_t length)
{
    return ftruncate(fd, length);
}

EXPORT void *mmap(void *address, size_t n, int prot, int flags, int fd, off_t offset)
{
    char path[PATH_MAX];
    if (path_of(fd, path) && fails('m'))
        return MAP_FAILED;
    return (void *)syscall(SYS_mmap, address, n, prot, flags, fd, offset);
}

EXPORT void *mmap64(void *address, size_t n, int prot, int flags, int fd, off64_t offset)
{
    return mmap(address, n, prot, flags, fd, offset);
}

static int open_any(int at, const char *name, int flags, mode_t mode)
{
    char path[PATH_MAX];
    bool ours = path_at(at, name, path);
    if (ours && fails('o'))
        return -1;
    bool made = ours && fault.record && (flags & O_CREAT) &&
                syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
    int fd = raw_open(at, name, flags, mode);
    if (fd >= 0 && made)
        record_text('C', path, "");
    return fd;
}

static mode_t mode_of(int flags, va_list args)
{
    return flags & (O_CREAT | O_TMPFILE) ? (mode_t)va_arg(args, unsigned) : 0;
}

EXPORT int open(const char *name, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_of(flags, args);
    va_end(args);
    return open_any(AT_FDCWD, name, flags, mode);
}

EXPORT int open64(const char *name, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_of(flags, args);
    va_end(args);
    return open_any(AT_FDCWD, name, flags, mode);
}

EXPORT int openat(int at, const char *name, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_of(flags, args);
    va_end(args);
    return open_any(at, name, flags, mode);
}

EXPORT int openat64(int at, const char *name, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_of(flags, args);
    va_end(args);
    return open_any(at, name, flags, mode);
}

EXPORT int renameat(int from_at, const char *from, int to_at, const char *to)
{
    char old[PATH_MAX], new[PATH_MAX];
    bool ours = path_at(from_at, from, old) && path_at(to_at, to, new);
    if (ours && fails('r'))
        return -1;
    int rc = (int)syscall(SYS_renameat2, from_at, from, to_at, to, 0);
    if (ours && !rc)
        record_text('R', old, new);
    return rc;
}

EXPORT int rename(const char *from, const char *to)
{
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

EXPORT int unlinkat(int at, const char *name, int flags)
{
    char path[PATH_MAX];
    bool ours = path_at(at, name, path);
    if (ours && fails('r'))
        return -1;
    int rc = (int)syscall(SYS_unlinkat, at, name, flags);
    if (ours && !rc)
        record_text('U', path, "");
    return rc;
}

EXPORT int unlink(const char *name)
{
    return unlinkat(AT_FDCWD, name, 0);
}

EXPORT int mkdirat(int at, const char *name, mode_t mode)
{
    char path[PATH_MAX];
    bool ours = path_at(at, name, path);
    if (ours && fails('r'))
        return -1;
    int rc = (int)syscall(SYS_mkdirat, at, name, mode);
    if (ours && !rc)
        record_text('D', path, "");
    return rc;
}

EXPORT int mkdir(const char *name, mode_t mode)
{
    return mkdirat(AT_FDCWD, name, mode);
}
