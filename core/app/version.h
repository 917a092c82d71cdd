// SPDX-License-Identifier: Apache-2.0
// version: the release as the build was told.
#ifndef CORE_APP_VERSION_H
#define CORE_APP_VERSION_H

#ifndef CERTHALL_VERSION
#define CERTHALL_VERSION "0"
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CERTHALL_BUILD "debug"
#else
#define CERTHALL_BUILD "release"
#endif

#endif
