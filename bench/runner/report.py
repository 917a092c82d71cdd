# SPDX-License-Identifier: Apache-2.0
"""The table and the JSON of a run."""
import json
import os
import platform
import time
import unicodedata

from runner.targets import BY_ID


def figure(target_id, *, ours=None, peer=None, value=None, windows=None, note=""):
    """One row: medians of ours and the peer's, the figure {median, min, max} that is judged, the windows' counts."""
    return {"target": target_id, "ours": ours, "peer": peer, "value": value, "windows": windows, "note": note,
            "verdict": BY_ID[target_id].verdict(value["median"] if value else None)}


def number(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def limit(target, value):
    return "-" if value is None else number(value) + ("" if target.absolute else "x")


def cells(row):
    target, value, windows = BY_ID[row["target"]], row["value"], row["windows"]
    spread = f" ({number(value['min'])}-{number(value['max'])})" if value else ""
    return [row["target"], target.text, target.peer or "-", number(row["ours"]), number(row["peer"]), target.unit,
            (limit(target, value["median"]) if value else "-") + spread, limit(target, target.bar),
            limit(target, target.aim), f"{windows['accepted']}/{windows['refused']}" if windows else "-",
            row["verdict"]]


HEADINGS = ["", "target", "peer", "ours", "peer's", "unit", "figure (min-max)", "bar", "aim", "windows", "verdict"]


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(rows):
    lines = [HEADINGS] + [cells(row) for row in rows]
    widths = [max(width(line[i]) for line in lines) for i in range(len(HEADINGS))]
    text = "\n".join("  ".join(c + " " * (w - width(c)) for c, w in zip(line, widths)).rstrip() for line in lines)
    notes = [f"  {row['target']}: {row['note']}" for row in rows if row["note"]]
    return "\n".join([text] + notes)


def machine():
    model = ""
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
    return {"processor": model, "cores": os.cpu_count(), "kernel": platform.release(),
            "time": time.strftime("%Y-%m-%dT%H:%M:%S%z")}


def write(path, rows, calibration):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"machine": machine(), "calibration": calibration, "figures": rows}, f, ensure_ascii=False, indent=1)
        f.write("\n")
