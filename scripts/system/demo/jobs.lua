-- SPDX-License-Identifier: Apache-2.0
-- demo job: runs after the entry is on disk, at least once; recording the result and finishing are one step.
job.on("demo.welcome", function(args, info)
    local entry = store.get("demo_entry", args.key)
    if not entry then
        return
    end
    log.info("demo entry welcomed", { number = entry.number, phone = entry.phone })
    store.tx(function(tx)
        tx:add("demo_welcomes", 1)
        tx:finish(info.id)
    end)
end)
