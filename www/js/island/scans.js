// SPDX-License-Identifier: Apache-2.0
// scans: the scanned materials of a case without a round trip: buttons turn a picture in place, and inside the region
// ← and → go to the one before and behind, R turns. Without it the buttons post and the links jump.
const TURNS = 4;

function turn(scan, by) {
  const frame = scan.querySelector("[data-turn]");
  const input = scan.querySelector('input[name^="turn."]');
  const now = (Number(input.value) + by) % TURNS;
  frame.classList.remove(`scan__frame--${input.value}`);
  frame.classList.add(`scan__frame--${now}`);
  frame.dataset.turn = String(now);
  input.value = String(now);
}

// The scan the focus is in, or the first that is in sight.
function present(region) {
  const scans = [...region.querySelectorAll(".scan")];
  const top = Math.max(region.getBoundingClientRect().top, 0);
  return document.activeElement.closest(".scan") ?? scans.find((scan) => scan.getBoundingClientRect().bottom > top + 40);
}

function go(to) {
  if (to?.matches?.(".scan")) {
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: "start" });
  }
}

const keys = {
  ArrowLeft: (scan) => go(scan.previousElementSibling),
  ArrowRight: (scan) => go(scan.nextElementSibling),
  r: (scan) => scan.querySelector("[data-turn]") && turn(scan, 1),
};

function pressed(region, event) {
  const typing = event.target.matches("input, select, textarea");
  const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  const scan = present(region);
  if (!act || typing || !scan || event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  event.preventDefault();
  act(scan);
}

for (const region of document.querySelectorAll("[data-scans]")) {
  region.addEventListener("keydown", (event) => pressed(region, event));
  region.addEventListener("click", (event) => {
    const button = event.target.closest('button[value^="turn:"]');
    if (button) {
      event.preventDefault();
      turn(button.closest(".scan"), Number(button.value.split(":")[2]));
    }
  });
}
