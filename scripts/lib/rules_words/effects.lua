-- SPDX-License-Identifier: Apache-2.0
-- effects: what a flow may ask for (lib/business/effects), in the words of the editor.
return {
    pin = "申请从此按提交时的规则办理，并记下申请时间", reserve_name = "为申请保留用户名", free_name = "释放保留的用户名", close_links = "申请的手机链接和上传链接失效",
    ask_identity = "向须识别身份的本人发出一次性链接", void_identity = "身份识别不再有效", close_order = "关闭未支付的订单", open_refund = "已收的费用转入退款",
    queue_review = "进入审核队列", leave_review = "离开审核队列", approved = "记下这位审核员的通过", void_approvals = "已有的审核通过作废",
    issue = "可以签发证书（条件由程序再次查验）", ship = "安排寄出 UKey", send_code = "生成并邮寄下载授权码", void_code = "授权码作废",
}
