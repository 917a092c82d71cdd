-- SPDX-License-Identifier: Apache-2.0
-- views: values of a form as people read them: for pages, the check page, reviewers and prints; and what a change undoes.
local choice = use "lib/field/choice"
local dates = use "lib/dates"
local forms = use "lib/business/forms"
local phone = use "lib/field/phone"
local region = use "lib/field/region"
local rules = use "lib/business/rules"

local views = {}

local function label_of(f, value)
    local option = choice.option_of(f, value)
    return option and option.label or value
end

local function list_text(f, list)
    local labels = {}
    for i, value in ipairs(list) do
        labels[i] = label_of(f, value)
    end
    return table.concat(labels, "、")
end

local function expiry(f, values, today)
    local years = math.tointeger(tonumber(values[f.derive.years] or ""))
    return years and today and dates.text(dates.add_years(today, years)) or ""
end

-- views.text(r, field, values, today) -> the value in words, "" when there is none
function views.text(r, f, values, today)
    local value = values[f.id]
    if f.derive and f.derive.years then
        return expiry(f, values, today)
    elseif value == nil or value == "" or value == json.null then
        return ""
    elseif f.secret then
        return "已填写"
    elseif type(value) == "table" then
        return list_text(f, value)
    elseif f.options then
        return label_of(f, value)
    elseif f.type == "region" then
        return values[f.id .. ".text"] or region.words(value, rules.read(r, "regions")) or value
    elseif f.type == "mobile" then
        return phone.grouped(value)
    elseif f.type == "date" then
        return dates.text(value)
    end
    return value
end

-- "430102199003071234" -> "430***********1234"
function views.masked(value)
    return #value > 8 and string.sub(value, 1, 3) .. string.rep("*", #value - 7) .. string.sub(value, -4) or value
end

-- The tree of the country for the selects of a region.
function views.tree(r)
    return rules.make(r, "regions", function() return region.tree(rules.read(r, "regions")) end)
end

local function show(r, f, values, today)
    local shown = forms.effective(f, values)
    shown.text = views.text(r, f, values, today)
    shown.readonly = f.type == "readonly" or forms.is_derived(f, values)
    shown.value = shown.readonly and shown.text or not f.secret and values[f.id] or ""
    if shown.readonly then
        shown.type = "readonly"
    elseif f.type == "region" then
        shown.tree = views.tree(r)
    end
    return shown
end

-- views.sections(r, kind, which, values, today) -> the visible sections and fields as part/form.html draws them: type is one
-- of lib/widget, and required, readonly, value, text (in words) and the tree of a region are added to the declaration
function views.sections(r, kind_id, which, values, today)
    local out = json.array {}
    for _, section in ipairs(forms.get(r, kind_id, which).sections) do
        local shown = rules.with(section, { fields = json.array {} })
        for _, f in ipairs(section.fields) do
            if forms.is_visible(f, values) then
                shown.fields[#shown.fields + 1] = show(r, f, values, today)
            end
        end
        out[#out + 1] = shown
    end
    return out
end

-- The printed rows of a section: list of { field, label, text }; of a blank form all fields, without texts.
function views.printed_rows(r, kind_id, section_id, values, blank)
    local rows = json.array {}
    for _, f in ipairs(forms.get(r, kind_id, "form").order) do
        if f.section == section_id and f.feeds.print and (blank or forms.is_visible(f, values)) then
            rows[#rows + 1] = { field = f.id, label = f.label, text = views.text(r, f, values) }
        end
    end
    return rows
end

local function same(a, b)
    if type(a) == "table" and type(b) == "table" then
        return table.concat(a, ",") == table.concat(b, ",")
    end
    return (a or "") == (b or "")
end

-- views.changed(r, kind, before, after) -> { fields = { ids }, print, identity, price } (C28)
function views.changed(r, kind_id, before, after)
    local changed = { fields = json.array {}, print = false, identity = false, price = false }
    for _, f in ipairs(forms.get(r, kind_id, "form").order) do
        local old = forms.is_visible(f, before) and before[f.id] or nil
        local new = forms.is_visible(f, after) and after[f.id] or nil
        if not same(old, new) then
            changed.fields[#changed.fields + 1] = f.id
            for what in pairs(f.feeds) do
                changed[what] = true
            end
        end
    end
    return changed
end

-- views.mark(r, kind, values) -> the first 8 digits of the hash of the printed fields: what paper and data must share
function views.mark(r, kind_id, values)
    local lines = { kind_id }
    for _, f in ipairs(forms.get(r, kind_id, "form").order) do
        if f.feeds.print and forms.is_visible(f, values) then
            lines[#lines + 1] = f.id .. "=" .. views.text(r, f, values)
        end
    end
    return string.upper(string.sub(crypto.sha256(table.concat(lines, "\n")), 1, 8))
end

return views
