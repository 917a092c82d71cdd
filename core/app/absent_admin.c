// SPDX-License-Identifier: Apache-2.0
// absent_admin: refuses the store's commands while the store has none; compiled only then
// (CMakeLists.txt).
#include "store/admin.h"

int store_command(const struct store_command *c, int argc, char **argv, struct err *err)
{
    (void)c, (void)argc, (void)argv;
    err_set(err, E_UNSUPPORTED, "this build has no commands for the store");
    return 2;
}
