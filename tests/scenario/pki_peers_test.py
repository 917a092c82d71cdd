#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Certificates, requests and lists judged by programs we did not write: openssl, certtool, python3-cryptography.
Usage: … PKI_TOOL"""
import base64
import datetime
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import warnings

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from pki_hostile import SUBJECTS  # noqa: E402

TOOL = os.path.abspath(sys.argv.pop(1))
LONG = bool(os.environ.get("CERTHALL_LONG"))
KINDS = ("p256", "rsa")
UTC = datetime.timezone.utc
warnings.simplefilter("ignore")


def run(*words, data=None, good=True):
    """Standard output of a program as text; it must succeed (or fail, if good is False)."""
    done = subprocess.run(words, input=data, capture_output=True, check=False)
    if (done.returncode == 0) != good:
        raise AssertionError(f"{words}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout.decode("utf-8", "replace") + done.stderr.decode("utf-8", "replace")


def tool(*words, data=None, good=True):
    return run(TOOL, *words, data=data, good=good)


class Scratch(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp()

    def tearDown(self):
        shutil.rmtree(self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def put(self, name, data):
        with open(self.path(name), "wb") as f:
            f.write(data)
        return self.path(name)

    def get(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def ca(self, kind):
        tool("ca", self.dir, kind)
        self.put("chain", self.get("issuing.cer") + self.get("root.cer"))

    def issue(self, kind, profile, *fields):
        tool("request", kind, self.path("r.csr"))
        tool("issue", self.dir, self.path("r.csr"), self.path("u.cer"), profile, "C=CN", *fields)
        return x509.load_pem_x509_certificate(self.get("u.cer"))


class Keys(Scratch):
    def test_key_files_are_read_by_openssl(self):
        for kind in KINDS:
            for secret in ("", "口令 with space"):
                tool("key", kind, secret, self.path("k"))
                text = run("openssl", "pkey", "-in", self.path("k"), "-passin", f"pass:{secret}", "-noout", "-text")
                self.assertIn("2048 bit" if kind == "rsa" else "prime256v1", text)
            run("openssl", "pkey", "-in", self.path("k"), "-passin", "pass:wrong", "-noout", good=False)
            shape = run("openssl", "asn1parse", "-in", self.path("k"))
            for word in ("PBES2", "PBKDF2", "hmacWithSHA256", "aes-256-cbc", ":0927C0"):
                self.assertIn(word, shape)
            key = serialization.load_pem_private_key(self.get("k"), secret.encode())
            self.assertEqual(key.key_size, 2048 if kind == "rsa" else 256)


class Certificates(Scratch):
    def check_by_peers(self, name):
        run("openssl", "verify", "-x509_strict", "-policy_check", "-CAfile", self.path("root.cer"), "-untrusted",
            self.path("issuing.cer"), self.path(name))
        self.put("all", self.get(name) + self.get("chain"))
        told = run("certtool", "--verify", "--verify-profile", "medium", "--load-ca-certificate", self.path("root.cer"),
                   "--infile", self.path("all"))
        self.assertIn("The certificate is trusted", told)

    def check_signature(self, cert, issuer):
        key = issuer.public_key()
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(cert.signature, cert.tbs_certificate_bytes, padding.PKCS1v15(), hashes.SHA256())
        else:
            key.verify(cert.signature, cert.tbs_certificate_bytes, ec.ECDSA(hashes.SHA256()))

    def test_chains_are_trusted(self):
        for kind in KINDS:
            self.ca(kind)
            for holder in KINDS:
                for profile in ("unit_sign", "unit_encrypt", "unit_both", "person_sign"):
                    self.issue(holder, profile, "O=样例建设𠮷有限公司", "CN=张三", "mail=a.b@unit.example")
                    self.check_by_peers("u.cer")
            self.check_by_peers("ocsp.cer")

    def test_fields_are_what_was_ordered(self):
        self.ca("p256")
        cert = self.issue("rsa", "unit_both", "ST=湖南省", "O=样例, \"建设\" + 公司", "CN=𠮷㛃", "years=5",
                          "mail=clerk@unit.example", "org=91430000MA4L0000X1")
        issuer = x509.load_pem_x509_certificate(self.get("issuing.cer"))
        self.check_signature(cert, issuer)
        self.assertEqual([a.value for a in cert.subject], ["CN", "湖南省", "样例, \"建设\" + 公司", "𠮷㛃"])
        self.assertEqual(cert.issuer, issuer.subject)
        get = cert.extensions.get_extension_for_class
        usage = get(x509.KeyUsage)
        self.assertTrue(usage.critical and usage.value.digital_signature and usage.value.key_encipherment)
        self.assertFalse(usage.value.key_agreement or usage.value.key_cert_sign)
        basic = get(x509.BasicConstraints)
        self.assertTrue(basic.critical and not basic.value.ca)
        own = x509.SubjectKeyIdentifier.from_public_key(cert.public_key())
        self.assertEqual(get(x509.SubjectKeyIdentifier).value, own)
        above = x509.SubjectKeyIdentifier.from_public_key(issuer.public_key())
        self.assertEqual(get(x509.AuthorityKeyIdentifier).value.key_identifier, above.digest)
        self.assertEqual(get(x509.SubjectAlternativeName).value.get_values_for_type(x509.RFC822Name), ["clerk@unit.example"])
        self.assertEqual(get(x509.CRLDistributionPoints).value[0].full_name[0].value, "http://ca.example/issuing.crl")
        self.assertEqual(get(x509.CertificatePolicies).value[0].policy_identifier.dotted_string, "1.2.156.112999.1.1")
        access = [a.access_location.value for a in get(x509.AuthorityInformationAccess).value]
        self.assertEqual(access, ["http://ca.example/ocsp", "http://ca.example/issuing.cer"])
        number = cert.extensions.get_extension_for_oid(x509.ObjectIdentifier("1.2.156.10260.4.1.4"))
        self.assertEqual(number.value.value, b"\x13\x1291430000MA4L0000X1")
        self.assertEqual(cert.not_valid_after.year - cert.not_valid_before.year, 5)
        self.assertEqual(cert.serial_number.bit_length(), 127)

    def test_dates(self):
        """T24: both kinds of time, the leap day, the end of the 32-bit second."""
        days = (((2049, 12, 31, 23, 59, 59), (2050, 1, 1)), ((2028, 2, 29), (2029, 2, 28)), ((2049, 12, 31), (2052, 2, 29)),
                ((2038, 1, 19, 3, 14, 7), (2038, 1, 19, 3, 14, 8)), ((1999, 12, 31, 23, 59, 59), (2000, 2, 29)))
        for begin, end in days:
            first, last = (datetime.datetime(*d, tzinfo=UTC) for d in (begin, end))
            tool("root", str(int(first.timestamp())), str(int(last.timestamp())), self.path("d.cer"))
            cert = x509.load_pem_x509_certificate(self.get("d.cer"))
            self.assertEqual((cert.not_valid_before, cert.not_valid_after), (first.replace(tzinfo=None), last.replace(tzinfo=None)))
            lines = run("openssl", "x509", "-in", self.path("d.cer"), "-noout", "-dates").split("\n")
            self.assertEqual([datetime.datetime.strptime(x.split("=")[1], "%b %d %H:%M:%S %Y %Z") for x in lines[:2]],
                             [first.replace(tzinfo=None), last.replace(tzinfo=None)])
            told = run("certtool", "-i", "--infile", self.path("d.cer"))
            for word, moment in (("Before", first), ("After", last)):
                self.assertRegex(told, f"Not {word}: " + moment.strftime("%a %b %d %H:%M:%S UTC %Y"))
            shape = run("openssl", "asn1parse", "-in", self.path("d.cer"))
            self.assertEqual(re.findall(r"(UTC|GENERALIZED)TIME", shape),
                             ["UTC" if d.year < 2050 else "GENERALIZED" for d in (first, last)])

    def test_serials(self):
        """T12: no duplicates, evenly spread bits."""
        count = 1000000 if LONG else 1000
        serials = tool("serials", str(count)).split()
        self.assertEqual(len(set(serials)), count)
        self.assertEqual({len(s) for s in serials}, {32})
        for bit in range(126):
            ones = sum(int(s, 16) >> bit & 1 for s in serials[:10000])
            total = min(count, 10000)
            self.assertLess(abs(ones - total / 2), 6 * (total ** 0.5) / 2, f"bit {bit}")

    def test_hostile_subjects(self):
        """T12: refused, or the same for three parsers."""
        self.ca("p256")
        self.assertGreaterEqual(len(SUBJECTS), 200)
        lines = "".join(f"{field} {value.hex()}\n" for field, value, _ in SUBJECTS)
        answers = tool("subjects", self.dir, data=lines.encode()).strip("\n").split("\n")
        self.assertEqual(len(answers), len(SUBJECTS))
        for (field, value, fine), answer in zip(SUBJECTS, answers):
            with self.subTest(field=field, value=value):
                self.assertEqual(answer.startswith("ok "), fine, answer)
                if fine:
                    self.check_read_alike(field, value.decode(), base64.b64decode(answer[3:]))

    def check_read_alike(self, field, value, der):
        path = self.put("s.cer", der)
        cert = x509.load_der_x509_certificate(der)
        names = {x509.NameOID.COUNTRY_NAME: "C", NameOID.ORGANIZATION_NAME: "O", NameOID.COMMON_NAME: "CN",
                 NameOID.STATE_OR_PROVINCE_NAME: "ST", NameOID.LOCALITY_NAME: "L", NameOID.SERIAL_NUMBER: "serialNumber",
                 NameOID.ORGANIZATIONAL_UNIT_NAME: "OU", NameOID.TITLE: "title", NameOID.GIVEN_NAME: "givenName",
                 NameOID.STREET_ADDRESS: "street"}
        read = [a.value for a in cert.subject if names[a.oid] == field]
        self.assertEqual(read, [value])
        lines = run("openssl", "x509", "-inform", "DER", "-in", path, "-noout", "-subject", "-nameopt",
                    "utf8,sep_multiline,sname").split("\n")
        theirs = {"givenName": "GN"}.get(field, field)  # openssl's own short name
        self.assertEqual([x.strip().split("=", 1)[1] for x in lines if x.strip().split("=", 1)[0] == theirs], [value])
        told = run("certtool", "-i", "--inder", "--infile", path)
        subject = re.search(r"^\tSubject: (.*)$", told, re.M).group(1)
        self.assertIn((field, value), unescape(subject))


def unescape(text):
    """RFC 4514 text as pairs."""
    parts, word, at = [], "", 0
    while at <= len(text):
        if at == len(text) or text[at] == ",":
            parts.append(tuple(word.split("=", 1)))
            word = ""
        elif text[at] == "\\":
            at += 1
            word += text[at]
        else:
            word += text[at]
        at += 1
    return parts


class Lists(Scratch):
    def crl(self, number, entries):
        tool("crl", self.dir, str(number), self.path("l.crl"), data="".join(f"{s} {t} {r}\n" for s, t, r in entries).encode())
        return x509.load_der_x509_crl(self.get("l.crl"))

    def test_lists_are_read(self):
        for kind in KINDS:
            self.ca(kind)
            cert = self.issue("p256", "unit_sign", "O=单位", "CN=单位")
            issuer = x509.load_pem_x509_certificate(self.get("issuing.cer"))
            now = int(time.time()) - 60
            mine = f"{cert.serial_number:032x}"
            entries = [(f"{n + 1:04x}", now - n, (0, 1, 3, 4, 5, 6, 9, 10)[n % 8]) for n in range(500)] + [(mine, now, 6)]
            crl = self.crl(2 ** 63 + 5, entries)
            self.assertTrue(crl.is_signature_valid(issuer.public_key()))
            self.assertEqual(crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number, 2 ** 63 + 5)
            self.assertEqual([f"{e.serial_number:04x}" for e in crl][:500], [e[0] for e in entries][:500])
            found = crl.get_revoked_certificate_by_serial_number(cert.serial_number)
            reason = found.extensions.get_extension_for_class(x509.CRLReason).value.reason
            self.assertEqual(reason, x509.ReasonFlags.certificate_hold)
            run("openssl", "crl", "-in", self.path("l.crl"), "-inform", "DER", "-CAfile", self.path("issuing.cer"), "-noout")
            self.put("l.pem", run("openssl", "crl", "-in", self.path("l.crl"), "-inform", "DER").encode())
            told = run("certtool", "--verify-crl", "--load-ca-certificate", self.path("issuing.cer"), "--infile", self.path("l.pem"))
            self.assertIn("Verification output: Verified", told)
            words = ("-crl_check", "-partial_chain", "-CRLfile", self.path("l.pem"), "-trusted", self.path("issuing.cer"), self.path("u.cer"))
            self.assertIn("certificate revoked", run("openssl", "verify", *words, good=False))
            self.crl(2 ** 63 + 6, entries[:500])  # unfrozen
            self.put("l.pem", run("openssl", "crl", "-in", self.path("l.crl"), "-inform", "DER").encode())
            run("openssl", "verify", *words)

    def test_empty_list(self):
        self.ca("p256")
        crl = self.crl(1, [])
        self.assertEqual(len(crl), 0)
        run("openssl", "crl", "-in", self.path("l.crl"), "-inform", "DER", "-CAfile", self.path("issuing.cer"), "-noout")


class Status(Scratch):
    def ask(self, state, *words):
        run("openssl", "ocsp", *words[:1], "-issuer", self.path("issuing.cer"), "-cert", self.path("u.cer"), *words[1:], "-reqout", self.path("q"))
        return tool("ocsp", self.dir, self.path("q"), state, self.path("a"))

    def test_responses_are_trusted(self):
        for kind in KINDS:
            self.ca(kind)
            cert = self.issue("p256", "unit_sign", "O=单位", "CN=单位")
            for state in ("good", "revoked", "unknown"):
                for words in ((), ("-no_nonce",), ("-sha256",)):
                    self.assertEqual(self.ask(state, *words).split(), ["ok", "1", "0" if "-no_nonce" in words else "16"])
                    self.check(cert, state, words)

    def check(self, cert, state, words):
        words = [w for w in words if w != "-no_nonce"]  # -no_nonce below: keep the nonce of the request that is read
        told = run("openssl", "ocsp", "-no_nonce", *words, "-issuer", self.path("issuing.cer"), "-cert", self.path("u.cer"), "-reqin", self.path("q"),
                   "-respin", self.path("a"), "-CAfile", self.path("chain"))
        self.assertIn("Response verify OK", told)
        self.assertIn(f"u.cer: {state}", told)
        self.assertNotRegex(told, "(?i)nonce")
        if state == "revoked":
            self.assertIn("Reason: keyCompromise", told)
        told = run("ocsptool", "--verify-response", "--load-response", self.path("a"), "--load-signer", self.path("ocsp.cer"))
        self.assertIn("Verifying OCSP Response: Success", told)
        told = run("ocsptool", "--response-info", "--load-response", self.path("a"))
        self.assertIn(f"Certificate Status: {state}", told)
        read = ocsp.load_der_ocsp_response(self.get("a"))
        self.assertEqual((read.certificate_status.name.lower(), read.serial_number), (state, cert.serial_number))
        self.assertEqual(read.responder_key_hash, x509.SubjectKeyIdentifier.from_public_key(read.certificates[0].public_key()).digest)
        read.certificates[0].extensions.get_extension_for_class(x509.OCSPNoCheck)

    def test_several_at_once(self):
        self.ca("p256")
        self.issue("p256", "unit_sign", "O=单位", "CN=单位")
        self.assertEqual(self.ask("good", "-sha256", "-cert", self.path("u.cer"), "-cert", self.path("ocsp.cer")).split(), ["ok", "3", "16"])
        told = run("openssl", "ocsp", "-respin", self.path("a"), "-CAfile", self.path("chain"), "-resp_text")
        self.assertEqual(told.count("Cert Status: good"), 3)

    def test_other_cas_are_not_ours(self):
        self.ca("p256")
        run("openssl", "ocsp", "-issuer", self.path("root.cer"), "-cert", self.path("issuing.cer"), "-reqout", self.path("q"))
        self.assertIn("another CA's", tool("ocsp", self.dir, self.path("q"), "good", self.path("a"), good=False))

    def test_ocsptool_asks(self):
        self.ca("p256")
        self.issue("rsa", "unit_sign", "O=单位", "CN=单位")
        run("ocsptool", "--generate-request", "--load-issuer", self.path("issuing.cer"), "--load-cert", self.path("u.cer"),
            "--outfile", self.path("q"))
        self.assertTrue(tool("ocsp", self.dir, self.path("q"), "good", self.path("a")).startswith("ok 1 "))

    def test_chains_are_read(self):
        for kind in KINDS:
            self.ca(kind)
            names = ("root.cer", "issuing.cer", "ocsp.cer")
            tool("p7", self.path("c.p7b"), *map(self.path, names))
            told = run("openssl", "pkcs7", "-in", self.path("c.p7b"), "-print_certs")
            mine = {"".join(self.get(n).decode().split("-----")[2].split()) for n in names}
            read = {"".join(x.split()) for x in re.findall("-----BEGIN CERTIFICATE-----(.*?)-----END", told, re.S)}
            self.assertEqual(read, mine)
            told = run("certtool", "--p7-info", "--infile", self.path("c.p7b"))
            self.assertIn("Number of certificates: 3", told)
            self.assertEqual(len(pkcs7.load_pem_pkcs7_certificates(self.get("c.p7b"))), 3)


class Requests(Scratch):
    def judge(self, path, word):
        told = tool("csr", path, good=word == "ok")
        self.assertTrue(told.startswith(word if word == "ok" else f"refused csr.{word} "), told)
        return told

    def openssl(self, name, *key, extra=(), sign=("-sha256",)):
        run("openssl", "genpkey", *key, "-out", self.path("k"))
        run("openssl", "req", "-new", "-key", self.path("k"), "-subj", "/C=CN/O=x/CN=y", *sign, *extra, "-out", self.path(name))
        return self.path(name)

    def test_openssl_makes(self):
        rsa_of = lambda bits: ("-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}")  # noqa: E731
        curve = lambda name: ("-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{name}")  # noqa: E731
        explicit = ("-pkeyopt", "ec_param_enc:explicit")
        rows = [
            ("ok", curve("P-256"), (), ("-sha256",)),
            ("ok", rsa_of(2048), (), ("-sha256",)),
            ("ok", rsa_of(3072), ("-text",), ("-sha256",)),
            ("ok", rsa_of(4096), (), ("-sha256",)),
            ("ok", curve("P-256"), ("-newhdr", "-addext", "subjectAltName=email:a@b.c", "-addext", "keyUsage=keyCertSign"), ("-sha256",)),
            ("key", curve("P-384"), (), ("-sha256",)),
            ("key", curve("secp256k1"), (), ("-sha256",)),
            ("key", curve("P-256") + explicit, (), ("-sha256",)),
            ("key", ("-algorithm", "ED25519"), (), ()),
            ("key", rsa_of(1024), (), ("-sha256",)),
            ("key", rsa_of(2047), (), ("-sha256",)),
            ("key", rsa_of(4104), (), ("-sha256",)),
            ("weak_key", rsa_of(2048) + ("-pkeyopt", "rsa_keygen_pubexp:3"), (), ("-sha256",)),
            ("algorithm", rsa_of(2048), (), ("-sha1",)),
            ("algorithm", rsa_of(2048), (), ("-sha512",)),
            ("algorithm", rsa_of(2048), (), ("-sha256", "-sigopt", "rsa_padding_mode:pss")),
            ("algorithm", curve("P-256"), (), ("-sha384",)),
            ("subject", curve("P-256"), ("-subj", "/CN=" + "/OU=".join("x" * 60 for _ in range(90))), ("-sha256",)),
        ]
        for word, key, extra, sign in rows:
            with self.subTest(word=word, key=key, sign=sign):
                self.judge(self.openssl("r", *key, extra=extra, sign=sign), word)
        self.openssl("r", *curve("P-256"))
        self.put("d", base64.b64decode("".join(self.get("r").decode().split("-----")[2].split())))
        told = self.judge(self.path("d"), "ok")
        public = serialization.load_pem_private_key(self.get("k"), None).public_key()
        self.assertEqual(told.split()[3], x509.SubjectKeyIdentifier.from_public_key(public).digest.hex())

    def test_files_around_requests(self):
        self.openssl("r", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
        pem = self.get("r")
        der = base64.b64decode("".join(pem.decode().split("-----")[2].split()))
        rows = [
            ("ok", pem), ("ok", pem.replace(b"\n", b"\r\n")), ("ok", b"\xef\xbb\xbf" + pem), ("ok", b"Subject: x\n" + pem),
            ("not_pem", pem + pem), ("not_pem", pem + b"x"), ("not_pem", pem[:-30]), ("not_pem", b""), ("not_pem", b"\0"),
            ("not_pem", pem.replace(b"M", b"*", 1)), ("not_pem", base64.b64encode(der)), ("not_pem", b"PK\3\4" + der),
            ("not_pem", pem.replace(b"-----END CERTIFICATE REQUEST", b"-----END CERTIFICATE")),
            ("wrong_label", pem.replace(b"CERTIFICATE REQUEST", b"CERTIFICATE")),
            ("wrong_label", self.get("k")),
            ("trailing", der + b"\0"), ("trailing", der + der), ("damaged", der[:-1]), ("damaged", der[:200]),
            ("damaged", b"\x30\x80" + der[3:] + b"\0\0"), ("too_big", b"x" * 40000), ("too_big", der + b"\0" * 20000),
        ]
        for word, data in rows:
            with self.subTest(word=word, data=data[:40]):
                self.judge(self.put("f", data), word)

    def test_certtool_makes(self):
        self.put("t", "country = CN\norganization = 样例\ncn = 样例\nchallenge_password = x\n".encode())
        for kind, words in (("P-256", ("--key-type", "ecdsa", "--curve", "secp256r1")), ("RSA", ("--key-type", "rsa", "--bits", "2048"))):
            run("certtool", "--generate-privkey", *words, "--outfile", self.path("k"))
            run("certtool", "--generate-request", "--load-privkey", self.path("k"), "--template", self.path("t"), "--hash", "SHA256",
                "--outfile", self.path("r"))
            self.assertEqual(self.judge(self.path("r"), "ok").split()[1], kind)

    def test_python_makes(self):
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "样例")])
        keys = (ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048))
        for key in keys:
            built = x509.CertificateSigningRequestBuilder().subject_name(name)
            many = built.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            for form in (serialization.Encoding.PEM, serialization.Encoding.DER):
                self.judge(self.put("r", many.sign(key, hashes.SHA256()).public_bytes(form)), "ok")
            self.judge(self.put("r", built.sign(key, hashes.SHA384()).public_bytes(form)), "algorithm")

    def test_ours_are_read_by_peers(self):
        for kind in KINDS:
            tool("request", kind, self.path("r"))
            run("openssl", "req", "-in", self.path("r"), "-verify", "-noout")
            run("certtool", "--crq-info", "--infile", self.path("r"))
            self.assertTrue(x509.load_pem_x509_csr(self.get("r")).is_signature_valid)


if __name__ == "__main__":
    unittest.main()
