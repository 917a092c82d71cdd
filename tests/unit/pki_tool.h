// SPDX-License-Identifier: Apache-2.0
// pki_tool: what the files of the tool share.
#ifndef TESTS_UNIT_PKI_TOOL_H
#define TESTS_UNIT_PKI_TOOL_H

#include "core/pki/issue.h"

_Noreturn void tool_die(const char *what);
void tool_must(int rc, const struct err *err);
/* Prints the refusal, if it is one; the program's status. */
int tool_say(int rc, const struct err *err);
void tool_load(const char *path, struct buf *out);
/* `dir` may be empty. */
void tool_save(const char *dir, const char *name, str bytes);
void tool_save_pem(const char *dir, const char *name, const char *label, str der);
void tool_save_key(const char *dir, const char *name, const struct pk *key, str passphrase);
int64_t tool_now(void);
/* The CA whose files stand in the folder. */
struct issuer *tool_issuer(const char *dir, const char *name);
int tool_issue(const struct issuer *by, const struct cert_order *o, struct buf *der);

int tool_do_issue(char **args);
int tool_do_subjects(char **args);
int tool_do_root(char **args);
int tool_do_ocsp(char **args);
int tool_do_p7(char **args);

#endif
