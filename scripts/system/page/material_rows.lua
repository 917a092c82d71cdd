-- SPDX-License-Identifier: Apache-2.0
-- material rows: the documents of a case as pages draw them: words for states, addresses, limits. Shared by the pages of
-- the applicant, of the phone and of the counter.
local scan = use "lib/scan"

local rows = {}

local TAGS = {
    missing = { "待上传" },
    submitted = { "已提交", "green" },
    again = { "需重新上传", "red" },
    optional = { "可选", "grey" },
}

-- The link beside the hint: the page to print, or the blank form.
local function link_of(item, key)
    if item.printed and key then
        return { href = "/case/" .. key .. "/print", label = "打印" }
    elseif item.blank then
        return { href = "/files/" .. item.blank, label = "空白表下载" }
    end
    return nil
end

-- One material as a template draws it; base: address of the page; allowed: whether it may be changed now.
function rows.shown(item, base, allowed)
    local tag, file = TAGS[item.state], item.file
    local out = { id = item.id, label = item.label, hint = item.hint, required = item.required, tag = tag[1], tone = tag[2],
        reason = scan.reason(item), open = allowed and item.open, action = base .. "/" .. item.id, limits = scan.limits_text(item),
        limit = item.limit, accept = scan.accept(item.formats), shrink = not item.dpi, camera = not item.dpi and "environment" or nil,
        too_large = scan.refusal("too_large", item), reuse = item.reuse }
    if file then
        local turned = (file.orientation or 1) >= 5
        out.file = { name = file.name, size = file.size, date = string.match(time.text(file.at), "^%S+"), received = file.received, warnings = file.warnings,
            width = turned and file.height or file.width, height = turned and file.width or file.height,
            turn = (file.orientation or 1) > 1 and file.orientation or nil, href = out.action .. "/file?v=" .. string.sub(file.blob, 1, 8) }
    end
    return out
end

-- rows.of(items, base, { errors, allowed, key }) -> what is still needed, what is submitted; both new
function rows.of(items, base, opts)
    local needed, submitted, messages = {}, {}, {}
    for _, e in ipairs(opts.errors or {}) do
        messages[e.field] = e.message
    end
    for _, item in ipairs(items) do
        local out = rows.shown(item, base, opts.allowed)
        out.message, out.link = messages["file-" .. item.id], link_of(item, opts.key)
        local list = item.state == "submitted" and submitted or needed
        list[#list + 1] = out
    end
    return needed, submitted
end

return rows
