// SPDX-License-Identifier: Apache-2.0
// blocked: what is said in a browser that keeps nothing: private modes, blocked storage.
export const BLOCKED = "这个浏览器现在不能保存证书的密钥（例如正在使用无痕或隐私模式，或者禁止了网站保存数据）。"
  + "请退出无痕模式、允许本网站保存数据，或换一个浏览器（例如 Edge、Chrome）重新打开本页。";

// more: another way, if there is one.
export function tellBlocked(place, more = "") {
  const line = document.createElement("p");
  line.textContent = BLOCKED + more;
  const notice = document.createElement("div");
  notice.className = "inset inset--warn";
  notice.setAttribute("role", "alert");
  notice.append(line);
  place.replaceChildren(notice);
}
