// SPDX-License-Identifier: Apache-2.0
// material: a file is sent as soon as it is chosen, by the same post as without a script, and the answer is put in. Then the
// focus stands on the next one that is needed, or on the way on when all are in.
import { say } from "./say.js";
import { exchange } from "./swap.js";

const BOX = "materials";
const FAILED = "上传失败，请检查网络后重新选择文件";

function complain(form, input, sentence) {
  const group = input.closest(".govuk-form-group");
  const id = `${input.id}-error`;
  document.getElementById(id)?.remove();
  const p = document.createElement("p");
  p.className = "govuk-error-message";
  p.id = id;
  p.textContent = sentence;
  group.classList.add("govuk-form-group--error");
  input.before(p);
  input.value = "";
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", `${input.id}-hint ${id}`);
  input.focus();
  say(sentence);
}

// XMLHttpRequest tells how far it is; fetch does not.
function send(form, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => {
      progress.value = event.lengthComputable ? event.loaded / event.total : null;
    };
    request.onload = () => resolve(request);
    request.onerror = () => reject(new Error(FAILED));
    request.ontimeout = request.onerror;
    request.timeout = 300_000;
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
}

function barFor(input) {
  const progress = document.createElement("progress");
  progress.max = 1;
  progress.value = 0;
  progress.className = "material__progress";
  progress.setAttribute("aria-label", "上传进度");
  document.getElementById(`${input.id}-chosen`).append(progress);
  return progress;
}

// What comes next: the error, else the next needed material behind this one, else any, else the way on.
function moveOn(box, before) {
  if (box.querySelector(".govuk-error-summary")) {
    return;
  }
  const inputs = [...box.querySelectorAll(".material--needed input[type=file]")];
  const next = inputs.find((input) => before.includes(input.id)) ?? inputs[0] ?? box.querySelector("#onward");
  const said = box.querySelector('.notice[role="alert"] h2, .notice[role="alert"] p')?.textContent ?? "";
  next?.focus();
  say(`${said}${box.querySelector("#onward") ? "，材料已全部提交，可以进行下一步" : ""}`);
}

async function upload(form, input) {
  const before = [...document.querySelectorAll(".material input[type=file]")].map((one) => one.id);
  const behind = before.slice(before.indexOf(input.id) + 1);
  const progress = barFor(input);
  const answer = await send(form, progress).catch(() => null);
  progress.remove();
  const box = answer && answer.status !== 413 ? exchange(BOX, answer.responseText) : null;
  if (box) {
    moveOn(box, behind);
  } else {
    complain(form, input, answer?.status === 413 ? input.dataset.tooLarge : FAILED);
  }
}

export function enhanceMaterial(root) {
  for (const form of root.querySelectorAll("form[data-upload]")) {
    const input = form.querySelector("input[type=file]");
    form.querySelector("button[type=submit]").hidden = true;
    input.addEventListener("chosen", () => {
      const file = input.files[0];
      if (file.size > Number(input.dataset.limit)) {
        complain(form, input, input.dataset.tooLarge);
      } else {
        upload(form, input);
      }
    });
  }
}
