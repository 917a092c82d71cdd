-- SPDX-License-Identifier: Apache-2.0
-- onward: where an application goes on: the one primary button of pages of the guided path.
local live = use "system/service/live"

local onward = {}

local NEXT = {
    draft = { label = "继续填写", path = "/form" },
    submitted = { label = "选择领取方式并打印", path = "/confirm" },
    materials = { label = "下一步：提交材料", path = "/materials" },
    identity = { label = "下一步：身份识别", path = "/identity" },
    payment = { label = "下一步：费用支付", path = "/pay" },
}

-- onward.of(row) -> { label, href }
function onward.of(row)
    local b = live.rules_of(row)
    local to = NEXT[row.state]
    if not to then
        return { label = "查看办理进度（" .. b:state(row.kind, row.state).label .. "）", href = "/case/" .. row.key }
    end
    return { label = to.label, href = "/case/" .. row.key .. to.path }
end

return onward
