-- SPDX-License-Identifier: Apache-2.0
-- mail: subjects and paragraphs. An authorisation code and the link to its use never stand in one mail.
--   to    subject (the certificate's address), handler, account or given
return {
    confirm = { to = "given", params = { "link", "hours" }, subject = "请确认您的邮箱",
        body = { "您好：", "请在 {hours} 小时内打开下面的链接，确认这个邮箱属于您：", "{link}", "如果您没有注册过，请忽略此邮件。" } },
    reset = { to = "given", params = { "code", "minutes" }, subject = "重设密码的验证码",
        body = { "您好：", "验证码为 {code}，{minutes} 分钟内有效。如非本人操作，请忽略此邮件。" } },
    account_changed = { to = "account", params = { "what", "time" }, subject = "您的账号信息已变更",
        body = { "您好：", "您的账号{what}已于 {time} 变更。", "如非本人操作，请立即联系客服 {site.hotline}。" } },
    download = { to = "subject", params = { "subject", "number", "code", "days" }, subject = "证书下载授权码（受理号 {number}）",
        body = { "{subject}，您好：", "您申请的数字证书可以下载了。", "业务受理号（参考码）：{number}", "证书下载授权码：{code}",
            "授权码 {days} 天内有效。请登录{site.title}，在用户中心点击【待下载证书】，输入业务受理号和授权码下载。",
            "请勿将授权码告知他人。我们不会向您索要授权码。" } },
    returned = { to = "handler", params = { "number", "items" }, subject = "申请需要补正（受理号 {number}）",
        body = { "您好：", "业务受理号 {number} 的申请需要补正下列内容：", "{items}", "请登录用户中心，只需修改上述内容后重新提交。" } },
    refused = { to = "handler", params = { "number", "reason" }, subject = "申请未通过审核（受理号 {number}）",
        body = { "您好：", "业务受理号 {number} 的申请未通过审核，原因：{reason}。", "已缴费用将原路退回。如有疑问请拨打 {site.hotline}。" } },
    invoice = { to = "handler", params = { "number", "title", "amount", "link" }, subject = "电子发票（受理号 {number}）",
        body = { "您好：", "业务受理号 {number} 的电子发票已开具，抬头：{title}，金额：{amount} 元。", "{link}" } },
    notices = { to = "handler", params = { "items" }, subject = "业务办理通知",
        body = { "您好：", "{items}" } },
    certificate_changed = { to = "subject", params = { "subject", "what", "time" }, subject = "您的数字证书已{what}",
        body = { "{subject}，您好：", "您的数字证书已于 {time} {what}。", "如非本人操作，请立即联系客服 {site.hotline}。" } },
    expiring = { to = "subject", params = { "subject", "expiry", "days" }, subject = "证书将于 {expiry} 到期",
        body = { "{subject}，您好：", "您的数字证书将于 {expiry} 到期，还有 {days} 天。", "请登录{site.title}，点击【证书更新】办理。" } },
    recovered = { to = "subject", params = { "subject", "number", "time" }, subject = "您的加密密钥已恢复",
        body = { "{subject}，您好：", "业务受理号 {number}：您的加密密钥已于 {time} 恢复到新的介质。如非本人办理，请立即联系客服 {site.hotline}。" } },
}
