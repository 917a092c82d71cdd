# SPDX-License-Identifier: Apache-2.0
"""What must be reached. `value` of a figure is a ratio to the peer, or a quantity where no peer is named."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Target:
    id: str
    text: str
    peer: str
    unit: str = "req/s"  # of ours and the peer's
    bar: float | None = None
    aim: float | None = None
    less: bool = False  # less is better
    absolute: bool = False  # bar and aim are quantities of `unit`, not ratios

    def verdict(self, value):
        if value is None:
            return "no figure"
        if self.bar is None:
            return "for information"

        def reached(limit):
            return value <= limit if self.less else value >= limit

        return "aim reached" if reached(self.aim) else "bar reached" if reached(self.bar) else "MISSED"


TARGETS = [
    Target("p1", "small JSON through Lua", "nginx + LuaJIT", bar=1.3, aim=1.7),
    Target("p2", "static 1 KB", "nginx", bar=1.3, aim=1.6),
    Target("p2-h2o", "static 1 KB", "h2o", bar=0.9, aim=1.0),
    Target("p3", "static 1 KB, pipelined x16", "nginx return", bar=3, aim=5),
    Target("p4-lmdb", "durable form, 64 clients", "fastify + lmdb", bar=1.5, aim=2),
    Target("p4-sqlite", "durable form, 64 clients", "fastify + sqlite", bar=6, aim=10),
    Target("p5", "durable form, 64 clients", "plain LMDB, same entries and batch", unit="forms/s", bar=0.45, aim=0.6),
    Target("p6", "store alone, batch 128", "plain LMDB, same entries", unit="rows/s", bar=0.5, aim=0.8),
    Target("p9", "p99 of a GET at 300/s while hashing, signing, reloading", "the same, idle", unit="us", bar=2, aim=1.3, less=True),
    Target("p10", "full TLS handshakes, GET, close", "nginx", bar=1.0, aim=1.3),
    Target("p12-plain", "memory of an idle connection", "", unit="KB", bar=2.5, aim=1, less=True, absolute=True),
    Target("p12-tls", "memory of an idle TLS connection", "", unit="KB", bar=25, aim=12, less=True, absolute=True),
    Target("p12-plain-nginx", "the same of nginx", "", unit="KB", absolute=True),
    Target("p12-tls-nginx", "the same of nginx with TLS", "", unit="KB", absolute=True),
    Target("p13-empty", "start to first answer, empty store", "", unit="ms", bar=100, aim=50, less=True, absolute=True),
    Target("p13-full", "start to first answer, seeded store", "", unit="ms", bar=300, aim=100, less=True, absolute=True),
    Target("p14", "lists, counters, search, seeded store", "the same at 1,000 cases", bar=0.5, aim=0.83),
    Target("p15-edit", "edit of a script, watched, to live", "", unit="ms", bar=1000, aim=200, less=True, absolute=True),
    Target("p15-rules", "approval of rules to live", "", unit="ms", bar=1000, aim=200, less=True, absolute=True),
    Target("p15-failed", "requests failed in 1,000 reloads", "", unit="", bar=0, aim=0, less=True, absolute=True),
    Target("p16", "page with a form of 30 fields", "", unit="pages/s", bar=8000, aim=20000, absolute=True),
]

BY_ID = {t.id: t for t in TARGETS}
