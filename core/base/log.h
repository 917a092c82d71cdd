// SPDX-License-Identifier: Apache-2.0
// log: one JSON object per line on stderr (a human form on a terminal). The sink is the only
// mutable global of the program. Personal data passes only through the masking field kinds; secrets
// never.
#ifndef CORE_BASE_LOG_H
#define CORE_BASE_LOG_H

#include "core/base/base.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

enum log_kind {
    LOG_KIND_STR,
    LOG_KIND_TEXT, /* free text: mobile and identity numbers in it are masked */
    LOG_KIND_INT,
    LOG_KIND_MS,
    LOG_KIND_PHONE,
    LOG_KIND_ID_NUMBER,
    LOG_KIND_NAME
};

struct log_field {
    const char *key;
    enum log_kind kind;
    str text;       /* for STR, TEXT and the masked kinds */
    int64_t number; /* for INT; microseconds for MS, written as milliseconds with three decimals */
};

#define LOG_STR(key, value) ((struct log_field){key, LOG_KIND_STR, value, 0})
#define LOG_TEXT(key, value) ((struct log_field){key, LOG_KIND_TEXT, value, 0})
#define LOG_INT(key, value) ((struct log_field){key, LOG_KIND_INT, {0, 0}, (int64_t)(value)})
#define LOG_MS(key, micros) ((struct log_field){key, LOG_KIND_MS, {0, 0}, (int64_t)(micros)})
#define LOG_PHONE(key, value) ((struct log_field){key, LOG_KIND_PHONE, value, 0})
#define LOG_ID_NUMBER(key, value) ((struct log_field){key, LOG_KIND_ID_NUMBER, value, 0})
#define LOG_NAME(key, value) ((struct log_field){key, LOG_KIND_NAME, value, 0})

/* Writes one line with one write(2); thread-safe. */
void log_write(enum log_level level, const char *msg, const struct log_field *fields, size_t count);

/* log_info("listening", LOG_STR("address", a), LOG_INT("port", 80)); at least one field. */
#define log_at(level, msg, ...)                                                                    \
    log_write(level, msg, (const struct log_field[]){__VA_ARGS__},                                 \
        sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
#define log_debug(msg, ...) log_at(LOG_DEBUG, msg, __VA_ARGS__)
#define log_info(msg, ...) log_at(LOG_INFO, msg, __VA_ARGS__)
#define log_warn(msg, ...) log_at(LOG_WARN, msg, __VA_ARGS__)
#define log_error(msg, ...) log_at(LOG_ERROR, msg, __VA_ARGS__)

/* Lines below the level are dropped; LOG_INFO at start. */
void log_set_level(enum log_level level);
enum log_level log_level(void);
/* Where lines go (descriptor 2 at start) and whether in the human form. */
void log_set_sink(int fd, bool human);
/* Whether lines have the human form now. */
bool log_is_human(void);
/* Writes ready JSON lines, each with its line feed, with one write(2): for the access log, which
 * gathers those of one turn. */
void log_write_lines(str lines);
/* Counts lines that could not be written. */
uint64_t log_lost(void);

#endif
