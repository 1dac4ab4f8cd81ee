#!/usr/bin/env python3
"""Check an exported log with nothing but Python itself.

    python3 verify_log.py <folder> [--key <vkey>] [--checkpoint <file>]...

<folder> is what `kaoheng audit export` wrote. --key is the log's public key as you
received it (else the one in the folder is taken, which only shows that the folder agrees
with itself); --checkpoint is a checkpoint that you were given earlier and kept.

What is checked: that entry i says that it is entry i; that the Merkle tree over the
entries (RFC 6962) has the root of every checkpoint (C2SP tlog-checkpoint) at its size; and
that every checkpoint bears the log's signature (C2SP signed-note, Ed25519 as in RFC 8032).
"""

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path

# --- Ed25519, verification only (RFC 8032, section 5.1) ---

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def point(data):
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar, p):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, p)
        p, scalar = add(p, p), scalar >> 1
    return result


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = point(BASE_Y.to_bytes(32, "little"))


def signature_holds(public, message, signature):
    a, r = point(public), point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or a is None or r is None or s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    left = multiply(s, BASE)
    right = add(r, multiply(int.from_bytes(digest, "little") % ORDER, a))
    return not (
        (left[0] * right[2] - right[0] * left[2]) % P
        or (left[1] * right[2] - right[1] * left[2]) % P
    )


# --- signed notes and checkpoints ---


def read_key(text):
    name, key_id, encoded = text.strip().split("+", 2)
    material = base64.b64decode(encoded, validate=True)
    expected = hashlib.sha256(name.encode() + b"\n" + material).hexdigest()[:8]
    if material[:1] != b"\x01" or len(material) != 33 or key_id != expected:
        sys.exit(f"{text.strip()} is not an Ed25519 key")
    return name, bytes.fromhex(key_id), material[1:]


def read_checkpoint(note, keys):
    """Return (size, root) of a note that one of the keys signed, or end the program."""
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    for line in lines.splitlines():
        _dash, name, encoded = line.split(" ")
        signature = base64.b64decode(encoded, validate=True)
        for known, key_id, public in keys:
            if (name, signature[:4]) == (known, key_id):
                if not signature_holds(public, text.encode(), signature[4:]):
                    sys.exit(f"the signature of {name} does not hold for:\n{text}")
                size, root = text.split("\n")[1:3]
                return int(size), base64.b64decode(root, validate=True)
    sys.exit(f"no trusted key signed:\n{text}")


# --- the tree ---


def grow(peaks, size, leaf):
    """Add a leaf hash to the roots of the perfect subtrees over ``size`` leaves."""
    while size & 1:
        leaf, size = hashlib.sha256(b"\x01" + peaks.pop() + leaf).digest(), size >> 1
    peaks.append(leaf)


def root_of(peaks):
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = hashlib.sha256(b"\x01" + peak + root).digest()
    return root


def read_roots(folder, keys, kept):
    """Return the signed root for each size, from the export's checkpoints and those kept."""
    roots = {}
    for path in [folder / "checkpoint", *kept, *sorted((folder / "checkpoints").iterdir())]:
        size, root = read_checkpoint(path.read_text(encoding="utf-8"), keys)
        if roots.setdefault(size, root) != root:
            sys.exit(f"two checkpoints of {size} entries differ: the log showed two histories")
    return roots


def walk(entries, roots):
    """Grow the tree line by line, compare it at each signed size, return its size and root."""
    peaks, size = [], 0
    for line in entries:
        data = b"\x01" + line.rstrip(b"\n")
        if json.loads(data[1:])["sequence"] != size:
            sys.exit(f"entry {size} is missing or not in its place")
        grow(peaks, size, hashlib.sha256(b"\x00" + data).digest())
        size += 1
        if size in roots and roots.pop(size) != root_of(peaks):
            sys.exit(f"the checkpoint of {size} entries does not fit: one of them was changed")
    if roots:
        sys.exit(f"a checkpoint shows {max(roots)} entries, there are {size}: some are missing")
    return size, root_of(peaks)


def main():
    parser = argparse.ArgumentParser(description="Check an exported log.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--key")
    parser.add_argument("--checkpoint", type=Path, action="append", default=[])
    options = parser.parse_args()
    try:
        given = options.key or (options.folder / "log.vkey").read_text()
        keys = [read_key(line) for line in given.splitlines()]
        roots = read_roots(options.folder, keys, options.checkpoint)
        with (options.folder / "entries.jsonl").open("rb") as entries:
            size, root = walk(entries, roots)
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.exit(f"this is not a whole export: {error}")
    print(f"the log holds: {size} entries, root {root.hex()}")


if __name__ == "__main__":
    main()
