-- SPDX-License-Identifier: Apache-2.0
-- menu: the left menu of the user centre (S058–S062). What can be applied for says the business.
local live = use "system/service/live"

local menu = {}

local function apply_entries(b)
    local out = {}
    for _, kind in ipairs(b:kinds()) do
        if kind.menu and kind.menu.group == "apply" then
            out[#out + 1] = { label = kind.menu.label .. (b:suspended(kind.id, time.date(time.now())) and "（暂停受理）" or ""),
                href = "/apply/" .. kind.id, order = kind.menu.order }
        end
    end
    table.sort(out, function(a, c) return a.order < c.order end)
    return out
end

local groups = {
    { title = "业务受理", entries = {
        { label = "在线支付", href = "/user/payments" }, { label = "在线材料提交", href = "/user/materials" },
        { label = "证书下载", href = "/user/downloads" }, { label = "缴费凭证上传", href = "/user/vouchers" } } },
    { title = "证书变更", entries = {
        { label = "证书冻结、解冻与撤销", href = "/user/certificates" }, { label = "证书更新与密钥恢复", href = "/change" } } },
    { title = "证书申请查询", entries = {
        { label = "申请记录查询", href = "/user/records" }, { label = "申请状态查询", href = "/query" } } },
    { title = "证书服务", entries = {
        { label = "根证书/CRL下载", href = "/ca" }, { label = "我的证书", href = "/user/certificates" } } },
    { title = "我的账号", entries = { { label = "用户中心首页", href = "/user" }, { label = "账号设置", href = "/user/account" } } },
}

-- menu.user(user) -> list of { title, entries } for part/menu
function menu.user(user)
    local out = { { title = "证书申请", entries = apply_entries(live.rules()) } }
    for _, group in ipairs(groups) do
        out[#out + 1] = group
    end
    if next(user.roles) then
        out[#out + 1] = { title = "工作人员", entries = { { label = "工作台", href = "/staff" } } }
    end
    return out
end

return menu
