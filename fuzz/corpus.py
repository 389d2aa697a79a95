"""Seeds of every target: python fuzz/corpus.py CORPUS [FOLDER…]

Small files of the tests' fixtures, the bundled trainings' configurations, and those of any FOLDER beside.
"""

import hashlib
import json
import pathlib
import struct
import sys
import zipfile

ROOT = pathlib.Path(__file__).parent.parent
MOST_BYTES = 40_000
SOUNDS = "wav flac ogg mp3 m4a caf au aiff".split()
CHECKPOINTS = "pt ckpt tar npz pickle safetensors".split()
STATES = [
    {"version": "0.1.0", "params": {}, "fields": {}},
    {
        "version": "0.1.0",
        "params": {"mel_from": "main", "strength": 0.5, "steps": 4, "seed": 7, "freeze": True, "output": 1.0, "latency": "live"},
        "fields": {"model": json.dumps({"file": "a.safetensors", "backend": "cpu", "threads": 2})},
    },
]

def seeds(path):
    """The targets that a file is a seed of, with the bytes that they want of it."""
    data, kind = path.read_bytes()[:MOST_BYTES], path.suffix[1:] or path.name
    if kind in SOUNDS:
        yield "sound", data
        if kind == "ogg":
            yield "pages", data
    elif kind == "npy":
        yield "array", data
    elif kind == "toml":
        yield "configuration", data
    elif kind in CHECKPOINTS or kind == "legacy":
        yield "checkpoint", data
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if name.endswith("data.pkl"):
                        yield "pickle", archive.read(name)
    if kind == "safetensors":
        with path.open("rb") as file:
            head = file.read(struct.unpack("<Q", file.read(8))[0])
        yield "tensors", head
        header = json.loads(head).get("__metadata__", {}).get("remel.model.1")
        if header:
            yield "model", header.encode()


def main():
    corpus = pathlib.Path(sys.argv[1])
    folders = [ROOT / "tests/fixtures", ROOT / "assets/models", *map(pathlib.Path, sys.argv[2:])]
    found = [("state", json.dumps(state).encode()) for state in STATES]
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                found += seeds(path)
    for target, data in found:
        (corpus / target).mkdir(parents=True, exist_ok=True)
        (corpus / target / hashlib.sha1(data).hexdigest()).write_bytes(data)


main()
