// SPDX-License-Identifier: Apache-2.0
// softcert: a soft certificate whose key never leaves this browser. The password comes first; then the key is made and kept
// encrypted, only then is the request sent. The encrypted key stays until the user says that the file is saved.
import { askAgain } from "../lib/ask_again.js";
import { BLOCKED, tellBlocked } from "../lib/blocked.js";
import { find, forget, keep, seal, unseal } from "../lib/keystore.js";
import { showErrors } from "../lib/summary.js";
import { compatiblePfx, fingerprint, generate, pfx, request } from "../lib/pkcs.js";

const box = document.querySelector("[data-softcert]");
const told = document.querySelector("[data-softcert-errors]");
const password = document.getElementById("file_password");
const again = document.getElementById("file_again");
const part = (name) => document.querySelector(`[data-softcert-${name}]`);

class Refused extends Error {
  constructor(list) {
    super(list[0].message);
    this.list = list;
  }
}

function step(text, value) {
  const progress = part("progress");
  progress.hidden = false;
  progress.querySelector("progress").value = value;
  const line = document.createElement("li");
  const title = document.createElement("h3");
  title.textContent = text;
  line.append(title);
  part("steps").append(line);
}

function checkPassword(isNew) {
  const list = [];
  if (!/^[\x21-\x7e]{8,63}$/.test(password.value)) {
    list.push({ field: "file_password", message: "证书文件密码应为 8 至 63 位英文字母、数字和英文符号" });
  } else if (isNew && password.value !== again.value) {
    list.push({ field: "file_again", message: "两次输入的证书文件密码不一致" });
  }
  if (list.length > 0) {
    throw new Refused(list);
  }
}

// The record of this application, its key opened with the password: the kept one, or a new one that is kept before it is used.
async function openKey() {
  const record = await find(box.dataset.softcert);
  checkPassword(!record);
  if (record) {
    const pkcs8 = await unseal(record, password.value);
    if (!pkcs8) {
      throw new Refused([{ field: "file_password", message: "证书文件密码不正确，请输入当时设置的密码" }]);
    }
    return { record, pkcs8 };
  }
  const keys = await generate();
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  const made = { number: box.dataset.softcert, at: Date.now(), csr: await request(keys, box.dataset.name),
    spki: await fingerprint(keys.publicKey), ...await seal(pkcs8, password.value) };
  await keep(made).catch(() => {
    throw new Refused([{ field: "file_password", message: BLOCKED }]);
  });
  return { record: made, pkcs8 };
}

async function send(form, csr) {
  const body = new URLSearchParams(new FormData(form));
  body.set("csr", csr);
  const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  const said = await response.json();
  if (response.ok) {
    return said;
  }
  throw new Refused(said.errors ?? [{ field: "code", message: said.message ?? said.detail ?? "系统暂时无法处理，请稍后再试" }]);
}

function fileUrl(file) {
  return URL.createObjectURL(new Blob([file], { type: "application/x-pkcs12" }));
}

// Made when it is asked for: most never need it.
async function saveOld(pkcs8, issued, secret) {
  const link = Object.assign(document.createElement("a"), { href: fileUrl(await compatiblePfx(pkcs8, issued, secret)), download: `${issued.name}-old.p12` });
  link.click();
}

function offer(record, file, issued, makeOld) {
  Object.assign(part("save"), { href: fileUrl(file), download: `${issued.name}.p12` });
  part("old").addEventListener("click", makeOld);
  part("file").hidden = false;
  document.getElementById("softcert-ready").focus();
  document.getElementById("softcert-saved").addEventListener("change", async (event) => {
    event.target.disabled = true;
    await forget(record.number);
    part("forgotten").textContent = "本浏览器中的密钥已删除。请妥善保管证书文件和密码。";
  });
}

async function finish(record, pkcs8, issued) {
  step("正在生成证书文件", 80);
  const secret = password.value;
  const file = await pfx(pkcs8, issued, secret);
  step("下载完成", 100);
  offer(record, file, issued, () => saveOld(pkcs8, issued, secret));
}

async function guarded(button, act) {
  button.disabled = true;
  showErrors(told, []);
  try {
    await act();
  } catch (error) {
    part("progress").hidden = true;
    part("steps").replaceChildren();
    askAgain();
    showErrors(told, error instanceof Refused ? error.list : [{ field: "file_password", message: "出现意外情况，密钥仍保存在本浏览器中，请稍后重试" }]);
    button.disabled = false;
  }
}

async function download(form) {
  step("正在生成密钥", 10);
  const { record, pkcs8 } = await openKey();
  step("正在申请证书", 40);
  const issued = await send(form, record.csr);
  await finish(record, pkcs8, issued);
  form.hidden = true;
}

// Whether the key is made here: else the form asks for a request made elsewhere, as without a script.
function makeHere(here) {
  for (const element of document.querySelectorAll("[data-softcert-only]")) {
    element.hidden = !here;
  }
  part("own").hidden = here;
}

async function showKept() {
  let record = await find(box.dataset.softcert);
  if (record && box.dataset.givenUp.split(" ").includes(record.spki)) {
    await forget(record.number);
    record = undefined;
  }
  if (record) {
    part("kept").hidden = false;
    part("again").hidden = true;
    part("secrets").hidden = record.spki === box.dataset.approved;
  }
}

async function beginDownload(form) {
  const submit = (event) => {
    if (event.submitter?.name === "_send_sms") {
      return;
    }
    event.preventDefault();
    guarded(event.submitter ?? form.querySelector(".buttons button"), () => download(form));
  };
  form.addEventListener("submit", submit);
  makeHere(true);
  try {
    await showKept();
  } catch {
    form.removeEventListener("submit", submit);
    makeHere(false);
    tellBlocked(told, "也可以在下面上传在别处生成的 PKCS#10 证书请求。");
  }
}

async function reopen() {
  step("正在读取密钥", 20);
  const { record, pkcs8 } = await openKey();
  const response = await fetch(`${box.dataset.base}/certificate`, { headers: { Accept: "application/json" } });
  if (!response.ok) {
    throw new Refused([{ field: "file_password", message: "现在取不到证书，请稍后重试" }]);
  }
  await finish(record, pkcs8, await response.json());
  part("reopen").hidden = true;
}

async function beginReopen() {
  const form = part("reopen");
  const record = await find(box.dataset.softcert).catch(() => tellBlocked(told));
  if (record?.spki !== box.dataset.issued) {
    return;
  }
  form.hidden = false;
  part("elsewhere").hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    guarded(form.querySelector(".buttons button"), reopen);
  });
}

// ready, for tests: from now on nothing appears or goes by itself
const begun = box && (box instanceof HTMLFormElement ? beginDownload(box) : beginReopen());
begun?.then(() => (box.dataset.ready = "yes"));
