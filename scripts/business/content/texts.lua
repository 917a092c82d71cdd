-- SPDX-License-Identifier: Apache-2.0
-- texts: notices that pages show in fixed places. `params` are the facts that may stand in {braces}.
return {
    fill_notes = { params = {}, body = { "带 * 的为必填项，请仔细核对填写信息。", "申请信息保存在系统中，也可以下载或打印申请记录，以备将来使用。" } },
    user_name_note = { params = {}, body = { "一个用户名对应一个证书，不可重名，用户名可以是电话号码或简拼，不超过 12 位字母数字组合。" } },
    confirm = { params = { "number" }, body = { "尊敬的客户：", "欢迎您办理数字证书。我们已经收到您提交的证书申请，请您依照系统提示一步一步往下进行操作。"
        .. "点击本页面的“下一步（打印）”，即可打印《数字证书业务受理表》，该表是证书申请必须提交的材料之一。",
        "您本次证书申请受理号是：{number}，该受理号请您谨记，将用于数字证书申请状态的查询、缴费等后期业务。" } },
    after_print = { params = {}, body = { "下一步操作：材料上传", "根据电子认证业务管理规范要求，证书申请制作、更新、密钥恢复等业务必须提交相应的材料。为节约您在受理点的等待时间，"
        .. "请将打印的受理表签字盖章后扫描，与其他材料一起在线上传。", "如果不方便形成图片，可以查看相关材料，了解需要携带哪些材料到数字证书受理点办理。" } },
    print_once = { params = {}, body = { "打印一份，签章后扫描上传并邮寄原件。" } },
    print_twice = { params = {}, body = { "打印两份，客户与受理点各执一份。" } },
    materials = { params = {}, body = { "请上传以下材料扫描件", "上传的材料须加盖单位公章，图片完整、文字清晰可辨。" } },
    materials_done = { params = {}, body = { "必需的材料已全部上传。" } },
    no_delivery = { params = {}, body = { "软证书在线下载，无需邮寄。" } },
    payment = { params = {}, body = { "材料上传完成，下一步操作为“缴费”操作。", "推荐使用在线支付，即时到账；也可以转账或电汇后上传缴费凭证。" } },
    transfer = { params = { "number" }, body = { "户名：{site.bank.holder}", "账号：{site.bank.number}", "开户行：{site.bank.bank}", "附言：{number}" } },
    finished = { params = {}, body = { "费用支付完成后，即完成了线上申请办理手续。", "请将下列纸质材料邮寄到：{site.post.address}", "收件人：{site.post.receiver}", "电话：{site.post.phone}",
        "收到资料后 2 个工作日内完成审核，审核完成后会有短信通知。" } },
    download = { params = {}, body = { "我们已经将证书下载邮件发送到您申请证书时填写的邮箱。请输入邮件提供的证书下载授权码和业务受理号（参考码）执行证书下载。",
        "如果没有收到证书下载邮件，请回到用户中心确认该申请是否可以执行证书下载，或重新发送证书下载邮件。" } },
    keep_ukey = { params = {}, body = { "下载过程中请不要拔出 UKey。" } },
    activated = { params = {}, body = { "状态为【激活完成】的，可等待邮寄的 UKey 并下载证书。" } },
    suspended = { params = { "until" }, body = { "该业务暂停受理，{until} 后恢复。" } },
}
