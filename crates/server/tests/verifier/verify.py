"""Checks a .tlog-proof (C2SP tlog-proof) by the text of RFC 6962 alone, sharing no code with the product.

    python3 verify.py FILE [sha256|sm3]

Prints "index size root" and ends with 0 if the entry it encloses leads to the root of its checkpoint, with 3 if it does not.
Signatures are not looked at: Python's standard library has neither Ed25519 nor SM2.
"""

import base64
import hashlib
import json
import sys


def main(path, name="sha256"):
    def digest(data):
        return hashlib.new(name, data).digest()

    # Line feeds alone end a line here, whatever the platform.
    text = open(path, encoding="utf-8", newline="").read()
    head, note = text.split("\n\n", 1)
    lines = head.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1", "not a proof"
    extra = lines[1].removeprefix("extra ")
    index = int(lines[2].removeprefix("index "))
    proof = [base64.b64decode(line, validate=True) for line in lines[3:]]
    entry = json.loads(base64.b64decode(extra))["entry"].encode()
    origin, size, root = note.split("\n")[:3]
    size, root = int(size), base64.b64decode(root)

    def climb(index, size, proof):
        """MTH of D[size], from the leaf at index and its audit path (RFC 6962, 2.1.1), by recursion from the root down."""
        if size == 1:
            assert not proof, "the path is too long"
            return digest(b"\x00" + entry)
        left = 1 << (size - 1).bit_length() - 1
        assert proof, "the path is too short"
        beside, rest = proof[-1], proof[:-1]
        if index < left:
            return digest(b"\x01" + climb(index, left, rest) + beside)
        return digest(b"\x01" + beside + climb(index - left, size - left, rest))

    assert index < size, "the entry is not below the size"
    print(index, size, root.hex())
    try:
        return 0 if climb(index, size, proof) == root else 3
    except AssertionError as why:
        print(why)
        return 3


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
