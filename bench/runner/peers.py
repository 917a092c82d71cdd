# SPDX-License-Identifier: Apache-2.0
"""The peers: nginx, h2o, fastify with two stores. Nothing is installed here."""
import os
import pwd
import shutil
import subprocess

from runner.process import ROOT, WORK, BenchError, Server, free_port, fresh_folder

ONE_KB = "0123456789abcdef" * 64


def need(name):
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")
    if not path:
        raise BenchError(f"{name} is not installed: run ./certhall bench")
    return path


def files():
    folder = os.path.join(WORK, "files")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "1k.txt"), "w", encoding="ascii") as f:
        f.write(ONE_KB)


def certificate():
    """A P-256 key and certificate that all servers show: (chain, key)."""
    chain, key = os.path.join(WORK, "chain.pem"), os.path.join(WORK, "key.pem")
    if not os.path.exists(chain):
        subprocess.run([need("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", key, "-out", chain, "-days", "30", "-subj", "/CN=localhost"], capture_output=True,
                       check=True)
    return chain, key


def configured(name, **values):
    with open(os.path.join(ROOT, "bench", "peers", name), encoding="utf-8") as f:
        text = f.read()
    user = pwd.getpwuid(os.getuid()).pw_name
    for word, value in {"WORK": WORK, "USER": user, **values}.items():
        text = text.replace(f"@{word}@", str(value))
    path = os.path.join(WORK, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def nginx():
    files()
    certificate()
    port, tls_port = free_port(), free_port()
    config = configured("nginx.conf", PORT=port, TLS_PORT=tls_port, ONE_KB=ONE_KB)
    server = Server("nginx", [need("nginx"), "-p", WORK, "-e", "stderr", "-c", config], port)
    server.tls_url = f"https://127.0.0.1:{tls_port}"
    return server


def h2o():
    files()
    port = free_port()
    return Server("h2o", [need("h2o"), "-c", configured("h2o.conf", PORT=port)], port)


def fastify(kind):
    """The peers' packages lie in build/bench/peers (./certhall bench installs them there)."""
    folder = os.path.join(WORK, "peers")
    if not os.path.isdir(os.path.join(folder, "node_modules")):
        raise BenchError("the packages of the peers are not installed: run ./certhall bench")
    shutil.copy(os.path.join(ROOT, "bench", "peers", "form.mjs"), folder)
    port = free_port()
    argv = [need("node"), os.path.join(folder, "form.mjs"), kind, fresh_folder("fastify-" + kind), str(port)]
    return Server("fastify-" + kind, argv, port)
