// SPDX-License-Identifier: Apache-2.0
// keystore: the key of a soft certificate between its making and its saving: PKCS#8 encrypted under the file's password, in
// IndexedDB, one record for each application. A record of seven days ago is forgotten.
const DAYS_7 = 7 * 24 * 3600 * 1000;
const ROUNDS = 310_000;

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function open() {
  const request = indexedDB.open("certhall", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("keys", { keyPath: "number" });
  return asked(request);
}

async function within(mode, act) {
  const base = await open();
  try {
    const change = base.transaction("keys", mode);
    const done = new Promise((resolve, reject) => {
      change.oncomplete = resolve;
      change.onabort = () => reject(change.error);
    });
    const result = await asked(act(change.objectStore("keys")));
    await done;
    return result;
  } finally {
    base.close();
  }
}

export async function find(number) {
  const record = await within("readonly", (keys) => keys.get(number));
  if (record && record.at + DAYS_7 < Date.now()) {
    await forget(number);
    return undefined;
  }
  return record;
}

export function keep(record) {
  return within("readwrite", (keys) => keys.put(record));
}

export function forget(number) {
  return within("readwrite", (keys) => keys.delete(number));
}

async function wrapping(password, salt) {
  const secret = await crypto.subtle.importKey("raw", new TextEncoder().encode(password), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, secret,
    { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

// { salt, iv, sealed } of a PKCS#8 key
export async function seal(pkcs8, password) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await wrapping(password, salt), pkcs8);
  return { salt, iv, sealed };
}

// The PKCS#8 key, or null when the password is another one.
export async function unseal(record, password) {
  try {
    return await crypto.subtle.decrypt({ name: "AES-GCM", iv: record.iv }, await wrapping(password, record.salt), record.sealed);
  } catch {
    return null;
  }
}
