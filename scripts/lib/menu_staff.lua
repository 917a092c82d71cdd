-- SPDX-License-Identifier: Apache-2.0
-- menu_staff: the left menu of staff pages: what the roles of a user open.
local menu_staff = {}

local groups = {
    { title = "工作台", entries = {
        { label = "概览", href = "/staff" },
        { label = "待办事项", href = "/staff/todos" },
    } },
    { title = "审核", roles = { "reviewer", "officer" }, entries = {
        { label = "审核队列", href = "/staff/review" },
    } },
    { title = "受理点", roles = { "counter", "reviewer" }, entries = {
        { label = "窗口受理", href = "/staff/counter" },
        { label = "寄送登记", href = "/staff/shipments" },
        { label = "更换手机号码", href = "/staff/phone" },
    } },
    { title = "收费", roles = { "cashier", "officer" }, entries = {
        { label = "收费工作台", href = "/staff/cashier" },
    } },
    { title = "管理", roles = { "admin" }, entries = {
        { label = "工作人员", href = "/staff/people" },
        { label = "业务规则", href = "/staff/rules" },
        { label = "运行情况", href = "/staff/rules/running" },
    } },
}

local function has_one(user, roles)
    for _, role in ipairs(roles or {}) do
        if user.roles[role] then
            return true
        end
    end
    return roles == nil
end

-- menu_staff.of(user) -> list of { title, entries } for part/menu
function menu_staff.of(user)
    local out = {}
    for _, group in ipairs(groups) do
        out[#out + 1] = has_one(user, group.roles) and group or nil
    end
    return out
end

return menu_staff
