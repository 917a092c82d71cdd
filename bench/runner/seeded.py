# SPDX-License-Identifier: Apache-2.0
"""Halls with invented cases, and what is measured of them: start, lists, and answers while the hall is busy."""
import contextlib
import http.client
import json
import os
import pwd
import signal
import subprocess
import threading
import time

from runner.hall import Hall, program_path, words
from runner.process import WORK, BenchError, load, pinned, SERVER

FULL = int(os.environ.get("BENCH_CASES", "1000000"))
SMALL = 1000
PASSWORD = "Seed-2026-hall"


def store(cases):
    """The folder of a store with so many cases; made once and kept, since a million take a quarter of an hour."""
    folder = os.path.join(WORK, f"seeded-{cases}")
    done = os.path.join(folder, "seeded")
    if os.path.exists(done):
        return folder
    subprocess.run(["rm", "-rf", folder], check=True)
    os.makedirs(folder, mode=0o700)
    options = ["--mode", "try", "--user", pwd.getpwuid(os.getuid()).pw_name, "--data", os.path.join(folder, "data"),
               "--seal-key-file", os.path.join(folder, "seal.key")]
    for command in (["init"], ["seed", "--cases", str(cases), "--password", PASSWORD]) if cases else (["init"],):
        made = subprocess.run([program_path(), *command, *options], capture_output=True, text=True, check=False)
        if made.returncode:
            raise BenchError(f"certhall {command[0]}: {made.stderr.strip()}")
    with Hall(folder=folder):  # the first start makes the CA
        time.sleep(3)
    with open(done, "w", encoding="ascii"):
        pass
    return folder


def ask(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def start_ms(folder):
    """From the start of the process to the end of its first answer."""
    w = words(folder)
    began = time.monotonic()
    with subprocess.Popen(pinned(SERVER, w.argv), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while time.monotonic() < began + 60:
                with contextlib.suppress(OSError, http.client.HTTPException):
                    if ask(w.port, "/bench/hello") == 200:
                        return (time.monotonic() - began) * 1000
                if process.poll() is not None:
                    raise BenchError("the hall ended at once")
                time.sleep(0.001)
            raise BenchError("the hall does not answer")
        finally:
            process.send_signal(signal.SIGTERM)


def starts(run, cases):
    """A window that starts a hall once; the gate judges it like any other."""
    folder = store(cases)
    start_ms(folder)
    return lambda: {"value": start_ms(folder), "busy": 0}


def lists(run, hall):
    return lambda: load(hall.url, "lists", seconds=run.seconds, pids=hall.pids(), users=8, words=[f"password={PASSWORD}"])


class Busy:
    """Work beside the requests that are measured: passwords are hashed, OCSP answers signed, scripts reloaded."""

    def __init__(self, hall, request):
        self.hall, self.request, self.over, self.count = hall, request, threading.Event(), {"logins": 0, "ocsp": 0, "reloads": 0}
        self.threads = [threading.Thread(target=t, daemon=True) for t in (self.log_in, self.log_in, self.sign, self.reload)]

    def log_in(self):
        body = json.dumps({"account": "19900000003", "password": PASSWORD})
        while not self.over.is_set():
            self.post("/api/v1/sessions", body, "application/json", "logins")

    def sign(self):
        while not self.over.is_set():
            self.post("/ca/ocsp", self.request, "application/ocsp-request", "ocsp")

    def post(self, path, body, kind, name):
        connection = http.client.HTTPConnection("127.0.0.1", self.hall.port, timeout=30)
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("POST", path, body, {"Content-Type": kind})
            connection.getresponse().read()
            self.count[name] += 1
        connection.close()

    def reload(self):
        while not self.over.wait(1):
            self.hall.reload()
            self.count["reloads"] += 1

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        time.sleep(0.2)
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


def ocsp_request(folder):
    """About a certificate that the CA does not know: the answer is signed all the same."""
    issuer, out = os.path.join(folder, "signer/ca/p256-issuing.cer"), os.path.join(folder, "ocsp.request")
    form = "DER" if open(issuer, "rb").read(1) == b"0" else "PEM"
    pem = subprocess.run(["openssl", "x509", "-inform", form, "-in", issuer], capture_output=True, check=True).stdout
    with open(out + ".pem", "wb") as f:
        f.write(pem)
    subprocess.run(["openssl", "ocsp", "-issuer", out + ".pem", "-serial", "1", "-reqout", out], capture_output=True, check=True)
    with open(out, "rb") as f:
        return f.read()


def quantile(run, hall, request=None):
    """p99 in microseconds of a GET at a low rate, with other work beside it when there is an OCSP request to repeat."""
    def window():
        with Busy(hall, request) if request else contextlib.nullcontext() as busy:
            result = load(hall.url, "get", seconds=max(run.seconds, 3), pids=hall.pids(), users=16,
                          words=["path=/bench/hello"], flags=["--rate", "300"])
        result["value"] = result["latency_us"]["p99"]
        result.update(busy.count if busy else {})
        return result
    return window
