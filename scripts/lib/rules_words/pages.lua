-- SPDX-License-Identifier: Apache-2.0
-- pages: the names that site.lua, content/ and the expectations of tests may use, each with a sentence for the editor.
return {
    -- site.lua
    { "host", "主办单位" }, { "ca", "认证机构：ca = { name, short, mark }" }, { "short", "简称" }, { "mark", "标志上的字母" },
    { "hotline", "客服电话，可写几个" }, { "hotline_text", "客服电话前面的话" }, { "contacts", "各种咨询的联系方式" },
    { "bank", "收款账户：bank = { holder, number, bank }；其中为开户行" }, { "holder", "户名" },
    { "post", "邮寄纸质材料的地址：post = { receiver, phone, address, postcode }" }, { "receiver", "收件人" }, { "phone", "电话" }, { "address", "地址" },
    { "value", "选中后保存的值，确定后不再改变" }, { "hours", "办公时间" }, { "url", "网址" }, { "footer", "页脚的备案信息：footer = { host, record, police, site_code }" },
    { "record", "ICP 备案号" }, { "police", "公安备案号" }, { "site_code", "网站标识码" }, { "expiry_reminders", "证书到期前几天提醒，可写几个" },
    { "soon", "到期前多少天算即将到期" }, { "download", "下载的文件；days 中为几天内可下载证书" }, { "code", "授权码几天有效" },
    { "phone_link_hours", "发到手机的链接几小时有效" },
    -- content/
    { "points", "受理点；文章中为不编号的几条" }, { "note", "文章中突出的提示" }, { "links", "链接：links = { { label, to } }；site.lua 中写 url" },
    { "group", "文章的栏目：news、guide；菜单的组" }, { "order", "菜单中的先后" }, { "more", "“更多”指向的路径；办事指南中其他的话" }, { "article", "文章的标识" }, { "print", "print/ 中的打印件" },
    { "page", "本网站的路径，以 / 开头" }, { "intro", "页面开头的话" }, { "panels", "首页的各栏" }, { "business", "“业务受理”页" }, { "change", "“证书变更”页" },
    { "queries", "查询的入口" }, { "brief", "入口的一句话说明" }, { "meanwhile", "业务开通以前怎样办理" }, { "summary", "一句话说明" }, { "condition", "受理条件" },
    { "time", "办理时限" }, { "basis", "办理依据" }, { "typical", "列材料和价格时设定的答案" }, { "notes", "注意事项" }, { "picture", "样例图：form、document、card、imprint" },
    { "alt", "给看不见图片的人的说明" }, { "good", "合格的样子" }, { "bad", "常见的错误" }, { "for_whom", "供谁使用" }, { "system", "需要的操作系统" },
    { "about", "“关于证书”页" }, { "accessibility", "“无障碍说明”页" }, { "privacy", "“隐私”页" }, { "browser", "“浏览器要求”页" }, { "question", "常见问题的题目" },
    { "answer", "常见问题的回答" },
    -- tests
    { "state", "事件后的状态" }, { "refused", "true：这件事会被拒绝" }, { "missing", "还缺的材料；下载中为尚未提供时的话" }, { "errors", "有错误的字段" }, { "messages", "发出的消息" },
}
