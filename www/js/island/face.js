// SPDX-License-Identifier: Apache-2.0
// face: guides the taking of three pictures of a face with the front camera. It judges nothing: what a browser says can be
// forged, the verdict is the provider's. Without a camera the file control below does the same.
const FRAMES = 3;
const PAUSE_MS = 1200;
const WIDTH = 720;
const PROMPTS = ["请正对镜头", "请缓慢眨眼", "请微微点头"];

const form = document.getElementById("face");
const live = form.querySelector(".face__live");
const video = form.querySelector("video");
const said = form.querySelector(".face__said");
const start = form.querySelector("[data-face-start]");
const input = document.getElementById("frames");

function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function picture() {
  const canvas = document.createElement("canvas");
  canvas.width = Math.min(WIDTH, video.videoWidth);
  canvas.height = Math.round(video.videoHeight * canvas.width / video.videoWidth);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", 0.85);
  });
}

async function take() {
  start.disabled = true;
  const data = new DataTransfer();
  for (let i = 0; i < FRAMES; i += 1) {
    said.textContent = `${PROMPTS[i]}（${i + 1} / ${FRAMES}）`;
    await pause(PAUSE_MS);
    data.items.add(new File([await picture()], `${i + 1}.jpg`, { type: "image/jpeg" }));
  }
  input.multiple = true;
  input.files = data.files;
  said.textContent = "拍摄完成，正在识别，请稍候";
  stop();
  const send = form.querySelector('button[name="said"][value="passed"], .face__send');
  form.requestSubmit(send);
}

function stop() {
  for (const track of video.srcObject?.getTracks() ?? []) {
    track.stop();
  }
}

async function open() {
  const stream = await navigator.mediaDevices?.getUserMedia({ video: { facingMode: "user", width: { ideal: 1280 } }, audio: false })
    .catch(() => null);
  if (!stream) {
    return;
  }
  video.srcObject = stream;
  live.hidden = false;
  form.querySelector(".face__file").hidden = true;
  start.addEventListener("click", take);
  addEventListener("pagehide", stop);
}

open();
