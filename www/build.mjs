// SPDX-License-Identifier: Apache-2.0
// build: makes www/dist from www/ and the pinned packages: one style sheet, one script, an island for each file of
// js/island, pictures, htmx. Names carry a hash of the content, every text file has a .gz twin, and the same sources
// give the same bytes. assets.json maps plain names to hashed ones; the server and asset() in templates read it.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { buildSync, transformSync } from "esbuild";
import { compile, NodePackageImporter } from "sass";

const www = dirname(fileURLToPath(import.meta.url));
const root = dirname(www);
// Old enough for the kernels of 360, QQ and Sogou that are still in use.
const target = ["chrome86", "firefox91", "safari15"];

// Files of packages that are served as they are.
const copied = {
  "htmx.js": "node_modules/htmx.org/dist/htmx.min.js",
  "hx-csp.js": "node_modules/htmx.org/dist/ext/hx-csp.min.js",
};

function listed(folder, ending) {
  const path = join(www, folder);
  return existsSync(path) ? readdirSync(path).filter((name) => name.endsWith(ending)).sort() : [];
}

function style() {
  const { css } = compile(join(www, "css/app.scss"), {
    style: "expanded",
    importers: [new NodePackageImporter(root)],
  });
  return transformSync(css, { loader: "css", minify: true, target, charset: "utf8" }).code;
}

function script(file) {
  const { outputFiles } = buildSync({
    entryPoints: [join(www, file)],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: "esm",
    charset: "utf8",
    legalComments: "none",
    target,
    write: false,
  });
  return outputFiles[0].text;
}

// What a folder holds by plain name.
function made() {
  const files = { "app.css": style(), "app.js": script("js/app.js") };
  for (const name of listed("js/island", ".js")) {
    files[name] = script(join("js/island", name));
  }
  for (const [name, from] of Object.entries(copied)) {
    files[name] = readFileSync(join(root, from), "utf8").replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n");
  }
  for (const name of listed("img", ".svg")) {
    files[name] = readFileSync(join(www, "img", name), "utf8");
  }
  return files;
}

function hashed(name, bytes) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const ending = extname(name);
  return `${basename(name, ending)}.${hash}${ending}`;
}

// gzip without what differs between machines: no time, and no word of the system.
function packed(bytes) {
  const gz = gzipSync(bytes, { level: 9 });
  gz.fill(0, 4, 8);
  gz[9] = 0xff;
  return gz;
}

// Writes beside the old folder, then swaps: a server that reads it meanwhile never sees half of it.
export function build(dist = join(www, "dist")) {
  const fresh = `${dist}.new`;
  const names = {};
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  for (const [name, text] of Object.entries(made())) {
    const bytes = Buffer.from(text);
    names[name] = hashed(name, bytes);
    writeFileSync(join(fresh, names[name]), bytes);
    writeFileSync(join(fresh, `${names[name]}.gz`), packed(bytes));
  }
  writeFileSync(join(fresh, "assets.json"), `${JSON.stringify(names, Object.keys(names).sort(), 2)}\n`);
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
  return names;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  build(process.argv[2]);
}
