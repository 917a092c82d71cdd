-- SPDX-License-Identifier: Apache-2.0
-- downloads: programs for the user's computer. file: address of the installer once the operator offers one; without it the page
-- says so and whom to ask. A body is shaped as content/news.lua says.
return {
    { id = "driver", label = "数字证书驱动", for_whom = "使用 UKey 的用户，第一次使用前安装。", system = "Windows 7 及以上、统信 UOS、麒麟、macOS", file = false,
        missing = "驱动随 UKey 提供：插入 UKey 后，打开出现的磁盘即可安装。没有出现磁盘的，请联系客服取得安装程序。" },
    { id = "client", label = "一签通客户端软件", for_whom = "在浏览器中下载证书到 UKey、用 UKey 登录和批量签章时使用。", system = "Windows 7 及以上、统信 UOS、麒麟、macOS", file = false,
        missing = "浏览器不能直接访问 UKey，须由本机的客户端软件代为连接。安装程序目前不在本网站提供，请联系客服取得；没有安装客户端时，不能在网上把证书下载到 UKey，其他手续不受影响，也可以选择软证书或到受理点办理。" },
}
