"""How much of an ARM core's peak the NEON kernels leave room for, by counting instructions in emulation.

    cargo build --release --target aarch64-unknown-linux-gnu
    python benches/neon/shares.py target/aarch64-unknown-linux-gnu/release/remel

It needs qemu-aarch64, an AArch64 libc and a C compiler (Debian: qemu-user, gcc-aarch64-linux-gnu, gcc). Two renders of different
length are executed; what the longer one executes more is the steady state, start-up left out. A core that begins F vector
instructions a cycle, L loads and W instructions in all cannot be faster than the largest of (vector / F, loads / L, all / W)
cycles; the share is what the products that the network is made of would take alone, of that. Latencies, caches and branches
are not in it: it is what the instructions leave room for.
"""

import argparse
import pathlib
import re
import subprocess
import tempfile

# Vector instructions, loads and instructions per cycle: Arm's software optimization guide of Neoverse N1 (whose sibling is
# Cortex-A76), and Apple's M1 as its performance cores have been measured (dougallj.github.io/applecpu/firestorm.html).
CORES = {"Neoverse N1": (2, 2, 4), "Apple M1": (4, 3, 8)}
FRAMES = (10, 44)
SECONDS_A_FRAME = 512 / 44_100
STEPS = 4
# Renders per measurement of `remel bench`.
REPETITIONS = 3
QEMU = ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu", "-E", "REMEL_KERNEL=neon"]


def built(folder: str) -> str:
    """The plugin, built for the version of the interface that this QEMU has."""
    plugin = str(pathlib.Path(folder) / "count.so")
    for version in range(1, 8):
        source = pathlib.Path(__file__).with_name("count.c")
        subprocess.run(
            ["cc", "-O2", "-Wall", "-shared", "-fPIC", f"-DPLUGIN_VERSION={version}", "-o", plugin, source], check=True
        )
        if subprocess.run([*QEMU, "-plugin", plugin, "/nonexistent"], capture_output=True, text=True).stderr.find("API") < 0:
            return plugin
    raise SystemExit("qemu-aarch64: no version of its plugin interface that this knows")


def executed(plugin: str, arguments: list[str]) -> list[int]:
    """Products of vectors, vector instructions, loads and all instructions that a program executes."""
    command = [*QEMU, "-plugin", plugin, *arguments]
    run = subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return [int(count) for count in re.search(r"^counts (.*)$", run.stderr, re.MULTILINE)[1].split()]


def difference(more: list[int], less: list[int]) -> list[int]:
    return [a - b for a, b in zip(more, less, strict=True)]


def steady(plugin: str, program: str, model: str) -> dict[str, list[int]]:
    """What the longer render executes more than the shorter: offline, and in the chunks of the shortest mode."""

    def more(*mode: str) -> list[int]:
        arguments = [program, "bench", "--model", model, "--backend", "cpu", "--threads", "1", *mode]
        seconds = [f"{(frames - 0.5) * SECONDS_A_FRAME:.4f}" for frames in FRAMES]
        short, long = (executed(plugin, [*arguments, "--seconds", length]) for length in seconds)
        return difference(long, short)

    offline = more("--offline")
    # The bench renders offline first, whatever else it is asked for.
    return {"offline": offline, "chunks of one frame": difference(more("--mode", "live"), offline)}


def share(counts: list[int], products: float, core: tuple[int, int, int]) -> float:
    """The share of the core's peak that is left room for, where the network is made of so many products of vectors."""
    _, vector, loads, every = counts
    return products / core[0] / max(vector / core[0], loads / core[1], every / core[2])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="remel, built for AArch64")
    program = parser.parse_args().program
    print(f"{'model':8} {'':20} {'products':>9}", *(f"{core:>14}" for core in CORES))
    with tempfile.TemporaryDirectory() as folder:
        plugin = built(folder)
        for model in ("small", "large"):
            told = subprocess.run([*QEMU, program, "info", model], check=True, capture_output=True, text=True).stdout
            per_second = float(re.search(r"([\d.]+) GFLOP per second of audio and step", told)[1]) * 1e9
            # A product of vectors multiplies and adds four values.
            seconds = (FRAMES[1] - FRAMES[0]) * SECONDS_A_FRAME
            products = per_second * seconds * STEPS * REPETITIONS / 8
            for what, counts in steady(plugin, program, model).items():
                reached = (f"{share(counts, products, core):14.0%}" for core in CORES.values())
                print(f"{model:8} {what:20} {counts[0] / counts[3]:9.0%}", *reached, flush=True)


if __name__ == "__main__":
    main()
