# SPDX-License-Identifier: Apache-2.0
"""The TLS entrance under testssl.sh: nothing of medium severity or above. Debian's testssl.sh is the judge."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from hall import Hall

PROGRAM = os.path.abspath(sys.argv[1])
GRAVE = ("MEDIUM", "HIGH", "CRITICAL")

# What the scanner says of a certificate made for this test: no public log and no answer of a revocation service exist for
# a host on loopback. Everything else counts.
OF_THE_TEST = {"OCSP_stapling", "certificate_transparency", "DNS_CAArecord"}


def run(*words, folder):
    subprocess.run(words, cwd=folder, check=True, capture_output=True, timeout=60)


def make_certificate(folder):
    """A CA and a leaf for localhost, as an operator's would be: P-256, 90 days, with a revocation list's address."""
    with open(os.path.join(folder, "leaf.cnf"), "w", encoding="ascii") as file:
        file.write("subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\nkeyUsage=critical,digitalSignature\n"
                   "crlDistributionPoints=URI:http://127.0.0.1/ca.crl\nauthorityInfoAccess=OCSP;URI:http://127.0.0.1/ocsp\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    run("openssl", "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "365", "-subj", "/CN=Scan CA",
        folder=folder)
    run("openssl", "req", *key, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=localhost", folder=folder)
    run("openssl", "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "90",
        "-extfile", "leaf.cnf", "-out", "leaf.pem", folder=folder)
    os.chmod(os.path.join(folder, "leaf.key"), 0o600)


class Scan(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="scan-")
        self.addCleanup(shutil.rmtree, self.folder)
        make_certificate(self.folder)

    def scan(self, address):
        out = os.path.join(self.folder, "out.json")
        done = subprocess.run(
            ["testssl", "--quiet", "--color", "0", "--warnings", "off", "--ip", "127.0.0.1", "--add-ca", "ca.pem",
             "--jsonfile", out, "--nodns", "none", address], cwd=self.folder, capture_output=True, text=True, timeout=500,
            check=False)
        self.assertTrue(os.path.exists(out), done.stdout[-2000:] + done.stderr[-2000:])
        with open(out, encoding="utf-8") as file:
            return json.load(file)

    def test_nothing_grave(self):
        with Hall(PROGRAM, https="127.0.0.1:0", certificate_file=os.path.join(self.folder, "leaf.pem"),
                  certificate_key_file=os.path.join(self.folder, "leaf.key")) as hall:
            port = hall.urls["https"].rsplit(":", 1)[1]
            findings = self.scan(f"localhost:{port}")
        ids = {f["id"] for f in findings}
        self.assertTrue({"TLS1_3", "heartbleed", "cert_chain_of_trust"} <= ids, "the scan did not come to its end")
        grave = [f for f in findings if f["severity"] in GRAVE and f["id"].split(" ")[0] not in OF_THE_TEST]
        self.assertEqual([], [(f["id"], f["severity"], f["finding"]) for f in grave])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
