// SPDX-License-Identifier: Apache-2.0
// pkcs_old: PKCS#12 files for programs that know no PBES2 (Windows 7, old Office, Java 8): PBES1 with 3DES and SHA-1, the oldest
// way that is not broken outright (RFC 7292, appendices B and C). WebCrypto has no 3DES; des.js has.
import * as asn1js from "asn1js";
import { CBC, EDE } from "des.js";
import * as pkijs from "pkijs";

const PBE_3DES = "1.2.840.113549.1.12.1.3";
const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED = "1.2.840.113549.1.7.6";
const ROUNDS = 4096;
const BLOCK = 64;
const USE = { key: 1, iv: 2 };

function repeated(source, length) {
  return Uint8Array.from({ length }, (_, i) => source[i % source.length]);
}

// UTF-16, highest byte first, with a zero at its end
function wide(password) {
  const text = `${password}\0`;
  return Uint8Array.from({ length: text.length * 2 }, (_, i) => i % 2 ? text.charCodeAt(i >> 1) & 0xff : text.charCodeAt(i >> 1) >> 8);
}

async function sha1(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-1", bytes));
}

// block + added + 1, as numbers of 512 bits
function addTo(block, added) {
  let carry = 1;
  for (let i = block.length - 1; i >= 0; i -= 1) {
    carry += block[i] + added[i];
    block[i] = carry & 0xff;
    carry >>= 8;
  }
}

// The key derivation of appendix B.2.
async function derive(password, salt, use, length) {
  const secret = wide(password);
  const input = new Uint8Array([...repeated(salt, BLOCK), ...repeated(secret, Math.ceil(secret.length / BLOCK) * BLOCK)]);
  const out = [];
  while (out.length < length) {
    let hash = await sha1(new Uint8Array([...new Uint8Array(BLOCK).fill(use), ...input]));
    for (let i = 1; i < ROUNDS; i += 1) {
      hash = await sha1(hash);
    }
    out.push(...hash);
    for (let at = 0; at < input.length; at += BLOCK) {
      addTo(input.subarray(at, at + BLOCK), repeated(hash, BLOCK));
    }
  }
  return out.slice(0, length);
}

// -> { algorithm, bytes }: encrypted under the password
async function encrypted(plain, password) {
  const salt = crypto.getRandomValues(new Uint8Array(8));
  const cipher = CBC.instantiate(EDE).create({ type: "encrypt", key: await derive(password, salt, USE.key, 24),
    iv: await derive(password, salt, USE.iv, 8) });
  const bytes = Uint8Array.from([...cipher.update([...new Uint8Array(plain)]), ...cipher.final()]);
  const params = new asn1js.Sequence({ value: [new asn1js.OctetString({ valueHex: salt.buffer }), new asn1js.Integer({ value: ROUNDS })] });
  return { algorithm: new pkijs.AlgorithmIdentifier({ algorithmId: PBE_3DES, algorithmParams: params }), bytes: bytes.buffer };
}

async function keyBag(pkcs8, password, own) {
  const { algorithm, bytes } = await encrypted(pkcs8, password);
  return new pkijs.SafeBag({ bagId: "1.2.840.113549.1.12.10.1.2", bagAttributes: own,
    bagValue: new pkijs.PKCS8ShroudedKeyBag({ encryptionAlgorithm: algorithm, encryptedData: new asn1js.OctetString({ valueHex: bytes }) }) });
}

function contents(bags) {
  return new pkijs.SafeContents({ safeBags: bags }).toSchema().toBER(false);
}

async function encryptedContents(bags, password) {
  const { algorithm, bytes } = await encrypted(contents(bags), password);
  const data = new pkijs.EncryptedData({ encryptedContentInfo: new pkijs.EncryptedContentInfo({ contentType: DATA,
    contentEncryptionAlgorithm: algorithm, encryptedContent: new asn1js.OctetString({ valueHex: bytes }), disableSplit: true }) });
  return new pkijs.ContentInfo({ contentType: ENCRYPTED, content: data.toSchema() });
}

// key: PKCS#8; certs: safe bags; own: the attributes that join key and certificate
export async function oldPfx(pkcs8, certs, own, password) {
  const keys = new pkijs.ContentInfo({ contentType: DATA, content: new asn1js.OctetString({ valueHex: contents([await keyBag(pkcs8, password, own)]) }) });
  const safe = new pkijs.AuthenticatedSafe({ safeContents: [await encryptedContents(certs, password), keys] });
  const file = new pkijs.PFX({ parsedValue: { integrityMode: 0, authenticatedSafe: safe } });
  await file.makeInternalValues({ password: new TextEncoder().encode(password).buffer, iterations: ROUNDS, pbkdf2HashAlgorithm: "SHA-1",
    hmacHashAlgorithm: "SHA-1" });
  return file.toSchema().toBER(false);
}
