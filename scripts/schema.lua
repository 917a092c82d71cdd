-- SPDX-License-Identifier: Apache-2.0
-- schema: tables, key shapes, indexes, counters, logs, sequences and jobs. Data only. See store/README.md.
-- Plain indexes hold only what reveals nobody; phone, mail, names and document numbers stand in blind and words indexes.
return {
    tables = {
        -- Who logs in. logins: confirmed phone, mail and staff names, normalised; phone and email are never keys.
        account = {
            key = "time",
            indexes = {
                { name = "login", kind = "blind", fields = { "logins" }, multi = true, unique = true },
                { name = "state", kind = "plain", fields = { "state" } },
            },
        },
        -- Key: SHA-256 of the cookie. until: the last moment; seen: the last use that was written.
        session = {
            key = "text",
            indexes = {
                { name = "account", kind = "plain", fields = { "account" } },
                { name = "until", kind = "plain", fields = { "until_ms" } },
            },
        },
        -- A captcha, a code by SMS or mail, a confirming link: one use, few tries, short life.
        challenge = { key = "text", indexes = { { name = "until", kind = "plain", fields = { "until_ms" } } } },
        -- What guards a secret, by a digest of whom it concerns: codes sent, wrong passwords, wrong download codes.
        quota = { key = "text", indexes = { { name = "until", kind = "plain", fields = { "until_ms" } } } },
        -- What was posted when the session had ended; sealed, 30 minutes.
        kept_post = { key = "text", indexes = { { name = "until", kind = "plain", fields = { "until_ms" } } } },
        -- Answers given for an Idempotency-Key.
        idempotency = { key = "text", indexes = { { name = "until", kind = "plain", fields = { "until_ms" } } } },

        -- Whom applications name. A unit is its credit code, its names are a dated list.
        person = { key = "time", indexes = { { name = "document", kind = "blind", fields = { "document" }, unique = true } } },
        unit = { key = "time", indexes = { { name = "code", kind = "blind", fields = { "code" }, unique = true } } },
        -- A certificate user name, reserved by a case or held by a certificate.
        user_name = {
            key = "time",
            indexes = {
                { name = "name", kind = "blind", fields = { "name" }, unique = true },
                { name = "case", kind = "plain", fields = { "case" } },
            },
        },

        case = {
            key = "time",
            indexes = {
                { name = "number", kind = "plain", fields = { "number" }, unique = true },
                { name = "state", kind = "plain", fields = { "state", "since" } },
                { name = "unit", kind = "plain", fields = { "unit" } },
                { name = "bundle", kind = "plain", fields = { "bundle" } },
                { name = "words", kind = "words", fields = { "subject", "user_name" } },
            },
            counters = {
                { name = "cases_by_state", by = { "kind", "state" } },
                { name = "cases_by_bundle", by = { "bundle", "state" } },
            },
        },
        event = { key = "time", indexes = { { name = "case", kind = "plain", fields = { "case" } } } },
        -- The file behind a material fact: name, size, picture, warnings.
        material = {
            key = "time",
            indexes = {
                { name = "case", kind = "plain", fields = { "case" } },
                { name = "blob", kind = "blob", fields = { "blob" } },
            },
        },
        -- A proof of a bank transfer: waiting, confirmed, refused.
        voucher = {
            key = "time",
            indexes = {
                { name = "case", kind = "plain", fields = { "case" } },
                { name = "state", kind = "plain", fields = { "state" } },
                { name = "blob", kind = "blob", fields = { "blob" } },
            },
        },
        -- A one-use way to one step of a case (phone, upload). Key: SHA-256 of the token.
        link = {
            key = "text",
            indexes = {
                { name = "case", kind = "plain", fields = { "case" } },
                { name = "until", kind = "plain", fields = { "until_ms" } },
            },
        },
        shipment = {
            key = "time",
            indexes = {
                { name = "case", kind = "plain", fields = { "case" } },
                { name = "state", kind = "plain", fields = { "state" } },
            },
        },
        -- The right to download: the code's digest, tries, ends. Key: that of the case.
        download = { key = "text" },
        certificate = {
            key = "time",
            indexes = {
                { name = "case", kind = "plain", fields = { "case" } },
                { name = "serial", kind = "plain", fields = { "serial" }, unique = true },
                { name = "ends", kind = "plain", fields = { "state", "not_after" } },
            },
            counters = { { name = "certificates_by_state", by = { "state" } } },
        },
        -- An SMS or a mail: written with what caused it, sent by a job. In try-it mode this is the inbox.
        message = {
            key = "time",
            indexes = {
                { name = "to", kind = "blind", fields = { "to" } },
                { name = "case", kind = "plain", fields = { "case" } },
            },
        },
        -- What staff must look at: money that fits nothing, a job that gave up, a certificate that waits for its signer.
        todo = {
            key = "time",
            indexes = {
                { name = "state", kind = "plain", fields = { "state", "kind" } },
                { name = "case", kind = "plain", fields = { "case" } },
            },
        },
        -- Small things of the hall itself, by name: how far the signer's changes were read, the try-it cashier's habits.
        setting = { key = "text" },
        -- Bundles of business rules, for ever. Key: the bundle's hash; files: { name = SHA-256 of its text }.
        bundle = { key = "text", indexes = { { name = "at", kind = "plain", fields = { "at" } } } },
        -- Key: SHA-256 of the text.
        source = { key = "text" },
        -- What somebody edits: files that differ from those of its base.
        draft = { key = "time", indexes = { { name = "account", kind = "plain", fields = { "account" } } } },
        -- A bundle on its way to be live: proposed, approved, scheduled, live, refused, withdrawn, missed, replaced.
        publication = {
            key = "time",
            indexes = {
                { name = "state", kind = "plain", fields = { "state" } },
                { name = "bundle", kind = "plain", fields = { "bundle" } },
            },
        },
        -- Recorded cases decided by other rules: how far it is, what differs. For ever. bundle: the rules' hash, live: against which.
        replay = { key = "time", indexes = { { name = "bundle", kind = "plain", fields = { "bundle", "live" } } } },
        -- Open cases on their way to the rules of a publication, whose key it has: where the job goes on, what is left.
        move = { key = "time" },
        -- Calls of business rules that were stopped, one row for what repeats in a day. what: bundle, kind, function, line, day.
        overrun = { key = "time", indexes = { { name = "what", kind = "plain", fields = { "what" }, unique = true } } },
        -- What the try-it cashier was asked for and did: the gateway's own book.
        try_trade = {
            key = "text",
            indexes = { { name = "state", kind = "plain", fields = { "state" } } },
        },

        -- Money and trust: written by core/domain alone.
        staff = { key = "text" },
        grant = {
            key = "time",
            indexes = {
                { name = "holder", kind = "plain", fields = { "account", "object" } },
                { name = "object", kind = "plain", fields = { "object" } },
            },
        },
        fact = { key = "time", indexes = { { name = "case", kind = "plain", fields = { "case", "kind" } } } },
        order = {
            key = "time",
            indexes = {
                { name = "case", kind = "plain", fields = { "cases" }, multi = true },
                { name = "state", kind = "plain", fields = { "state" } },
            },
        },
        attempt = {
            key = "time",
            indexes = {
                { name = "out_no", kind = "plain", fields = { "out_no" }, unique = true },
                { name = "order", kind = "plain", fields = { "order" } },
                { name = "state", kind = "plain", fields = { "state" } },
            },
        },
        receipt = {
            key = "time",
            indexes = {
                { name = "trade", kind = "plain", fields = { "channel", "trade_no" }, unique = true },
                { name = "order", kind = "plain", fields = { "order" } },
                { name = "open", kind = "plain", fields = { "open" } },
                { name = "meant", kind = "plain", fields = { "meant" } },
            },
        },
        refund = {
            key = "time",
            indexes = {
                { name = "receipt", kind = "plain", fields = { "receipt" } },
                { name = "state", kind = "plain", fields = { "state" } },
            },
        },
        ticket = { key = "time", indexes = { { name = "case", kind = "plain", fields = { "case" } } } },
    },
    counters = {},
    logs = { "audit" },
    sequences = { { name = "case_number", first = 1 } },
    jobs = {
        "recurring",
        "rules.due",
        "rules.replay",
        "rules.move",
        "message.send",
        "timer.due",
        "account.phone",
        "order.close",
        "order.query",
        "invoice.make",
        "refund.send",
        "try.notify",
        "identity.ask",
        "identity.expire",
        "certificate.order",
    },
}
