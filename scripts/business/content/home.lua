-- SPDX-License-Identifier: Apache-2.0
-- home: texts and panels of the front page. An item leads to an article of news.lua, a print document, a download, or a page.
return {
    intro = {
        "数字证书主要用于在信息系统中进行身份认证和电子签名，相当于线下工作中对纸质材料进行签字和盖章。持有信息系统对应的数字证书，是用户使用该信息系统的基础。",
        "{site.ca.name}作为依法设立的第三方电子认证服务机构，为电子政务平台配套发行数字证书时，遵循“用户自愿”的原则。"
            .. "未选择办理数字证书的单位和个人，相关业务请按其他登录方式使用业务系统办理。",
    },
    panels = {
        { id = "driver", title = "数字证书驱动", items = {
            { label = "数字证书驱动", download = "driver" }, { label = "一签通客户端软件", download = "client" } } },
        { id = "root", title = "根证书/CRL下载", items = {
            { label = "根证书下载", page = "/ca" }, { label = "CRL下载", page = "/ca" } } },
        { id = "forms", title = "证书业务表格", more = "/forms", items = {
            { label = "电子认证服务协议", print = "agreement" }, { label = "单位数字证书业务受理表", print = "unit_form" },
            { label = "个人签章印模表", print = "personal_imprint" }, { label = "单位签章印模表", print = "unit_imprint" } } },
        { id = "guide", title = "证书使用指南", more = "/guides", items = {
            { label = "数字证书使用说明书", article = "manual" }, { label = "证书与签章的安装教程", article = "install" },
            { label = "软证书安装教程", article = "soft" }, { label = "数字证书下载指南", article = "download" } } },
        { id = "news", title = "资讯信息", more = "/news", items = {
            { label = "数字证书在线申请教程", article = "apply" }, { label = "数字证书业务变更在线申请教程", article = "change" },
            { label = "数字证书常见问题处理", article = "problems" }, { label = "PDF前端批量签章软件操作手册", article = "batch_seal" },
            { label = "PDF阅读器软件操作手册", article = "reader" }, { label = "电子认证服务协议", print = "agreement" } } },
    },
}
