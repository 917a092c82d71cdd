-- SPDX-License-Identifier: Apache-2.0
-- report: findings of a check, and shapes of declarations as data.
--   shape: { name = "text!", … }: text, integer, fen, boolean, list, table, date, flag (a function), any; ! = must be there
local dates = use "lib/dates"
local said = use "lib/bundle_check/said"

local report = {}
local methods = {}
local meta = { __index = methods }

function report.new()
    return setmetatable({ findings = json.array {} }, meta)
end

-- r:say("prices", "rows.3.fen", "error", sentence, mend); file without ".lua"; without a mend lib/bundle_check/mend knows one
function methods:say(file, path, severity, message, mend)
    self.findings[#self.findings + 1] = { file = file .. ".lua", path = path, severity = severity, message = message, mend = mend }
end

-- r:at("prices", { line, column }, "error", sentence, mend): where the place is known and not a path
function methods:at(file, place, severity, message, mend)
    self.findings[#self.findings + 1] = { file = file .. ".lua", path = tostring(place.line), line = place.line,
        column = place.column, severity = severity, message = message, mend = mend }
end

function methods:wrong(file, path, message, mend)
    self:say(file, path, "error", message, mend)
end

function methods:doubtful(file, path, message, mend)
    self:say(file, path, "warning", message, mend)
end

-- Runs a check that may stumble over what was found wrong already.
function methods:try(file, f, ...)
    local ok, err = pcall(f, ...)
    if not ok then
        local sentence, mend = said.error(err)
        self:wrong(file, "", "无法继续检查：" .. sentence, mend)
    end
    return ok
end

local is = {
    text = function(v) return type(v) == "string" and v ~= "" end,
    integer = function(v) return math.type(v) == "integer" end,
    fen = function(v) return v == false or (math.type(v) == "integer" and v >= 0) end,
    boolean = function(v) return type(v) == "boolean" end,
    list = function(v) return type(v) == "table" and (#v > 0 or next(v) == nil) end,
    table = function(v) return type(v) == "table" end,
    date = function(v) return type(v) == "string" and dates.split(v) ~= nil end,
    flag = function(v) return v == true end,
    any = function() return true end,
}
local words = { text = "文字", integer = "整数", fen = "以分为单位的整数", boolean = "true 或 false", list = "列表", table = "表",
    date = "日期（如 2026-11-24）", flag = "函数" }

-- r:has(file, path, value, shape) -> whether it is a table at all; what the shape does not name may stand there too
function methods:has(file, path, value, shape)
    if type(value) ~= "table" then
        self:wrong(file, path, "应为表")
        return false
    end
    for name, wanted in pairs(shape) do
        local kind, must = string.match(wanted, "^(%a+)(!?)$")
        local there = value[name]
        if there == nil and must == "!" then
            self:wrong(file, path .. "." .. name, "缺少 " .. name)
        elseif there ~= nil and not is[kind](there) then
            self:wrong(file, path .. "." .. name, name .. " 应为" .. words[kind])
        end
    end
    return true
end

-- r:shape(file, path, value, shape) -> whether it is a table at all
function methods:shape(file, path, value, shape)
    if not self:has(file, path, value, shape) then
        return false
    end
    for name in pairs(value) do
        if shape[name] == nil then
            self:doubtful(file, path .. "." .. tostring(name), "未知的属性 " .. tostring(name) .. "，是否拼写有误？")
        end
    end
    return true
end

-- r:rows(file, path, rows, shape, key) -> set of the keys of a list of tables of one shape; without key none is unique
function methods:rows(file, path, rows, shape, key)
    if type(rows) ~= "table" then
        return {}
    end
    for i, row in ipairs(rows) do
        local id = type(row) == "table" and key and row[key] or i
        self:shape(file, path .. (path == "" and "" or ".") .. tostring(id), row, shape)
    end
    return key and self:unique(file, path, rows, key) or {}
end

-- r:known(file, path, id, set, what): the id must be in the set.
function methods:known(file, path, id, set, what)
    if id ~= nil and not set[id] then
        self:wrong(file, path, what .. "“" .. tostring(id) .. "”不存在")
        return false
    end
    return true
end

-- r:unique(file, path, rows, key) -> set of the keys
function methods:unique(file, path, rows, key)
    local set = {}
    for i, row in ipairs(rows) do
        local id = type(row) == "table" and row[key]
        if id and set[id] then
            self:wrong(file, path .. "." .. i, "“" .. tostring(id) .. "”重复出现")
        elseif id then
            set[id] = row
        end
    end
    return set
end

return report
