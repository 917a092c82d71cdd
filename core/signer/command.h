// SPDX-License-Identifier: Apache-2.0
// command: the words of certhall-signer: serve, init, root-crl, store, audit, backup, restore,
// help.
#ifndef CORE_SIGNER_COMMAND_H
#define CORE_SIGNER_COMMAND_H

/* Runs what argv says; the exit status. */
int command_main(int argc, char **argv, char *const *environment);

#endif
