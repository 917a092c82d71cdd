// SPDX-License-Identifier: Apache-2.0
// voucher: a JSON object of the hall that the signer can trust, as "payload.mac", both base64url.
// The MAC's label keeps the kinds apart.
#ifndef CORE_DOMAIN_VOUCHER_H
#define CORE_DOMAIN_VOUCHER_H

#include "core/base/json.h"

enum { VOUCHER_KEY = 32 };

/* Appends the text of a payload. `label` is one of this folder's. */
void voucher_write(struct buf *out, str label, str payload, const uint8_t key[VOUCHER_KEY]);
/* E_DENIED when it was altered, or made with another key or label; the root lives in the arena. */
must_use int voucher_read(str text, str label, const uint8_t key[VOUCHER_KEY], struct arena *arena,
    const struct json **root);

#endif
