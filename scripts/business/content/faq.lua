-- SPDX-License-Identifier: Apache-2.0
-- faq: the help centre, by group.
return {
    { id = "apply", title = "申请", items = {
        { question = "填到一半可以离开吗？", answer = "可以。每页保存后内容不会丢失，草稿保留 90 天，登录用户中心继续填写。" },
        { question = "用户名有什么要求？", answer = "不超过 12 位字母或数字，一个用户名对应一个证书。系统会给出可用的用户名，您也可以自己修改。" },
        { question = "没有换发新证照怎么办？", answer = "单位证件类型选择“组织机构代码”，并补充填写工商营业执照号和税务登记证号。" },
        { question = "一个单位可以同时办多少个？", answer = "没有限制。在已完成的申请中点击【类似申请证书】，单位和经办人信息会自动填好。" } } },
    { id = "material", title = "材料", items = {
        { question = "图片有什么要求？", answer = "JPG、PNG 或 BMP，文字清晰，四角完整。印模须用扫描仪按 300DPI 扫描成 JPG。" },
        { question = "手机照片可以吗？", answer = "证件和表格可以直接用手机拍照上传，图片过大时页面会自动压缩；印模不可以。" },
        { question = "多证合一要传几次？", answer = "一次。其余材料选择“使用已上传的文件”即可。" },
        { question = "纸质材料寄到哪里？", answer = "{site.post.address}，{site.post.receiver}，电话 {site.post.phone}。" } } },
    { id = "payment", title = "缴费", items = {
        { question = "转账后多久确认？", answer = "上传缴费凭证后 2 个工作日内确认。在线支付立即到账。" },
        { question = "付了两次怎么办？", answer = "多付的款项会自动原路退回，也可以联系客服查询。" },
        { question = "发票怎么开？", answer = "电子发票发送到经办人邮箱，抬头和税号在缴费前可以修改。" } } },
    { id = "certificate", title = "证书", items = {
        { question = "UKey 丢了怎么办？", answer = "先在用户中心冻结证书，再办理补办。" },
        { question = "忘记验证答案怎么办？", answer = "通过短信验证码提出申请，由审核员核实后重设。" },
        { question = "证书有效期从哪天算？", answer = "从签发之日起算，申请时显示的到期时间是估算。到期前更新的，接着原到期日计算。" } } },
}
