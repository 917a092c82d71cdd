-- SPDX-License-Identifier: Apache-2.0
-- facts: what guard, choose and tests may read of a case (lib/business.lua), each with a sentence for the editor.
return {
    { "by", "谁在办理" }, { "today", "今天，\"2026-11-24\"" }, { "quote_date", "计价的日期" }, { "values", "填写的内容" }, { "medium", "介质：ukey、soft" },
    { "delivery", "领取方式：courier、onsite、none" }, { "errors", "表单中还有的错误" }, { "agreed", "已同意的协议版本，或 false" }, { "missing", "还缺的材料" },
    { "identity", "身份识别：none、passed、manual、expired" }, { "paid", "已缴费，或已由两人减免" }, { "refund", "办理就此结束的，有已缴费用要退回" }, { "voucher", "缴费凭证：none、waiting、refused" },
    { "total", "订单总额，以分为单位" }, { "approvals", "已审核通过的人数，含正在办理的一位" }, { "claimed", "已有审核员领取" }, { "paper", "纸质材料已收到" },
    { "returned", "退回而未补正的内容" }, { "own", "审核员与申请有关" }, { "reason", "审核员或收费员填写的原因" }, { "state", "所在的状态" },
    { "order", "price(facts)：同一订单的各份申请" }, { "at", "price(facts)：正在计价的是第几份" },
}
