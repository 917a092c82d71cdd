// SPDX-License-Identifier: Apache-2.0
// file: shows what was chosen (name, size, picture), shrinks photographs that are too large, opens the camera. When that is
// done the control says `chosen`.
import { say } from "./say.js";
import { shrink } from "./shrink.js";

function sizeOf(bytes) {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function put(input, file) {
  const data = new DataTransfer();
  data.items.add(file);
  input.files = data.files;
}

function show(input, file, note) {
  const box = document.getElementById(`${input.id}-chosen`);
  box.textContent = "";
  if (file.type.startsWith("image/")) {
    const image = document.createElement("img");
    image.alt = "";
    image.src = URL.createObjectURL(file);
    image.onload = () => URL.revokeObjectURL(image.src);
    box.append(image);
  }
  const text = document.createElement("p");
  text.textContent = `已选择：${file.name}（${sizeOf(file.size)}${note}）`;
  box.append(text);
  say(text.textContent);
}

async function chosen(input) {
  const file = input.files[0];
  if (!file) {
    document.getElementById(`${input.id}-chosen`).textContent = "";
    return;
  }
  const limit = Number(input.dataset.limit ?? Infinity);
  const small = input.dataset.shrink === undefined ? file : await shrink(file, limit);
  if (small !== file) {
    put(input, small);
  }
  const note = small !== file ? "，已自动缩小" : small.size > limit ? `，超过 ${sizeOf(limit)}，请换一张` : "";
  show(input, small, note);
  input.dispatchEvent(new CustomEvent("chosen", { bubbles: true }));
}

function openCamera(input, button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    input.capture = button.dataset.camera;
    input.click();
    input.removeAttribute("capture");
  });
}

// A desktop computer has no camera to photograph paper with.
const hasCamera = matchMedia("(pointer: coarse)").matches;

export function enhanceFile(root) {
  for (const input of root.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => chosen(input));
    const button = document.getElementById(`${input.id}-camera`);
    if (button && hasCamera) {
      openCamera(input, button);
    }
  }
}
