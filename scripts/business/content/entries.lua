-- SPDX-License-Identifier: Apache-2.0
-- entries: what the pages 业务受理 and 证书变更 lead to. A change is open when it has a page (`to`) or kinds.lua has a kind of
-- that business type; those with a `brief` stand on the front page too; else the page says what to do meanwhile.
return {
    business = {
        intro = "证书申请提交以后的各项手续从这里办理。需要先登录；点击后看到的是您名下正在办理的申请。",
        items = {
            { label = "在线支付", text = "查看费用明细，用支付宝或微信付款，即时到账", to = "/user/payments" },
            { label = "在线材料提交", text = "上传受理表、单位证件、授权委托书和印模", to = "/user/materials" },
            { label = "证书下载", text = "凭业务受理号和授权码下载证书", to = "/user/downloads" },
            { label = "缴费凭证上传", text = "转账或电汇后上传银行回单", to = "/user/vouchers" },
        },
        queries = {
            { label = "申请记录查询", text = "全部申请和办理结果", to = "/user/records" },
            { label = "申请状态查询", text = "输入 20 位业务受理号", to = "/query" },
        },
    },
    change = {
        intro = "已经领取的证书需要更新、变更、补办、冻结、撤销时，从这里办理。先登录，再从【我的证书】中选择证书。",
        items = {
            { id = "renew", label = "证书更新", brief = "证书将要到期", text = "证书将要到期，继续使用。到期前 {site.days.renew_before} 天至到期后 {site.days.renew_after} 天可以办理。",
                meanwhile = "请在到期前联系客服，按新申请办理。" },
            { id = "change", label = "信息变更", brief = "名称、证件等信息变化", text = "单位名称、证件号码等证书中的信息变化。", meanwhile = "请按新信息重新申请证书，并撤销原证书。" },
            { id = "reissue", label = "证书补办", brief = "UKey 丢失或损坏", text = "UKey 丢失、损坏，或忘记软证书文件的口令。", meanwhile = "请先冻结或撤销原证书，再重新申请。" },
            { id = "freeze", label = "证书冻结", brief = "立即停用，找到后可解冻", text = "怀疑 UKey 丢失时立即停用证书，找到后可以解冻。", to = "/user/certificates", meanwhile = "请拨打客服电话办理。" },
            { id = "unfreeze", label = "证书解冻", text = "恢复已冻结的证书。", to = "/user/certificates", meanwhile = "请拨打客服电话办理。" },
            { id = "revoke", label = "证书撤销", brief = "不再使用证书", text = "不再使用证书。撤销后不能恢复。", to = "/user/certificates", meanwhile = "请拨打客服电话办理。" },
            { id = "recover", label = "密钥恢复", brief = "找回加密密钥", text = "需要解密以前加密的文件，而加密密钥已经丢失。", meanwhile = "请带齐证件到受理点提出申请。" },
        },
    },
}
