// SPDX-License-Identifier: Apache-2.0
// pkcs: PKCS#10 requests and PKCS#12 files by pkijs over WebCrypto.
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";

import { oldPfx } from "./pkcs_old.js";

const ROUNDS = 100_000;
const P256 = { name: "ECDSA", namedCurve: "P-256" };

export function generate() {
  return crypto.subtle.generateKey(P256, true, ["sign"]);
}

function pem(der, label) {
  const text = btoa(String.fromCharCode(...new Uint8Array(der)));
  return `-----BEGIN ${label}-----\n${text.replace(/.{64}/g, "$&\n")}\n-----END ${label}-----\n`;
}

// The request (PEM) that proves the key; the certificate's own name is what was reviewed.
export async function request(keys, name) {
  const csr = new pkijs.CertificationRequest();
  csr.subject.typesAndValues.push(new pkijs.AttributeTypeAndValue({ type: "2.5.4.3", value: new asn1js.Utf8String({ value: name }) }));
  csr.attributes = [];
  await csr.subjectPublicKeyInfo.importKey(keys.publicKey);
  await csr.sign(keys.privateKey, "SHA-256");
  return pem(csr.toSchema(true).toBER(false), "CERTIFICATE REQUEST");
}

// SHA-256 of the SubjectPublicKeyInfo, in hexadecimal digits
export async function fingerprint(publicKey) {
  const digest = await crypto.subtle.digest("SHA-256", await crypto.subtle.exportKey("spki", publicKey));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer;
}

function certificate(base64) {
  return pkijs.Certificate.fromBER(bytes(base64));
}

function attributes(name, keyId) {
  return [
    new pkijs.Attribute({ type: "1.2.840.113549.1.9.20", values: [new asn1js.BmpString({ value: name })] }),
    new pkijs.Attribute({ type: "1.2.840.113549.1.9.21", values: [new asn1js.OctetString({ valueHex: keyId })] }),
  ];
}

const PBES2 = { name: "AES-CBC", length: 256 };

async function keyBag(pkcs8, secret, own) {
  const bag = new pkijs.PKCS8ShroudedKeyBag({ parsedValue: pkijs.PrivateKeyInfo.fromBER(pkcs8) });
  await bag.makeInternalValues({ password: secret, contentEncryptionAlgorithm: PBES2, hmacHashAlgorithm: "SHA-256", iterationCount: ROUNDS });
  return new pkijs.SafeBag({ bagId: "1.2.840.113549.1.12.10.1.2", bagValue: bag, bagAttributes: own });
}

function certBags(list, own) {
  return list.map((one, i) => new pkijs.SafeBag({ bagId: "1.2.840.113549.1.12.10.1.3",
    bagValue: new pkijs.CertBag({ parsedValue: one }), bagAttributes: i === 0 ? own : undefined }));
}

// The bags of the certificates, and the attributes that join the first to its key.
async function joined(issued) {
  const list = [certificate(issued.certificate), ...issued.chain.map(certificate)];
  const own = attributes(issued.name, await crypto.subtle.digest("SHA-1", bytes(issued.certificate)));
  return { certs: certBags(list, own), own };
}

// The same for programs that cannot open what pfx makes.
export async function compatiblePfx(pkcs8, issued, password) {
  const { certs, own } = await joined(issued);
  return oldPfx(pkcs8, certs, own, password);
}

// PKCS#12: key and certificates under PBES2 (AES-256-CBC, PBKDF2 with HMAC-SHA-256), HMAC-SHA-256 around it all.
export async function pfx(pkcs8, issued, password) {
  const secret = new TextEncoder().encode(password).buffer;
  const { certs, own } = await joined(issued);
  const safe = new pkijs.AuthenticatedSafe({ parsedValue: { safeContents: [
    { privacyMode: 0, value: new pkijs.SafeContents({ safeBags: [await keyBag(pkcs8, secret, own)] }) },
    { privacyMode: 1, value: new pkijs.SafeContents({ safeBags: certs }) },
  ] } });
  await safe.makeInternalValues({ safeContents: [{}, { password: secret, contentEncryptionAlgorithm: PBES2, hmacHashAlgorithm: "SHA-256",
    iterationCount: ROUNDS }] });
  const file = new pkijs.PFX({ parsedValue: { integrityMode: 0, authenticatedSafe: safe } });
  await file.makeInternalValues({ password: secret, iterations: ROUNDS, pbkdf2HashAlgorithm: "SHA-256", hmacHashAlgorithm: "SHA-256" });
  return file.toSchema().toBER(false);
}
