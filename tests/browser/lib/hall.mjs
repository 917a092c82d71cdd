// SPDX-License-Identifier: Apache-2.0
// hall: the program under test, with a data directory of its own and ports that were free. HALL_PROGRAM names the
// program (ctest does); HALL_URL names a hall that runs already, for work on pages.
import { spawn } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const START_MS = 60_000;
export const root = fileURLToPath(new URL("../../..", import.meta.url));

// A copy of the scripts with tests/fixture/<fixture>.lua in it, or the scripts themselves. fixture: a name, several, or none.
function scriptsOf(folder, fixture) {
  if (!fixture) {
    return join(root, "scripts");
  }
  const copy = join(folder, "scripts");
  cpSync(join(root, "scripts"), copy, { recursive: true });
  for (const name of [fixture].flat()) {
    cpSync(join(root, "tests/fixture", `${name}.lua`), join(copy, "fixture", `${name}.lua`));
    appendFileSync(join(copy, "main.lua"), `use "fixture/${name}"\n`);
  }
  return copy;
}

function start(folder, fixture) {
  const options = {
    mode: "try",
    data: join(folder, "data"),
    "seal-key-file": join(folder, "seal.key"),
    scripts: scriptsOf(folder, fixture),
    www: join(root, "www/dist"),
    http: "127.0.0.1:0",
    https: "off",
    admin: "127.0.0.1:0",
    user: userInfo().username,
    "log-form": "json",
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  // Variables CERTHALL_… are options of the program: only ours count.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("CERTHALL_")));
  return spawn(process.env.HALL_PROGRAM, ["serve", ...args], { env, stdio: ["ignore", "ignore", "pipe"] });
}

// The address that the program logs when it is ready; its lines so far when it ends before.
function ready(child) {
  const lines = [];
  const { promise, resolve, reject } = Promise.withResolvers?.() ?? deferred();
  const timer = setTimeout(() => reject(new Error(`the hall is not ready:\n${lines.join("\n")}`)), START_MS);
  createInterface({ input: child.stderr }).on("line", (line) => {
    lines.push(line);
    const said = line.startsWith("{") ? JSON.parse(line) : {};
    if (said.msg === "ready") {
      clearTimeout(timer);
      resolve(said.url);
    }
  });
  child.on("exit", (code) => {
    clearTimeout(timer);
    reject(new Error(`the hall ended with ${code}:\n${lines.join("\n")}`));
  });
  return { url: promise, lines };
}

function deferred() {
  const out = {};
  out.promise = new Promise((resolve, reject) => Object.assign(out, { resolve, reject }));
  return out;
}

// { login = password } of the staff that the first start of a hall in mode try makes
function staff(folder) {
  const file = join(folder, "try-accounts.txt");
  return existsSync(file) ? Object.fromEntries(readFileSync(file, "utf8").trim().split("\n").map((line) => line.split(" "))) : {};
}

// { url, lines: log so far, accounts: { login = password } of the staff, close() }; fixture: as for scriptsOf
export async function openHall(fixture) {
  if (process.env.HALL_URL) {
    return { url: process.env.HALL_URL, lines: [], close: async () => {} };
  }
  if (!process.env.HALL_PROGRAM) {
    throw new Error("HALL_PROGRAM must name the built program, or HALL_URL a hall that runs");
  }
  const folder = mkdtempSync(join(tmpdir(), "certhall-browser-"));
  const child = start(folder, fixture);
  const { url, lines } = ready(child);
  const close = async () => {
    const ended = new Promise((resolve) => child.on("exit", resolve));
    child.kill("SIGTERM");
    await (child.exitCode === null ? ended : null);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return { url: await url, lines, close, accounts: staff(folder) };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
