// SPDX-License-Identifier: Apache-2.0
// watch: a page that waits for somebody else (a phone, a reviewer) and moves on by itself. data-watch is an event stream that
// says that something changed; then the same page is fetched, the element data-exchange put in, and its data-said told to
// screen readers. Where there is no stream it looks every three seconds. Closed while the page is hidden.
import { say } from "./say.js";
import { exchange } from "./swap.js";

const EVERY_MS = 3000;
let watched = null;

function find() {
  return document.querySelector("[data-watch]");
}

// Nothing is exchanged under a hand that is choosing a file.
function isBusy(box) {
  return box.querySelector("progress, .file__chosen img") !== null;
}

async function look() {
  const response = await fetch(location.pathname, { headers: { "X-Requested-With": "watch" } }).catch(() => null);
  const box = find();
  if (!response?.ok || !box || isBusy(box)) {
    return;
  }
  if (response.redirected && new URL(response.url).pathname !== location.pathname) {
    location.assign(response.url);
    return;
  }
  const [at, before] = [document.activeElement?.id, box.dataset.said];
  const fresh = exchange(box.dataset.exchange, await response.text());
  if (fresh?.dataset.said && fresh.dataset.said !== before) {
    say(fresh.dataset.said);
  }
  if (at) {
    document.getElementById(at)?.focus({ preventScroll: true });
  }
}

function connect(url) {
  let poll = 0, end = 0, latest = Promise.resolve();
  const again = () => {
    latest = latest.then(look);
  };
  const stream = new EventSource(url);
  stream.addEventListener("topic", again);
  // What happened before anybody listened was told to nobody.
  stream.addEventListener("open", again);
  stream.onerror = () => {
    if (stream.readyState === EventSource.CLOSED && !poll) {
      poll = setInterval(again, EVERY_MS);
    }
  };
  return {
    url,
    // When what is shown ends (a QR code), the page shows what comes then.
    until(ms) {
      clearTimeout(end);
      end = ms ? setTimeout(again, Math.max(1000, ms - Date.now() + 500)) : 0;
    },
    close() {
      stream.close();
      clearInterval(poll);
      clearTimeout(end);
    },
  };
}

function follow() {
  const box = document.hidden ? null : find();
  if (watched && watched.url !== box?.dataset.watch) {
    watched.close();
    watched = null;
  }
  if (box) {
    watched ??= connect(box.dataset.watch);
    watched.until(Number(box.dataset.until ?? 0));
  }
}

export function enhanceWatch(root) {
  follow();
  if (root === document) {
    document.addEventListener("visibilitychange", () => {
      follow();
      if (!document.hidden && find()) {
        look();
      }
    });
  }
}
