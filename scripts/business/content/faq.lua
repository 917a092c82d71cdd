-- SPDX-License-Identifier: Apache-2.0
-- faq: common problems, by group.
return {
    { id = "account", title = "注册和登录", items = {
        { question = "用什么登录？", answer = "注册时确认过的手机号码、联系电话或电子邮箱，加上密码。已下载证书的用户还可以用 UKey 登录。" },
        { question = "忘记密码怎么办？", answer = "在登录页面点击【忘记密码】，用手机号码或电子邮箱重设。" },
        { question = "需要用哪种浏览器？", answer = "现在常用的浏览器都可以。360、QQ、搜狗浏览器请使用极速模式；IE 浏览器不能使用。" },
        { question = "看不清图片验证码怎么办？", answer = "可以换一张，也可以改用短信验证码。" } } },
    { id = "apply", title = "申请", items = {
        { question = "填到一半可以离开吗？", answer = "可以。每页保存后内容不会丢失，草稿保留 90 天，登录用户中心继续填写。" },
        { question = "用户名有什么要求？", answer = "不超过 12 位字母或数字，一个用户名对应一个证书。系统会给出可用的用户名，您也可以自己修改。" },
        { question = "没有换发新证照怎么办？", answer = "单位证件类型选择“组织机构代码”，并补充填写工商营业执照号和税务登记证号。" },
        { question = "一个单位可以同时办多少个？", answer = "没有限制。在已完成的申请中点击【类似申请证书】，单位和经办人信息会自动填好。" },
        { question = "UKey 和软证书选哪一种？", answer = "UKey 的密钥保存在硬件中，更安全，需要邮寄；软证书保存在电脑文件中，在线下载，不用邮寄。业务系统要求用 UKey 的请选择 UKey。" },
        { question = "经办人离职或更换了怎么办？", answer = "新经办人注册账号后，把单位出具的说明交到受理点或寄给我们。核实后，申请和证书移交到新账号，不用重新申请。" },
        { question = "提交后还能修改吗？", answer = "审核员开始审核前可以自己修改。改动印在表格上的内容后，受理表需要重新打印、签章、上传。" } } },
    { id = "material", title = "材料", items = {
        { question = "图片有什么要求？", answer = "JPG、PNG 或 BMP，文字清晰，四角完整。印模须用扫描仪按 300DPI 扫描成 JPG。" },
        { question = "手机照片可以吗？", answer = "证件和表格可以直接用手机拍照上传，图片过大时页面会自动压缩；印模不可以。" },
        { question = "多证合一要传几次？", answer = "一次。其余材料选择“使用已上传的文件”即可。" },
        { question = "纸质材料寄到哪里？", answer = "{site.post.address}，{site.post.receiver}，电话 {site.post.phone}，邮政编码 {site.post.postcode}。" },
        { question = "不方便扫描怎么办？", answer = "带齐材料到任一受理点，由工作人员代为扫描上传。" } } },
    { id = "identity", title = "身份识别", items = {
        { question = "手机上要安装应用吗？", answer = "不用。用手机扫码，在手机浏览器中完成。" },
        { question = "识别总是不通过怎么办？", answer = "请在光线充足处正对手机，摘下口罩和帽子。多次不通过的，可以选择人工核对，或到受理点办理。" },
        { question = "人脸照片会怎么处理？", answer = "只用于本次查验身份，按规定期限保存和删除，不用于其他用途。" } } },
    { id = "payment", title = "缴费", items = {
        { question = "转账后多久确认？", answer = "上传缴费凭证后 2 个工作日内确认。在线支付立即到账。" },
        { question = "付了两次怎么办？", answer = "多付的款项由收费人员核对后原路退回，也可以联系客服查询。" },
        { question = "在微信中打不开支付宝怎么办？", answer = "请点击右上角，选择“在浏览器中打开”，再继续支付。" },
        { question = "发票怎么开？", answer = "电子发票发送到经办人邮箱，抬头和税号在缴费前可以修改。" },
        { question = "可以退款吗？", answer = "证书签发前终止办理的，退还已缴费用；签发后不予退还。" } } },
    { id = "certificate", title = "证书", items = {
        { question = "多久能拿到证书？", answer = "网上提交后 2 个工作日内完成审核。软证书审核通过即可下载；UKey 在收到纸质材料后寄出。" },
        { question = "UKey 丢了怎么办？", answer = "先在用户中心冻结证书；不能上网时拨打 {site.hotline}。" },
        { question = "忘记验证答案怎么办？", answer = "通过短信验证码提出申请，由审核员核实后重设。" },
        { question = "证书有效期从哪天算？", answer = "从签发之日起算，申请时显示的到期时间是估算。到期前更新的，接着原到期日计算。" } } },
}
