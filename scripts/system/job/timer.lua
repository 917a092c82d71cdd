-- SPDX-License-Identifier: Apache-2.0
-- timer: what a state does when time has passed: reminders and the end. A timer whose state was left does nothing.
local flow = use "system/service/flow"
local live = use "system/service/live"
local message = use "system/service/message"
local say = use "system/service/say"

local function run(tx, row, args)
    if args.event and args.event ~= json.null then
        flow.fire(tx, row, args.event, { account = "", as = "system" })
    else
        message.send(tx, row, args.remind, say.of(row, live.rules_of(row), {}))
    end
end

job.on("timer.due", function(args, info)
    store.tx(function(tx)
        local row = tx:get("case", args.case)
        if row and row.state == args.state and row.since == args.since then
            row.key = args.case
            run(tx, row, args)
        end
        tx:finish(info.id)
    end)
    flow.told(args.case)
end)
