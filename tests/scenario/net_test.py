#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Streams, TLS and listeners against Python's ssl, openssl and curl's peers. Usage: net_test.py ECHO_PROGRAM"""
import resource
import socket
import ssl
import subprocess
import sys
import threading
import time
import unittest

PROGRAM = sys.argv.pop(1)


class Echo(unittest.TestCase):
    def setUp(self):
        self.server = subprocess.Popen([PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.plain, self.tls = map(int, self.server.stdout.readline().split())

    def tearDown(self):
        s = self.connect(False)
        s.sendall(b"quit")
        s.close()
        out, errors = self.server.communicate(timeout=30)
        self.assertEqual(self.server.returncode, 0, errors)
        self.assertIn("open 0 ", out)

    def connect(self, tls, **options):
        s = socket.create_connection(("127.0.0.1", self.tls if tls else self.plain), timeout=10)
        if not tls:
            return s
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        for name, value in options.items():
            setattr(context, name, value)
        return context.wrap_socket(s)

    @staticmethod
    def receive(s, n):
        got = b""
        while len(got) < n:
            piece = s.recv(65536)
            if not piece:
                break
            got += piece
        return got

    def test_bytes_come_back_in_every_split(self):
        text = bytes(range(65, 91)) * 3
        for tls in (False, True):
            s = self.connect(tls)
            for size in (1, 2, 7, 78):
                for i in range(0, len(text), size):
                    s.sendall(text[i:i + size])
                self.assertEqual(self.receive(s, len(text)), text)
            s.close()

    def test_large_messages_both_ways(self):
        text = b"x" * 3_000_000
        for tls in (False, True):
            s = self.connect(tls)
            sender = threading.Thread(target=s.sendall, args=(text,))
            sender.start()
            self.assertEqual(len(self.receive(s, len(text))), len(text))
            sender.join()
            s.close()

    def test_slow_reader_gets_everything(self):
        for tls in (False, True):
            s = self.connect(tls)
            s.sendall(b"burst")
            time.sleep(0.2)
            self.assertEqual(len(self.receive(s, 8 << 20)), 8 << 20)
            s.close()

    def test_paused_stream_goes_on(self):
        for tls in (False, True):
            s = self.connect(tls)
            s.sendall(b"slow")
            self.assertEqual(self.receive(s, 4), b"slow")
            s.sendall(b"a" * 100_000)
            self.assertEqual(len(self.receive(s, 100_000)), 100_000)
            s.close()

    def test_finish_ends_one_side(self):
        for tls in (False, True):
            s = self.connect(tls)
            s.sendall(b"finish")
            self.assertEqual(s.recv(10), b"")
            s.close()

    def test_reset_and_garbage_close_quietly(self):
        s = self.connect(False)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        s.sendall(b"burst")
        s.close()
        s = socket.create_connection(("127.0.0.1", self.tls), timeout=10)
        s.sendall(b"GET / HTTP/1.1\r\n\r\n")
        try:
            while s.recv(100):
                pass
        except ConnectionResetError:
            pass
        s.close()

    def test_old_versions_are_refused(self):
        for old in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with self.assertRaises((ssl.SSLError, OSError)):
                self.connect(True, minimum_version=ssl.TLSVersion.TLSv1, maximum_version=old)
        for new in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            s = self.connect(True, minimum_version=new, maximum_version=new)
            s.sendall(b"hi")
            self.assertEqual(self.receive(s, 2), b"hi")
            s.close()

    def test_certificate_is_swapped_for_new_connections_only(self):
        first = self.connect(True)
        before = first.getpeercert(binary_form=True)
        first.sendall(b"swap")
        self.assertEqual(self.receive(first, 4), b"swap")
        second = self.connect(True)
        self.assertNotEqual(second.getpeercert(binary_form=True), before)
        first.sendall(b"still here")
        self.assertEqual(self.receive(first, 10), b"still here")
        first.close()
        second.close()

    def test_openssl_client_agrees(self):
        done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.tls}", "-brief", "-alpn", "h2,http/1.1"],
                              input="hello\n", capture_output=True, text=True, timeout=20, check=False)
        self.assertIn("TLSv1.3", done.stderr)

    def test_out_of_descriptors_recovers(self):
        resource.prlimit(self.server.pid, resource.RLIMIT_NOFILE, (30, 30))
        held = []
        for _ in range(40):
            s = socket.create_connection(("127.0.0.1", self.plain), timeout=10)
            held.append(s)
        time.sleep(0.5)
        for s in held:
            s.close()
        time.sleep(0.5)
        s = self.connect(False)
        s.sendall(b"alive")
        self.assertEqual(self.receive(s, 5), b"alive")
        s.close()

    def test_taken_port_is_named(self):
        done = subprocess.run([PROGRAM, f"127.0.0.1:{self.plain}"], capture_output=True, text=True, timeout=20, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"127.0.0.1:{self.plain} is already in use", done.stderr)


if __name__ == "__main__":
    unittest.main()
