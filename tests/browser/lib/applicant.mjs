// SPDX-License-Identifier: Apache-2.0
// applicant: an invented person with a case at a chosen step, made by the API; and the same person in a browser.
import { deflateSync, crc32 } from "node:zlib";

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const ORG_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];
const USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY";

function digits(n) {
  return Array.from({ length: n }, () => Math.floor(Math.random() * 10)).join("");
}

export function idNumber() {
  const body = `430102199003${String(1 + Math.floor(Math.random() * 28)).padStart(2, "0")}${digits(3)}`;
  return body + "10X98765432"[ID_WEIGHTS.reduce((sum, w, i) => sum + w * Number(body[i]), 0) % 11];
}

// prefix: what the first two characters say of the owner.
export function creditCode(prefix = "91") {
  const organisation = digits(8);
  const check = (11 - ORG_WEIGHTS.reduce((sum, w, i) => sum + w * Number(organisation[i]), 0) % 11) % 11;
  const code = `${prefix}430102${organisation}${"0123456789X"[check]}`;
  if (code.includes("X")) {
    return creditCode(prefix);
  }
  const total = [...code].reduce((sum, c, i) => sum + USCC.indexOf(c) * 3 ** i % 31, 0);
  return code + USCC[(31 - total % 31) % 31];
}

function valuesOf(kind, p, more) {
  const closing = { years: "1", seal: "no", question: "book", answer: "红楼梦", medium: "soft", ...more };
  if (kind === "personal_issue") {
    return {
      applicant_name: "张三", user_name: p.userName, applicant_document_type: "idcard", applicant_document_no: idNumber(),
      work_unit: "示范建筑工程有限公司", department: "工程部", applicant_email: p.email, applicant_phone: p.phone,
      applicant_mobile: p.phone, applicant_region: "430102", applicant_address: "示范路 12 号", applicant_postcode: "410000",
      handler_same: "yes", signature: "no", ...closing,
    };
  }
  return {
    user_name: p.userName, unit_name: "示范建筑工程有限公司", unit_phone: "0731-84510000", unit_email: p.email,
    unit_region: "430102", unit_address: "示范路 12 号", unit_postcode: "410000", unit_document_type: "uscc",
    unit_document_no: creditCode(), handler_name: "张三", handler_phone: p.phone, handler_email: p.email,
    handler_document_type: "idcard", handler_document_no: idNumber(), ...closing,
  };
}

export class Applicant {
  constructor(url) {
    this.url = url;
    this.phone = `199${digits(8)}`;
    this.email = `p${this.phone}@hall.example`;
    this.userName = `u${digits(10)}`;
    this.password = `Zheng-shu-${digits(6)}`;
  }

  async ask(method, path, value, headers = {}) {
    return fetch(this.url + path, {
      method,
      headers: { "Content-Type": "application/json", ...this.token && { Authorization: `Bearer ${this.token}` }, ...headers },
      body: value === undefined ? undefined : JSON.stringify(value),
    });
  }

  async want(method, path, value, headers) {
    const response = await this.ask(method, path, value, headers);
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${text}`);
    }
    return text ? JSON.parse(text) : null;
  }

  async code() {
    for (let i = 0; i < 100; i += 1) {
      const { items } = await this.want("GET", `/api/v1/try/inbox?to=${this.phone}`);
      const found = items.find((one) => one.params?.code);
      if (found) {
        return found.params.code;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("no code came");
  }

  async register() {
    const { challenge } = await this.want("POST", "/api/v1/codes", { purpose: "register", by: "code", to: this.phone });
    const answer = await this.code();
    await this.want("POST", "/api/v1/accounts", { phone: this.phone, email: this.email, password: this.password, by: "code", challenge, answer });
    this.token = (await this.want("POST", "/api/v1/sessions", { account: this.phone, password: this.password })).token;
  }

  // A new case with nothing filled in.
  async draft(kind = "unit_issue") {
    const kinds = await this.want("GET", "/api/v1/kinds");
    const { agreement } = kinds.find((one) => one.id === kind);
    this.key = (await this.want("POST", "/api/v1/cases", { kind, agreement })).key;
    return this.key;
  }

  // A case that waits for its materials; more: answers that differ; delivery: how a UKey is handed over.
  async begin(kind = "unit_issue", more = {}, delivery = {}) {
    await this.draft(kind);
    const path = `/api/v1/cases/${this.key}`;
    const values = valuesOf(kind, this, more);
    const tag = (await this.ask("GET", path)).headers.get("ETag");
    await this.want("PATCH", path, { values }, { "If-Match": tag });
    await this.want("POST", `${path}/submit`, {});
    await this.want("POST", `${path}/delivery`, { values: delivery });
    return this.key;
  }

  async put(type, bytes) {
    const response = await fetch(`${this.url}/api/v1/cases/${this.key}/materials/${type}`, {
      method: "PUT", headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "image/png" }, body: bytes,
    });
    if (!response.ok) {
      throw new Error(`${type}: ${response.status} ${await response.text()}`);
    }
  }

  async putAll() {
    for (const one of await this.want("GET", `/api/v1/cases/${this.key}/materials`)) {
      if (one.required) {
        await this.put(one.id, picture());
      }
    }
  }

  state() {
    return this.want("GET", `/api/v1/cases/${this.key}`).then((one) => one.state);
  }

  // The cookies of a session of this person, for a browser that has visited nothing.
  async cookies() {
    const form = await fetch(`${this.url}/login`);
    const [visit] = form.headers.getSetCookie().map((line) => line.split(";")[0]);
    const token = (await form.text()).match(/name="_csrf" value="([^"]+)"/)[1];
    const done = await fetch(`${this.url}/login`, {
      method: "POST", redirect: "manual", headers: { Origin: this.url, Cookie: visit },
      body: new URLSearchParams({ _csrf: token, account: this.phone, password: this.password }),
    });
    return [visit, ...done.headers.getSetCookie().map((line) => line.split(";")[0])].map((pair) => {
      const [name, value] = pair.split("=");
      return { name, value, url: this.url };
    });
  }

  // The same person's session in the page's browser.
  async enter(page) {
    await page.goto("/login");
    await page.fill("#account", this.phone);
    await page.fill("#password", this.password);
    await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "用户登录" }).click()]);
  }
}

function chunk(type, body) {
  const out = Buffer.alloc(12 + body.length);
  out.writeUInt32BE(body.length, 0);
  out.write(type, 4, "latin1");
  body.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + body.length)), 8 + body.length);
  return out;
}

// A grey page as PNG; noise makes it large.
export function picture({ width = 1240, height = 1754, noise = 0 } = {}) {
  const rows = Buffer.alloc((width + 1) * height, 0xe8);
  for (let y = 0; y < height; y += 1) {
    rows[y * (width + 1)] = 0;
    for (let x = 1; x <= width && y < noise; x += 1) {
      rows[y * (width + 1) + x] = Math.random() * 256;
    }
  }
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", deflateSync(rows, { level: 1 })),
    chunk("IEND", Buffer.alloc(0))]);
}
