-- SPDX-License-Identifier: Apache-2.0
-- shell: what all staff pages share: menu by roles, crumbs, words of lists, one way to show a refusal on the page it is about.
local menu_staff = use "lib/menu_staff"
local page = use "lib/page"

local shell = {}

shell.ALL = { "reviewer", "officer", "cashier", "admin", "counter" }

local function crumbs(title)
    return { { label = "工作台", href = "/staff" }, { label = title } }
end

-- Answers with a staff page. data.wide: without the menu, for pages that need the room.
function shell.send(req, status, view, user, data)
    data.user, data.section, data.menu_label = user, "staff", "工作台菜单"
    data.menu = not data.wide and menu_staff.of(user) or nil
    data.crumbs = data.crumbs or (data.title ~= "工作台" and crumbs(data.title) or { { label = "工作台" } })
    return page.send_form(req, status, view, data)
end

local shown = { E_CONFLICT = 409, E_DENIED = 403, E_INVALID = 422, E_EXISTS = 409 }

-- Runs f; what it refuses in words comes back as status and sentence, anything else is raised again.
function shell.try(f)
    local ok, result = pcall(f)
    if ok then
        return nil, nil, result
    end
    local status = type(result) == "table" and shown[result.code]
    if not status then
        error(result, 0)
    end
    return status, result.message
end

-- The options of a list for part/field/select, those that are on this kind of item.
function shell.options(b, list, on)
    local out = {}
    for _, one in ipairs(b:list(list)) do
        out[#out + 1] = (not on or one.on == on) and one or nil
    end
    return out
end

-- The sentence of a chosen reason and what was typed: "图片不清晰……；第二页缺章"
function shell.reason(b, list, chosen, typed)
    local words = text.trim(text.normalize(typed or ""))
    for _, one in ipairs(b:list(list)) do
        if one.value == chosen then
            return one.text .. (words ~= "" and "；" .. words or "")
        end
    end
    return words
end

-- An address with a query; nil values are left out.
function shell.href(path, query)
    local parts = {}
    for _, one in ipairs(query) do
        local value = one[2]
        if value and value ~= "" then
            parts[#parts + 1] = one[1] .. "=" .. string.gsub(value, "[^%w%-._~]", function(c) return string.format("%%%02X", string.byte(c)) end)
        end
    end
    return path .. (#parts > 0 and "?" .. table.concat(parts, "&") or "")
end

return shell
