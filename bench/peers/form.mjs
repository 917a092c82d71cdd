// SPDX-License-Identifier: Apache-2.0
// The same job as POST /bench/entry, as one would write it with fastify: parse a form, check it, store it durably, answer.
// Usage: node form.mjs lmdb|sqlite FOLDER PORT
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import formbody from "@fastify/formbody";
import fastify from "fastify";

const [kind, folder, port] = process.argv.slice(2);

// Both stores answer when the row is on the disk.
async function openLmdb() {
  const { open } = await import("lmdb");
  const rows = open({ path: join(folder, "lmdb"), compression: false, overlappingSync: false });
  return (key, row) => rows.put(key, row);
}

async function openSqlite() {
  const { default: Database } = await import("better-sqlite3");
  const db = new Database(join(folder, "rows.sqlite"));
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec("CREATE TABLE IF NOT EXISTS rows (key TEXT PRIMARY KEY, phone TEXT, json TEXT) WITHOUT ROWID");
  db.exec("CREATE INDEX IF NOT EXISTS by_phone ON rows (phone)");
  const insert = db.prepare("INSERT INTO rows VALUES (?, ?, ?)");
  return (key, row) => insert.run(key, row.phone, JSON.stringify(row));
}

const body = {
  type: "object",
  required: ["name", "phone", "kind"],
  properties: {
    name: { type: "string", minLength: 1, maxLength: 20 },
    phone: { type: "string", pattern: "^1[3-9][0-9]{9}$" },
    kind: { type: "string", enum: ["unit", "person"] },
    note: { type: "string", maxLength: 200 },
  },
};

const store = await (kind === "lmdb" ? openLmdb() : openSqlite());
const app = fastify({ logger: false, keepAliveTimeout: 600_000 });
await app.register(formbody);
app.post("/bench/entry", { schema: { body } }, async (request, reply) => {
  const { name, phone, kind: type, note } = request.body;
  const key = Date.now().toString(36).padStart(9, "0") + randomBytes(10).toString("hex");
  await store(key, { name, phone, kind: type, note, at: Date.now() });
  return reply.redirect("/bench/entry/" + key, 303);
});
await app.listen({ host: "127.0.0.1", port: Number(port), backlog: 4096 });
