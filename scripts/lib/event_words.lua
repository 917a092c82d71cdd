-- SPDX-License-Identifier: Apache-2.0
-- event_words: what happened to an application, for timelines that staff read.
local event_words = {}

local events = {
    created = "开始申请", submit = "提交数据", printed = "选择领取方式", registered = "登记材料", removed = "删除材料", changed = "修改申请",
    compare = "申请人工比对", identified = "身份识别通过", identity_expired = "身份识别过期", paid = "费用到账", voucher_submitted = "提交缴费凭证",
    voucher_confirmed = "凭证已确认", voucher_refused = "凭证未通过", claim = "领取审核", hold = "挂起", unhold = "取消挂起", approve = "审核通过",
    ["return"] = "退回补正", refuse = "否决", mended = "补正完成", received = "收件登记", shipped = "寄出 UKey", handed = "当面交付 UKey", lost = "途中遗失",
    recode = "重新发送授权码", downloaded = "证书下载", cancel = "取消申请", expire = "过期关闭", moved = "改按新规则办理",
}

local actors = { applicant = "申请人", person = "被识别人", reviewer = "审核员", cashier = "收费员", counter = "受理员", system = "系统",
    officer = "主管", admin = "管理员" }

event_words.roles = { "reviewer", "officer", "cashier", "counter", "admin" }

function event_words.event(name)
    return events[name] or name
end

function event_words.actor(as)
    return actors[as] or as
end

-- The events of the shared states, in alphabetic order.
function event_words.all()
    local out = {}
    for name in pairs(events) do
        out[#out + 1] = name
    end
    table.sort(out)
    return out
end

local methods = { face = "人脸识别", counter = "受理点现场核验", manual = "审核员人工比对" }

function event_words.method(name)
    return methods[name] or name
end

return event_words
