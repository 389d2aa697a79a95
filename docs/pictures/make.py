#!/usr/bin/env python3
"""Takes the pictures of this folder: terminals as they looked while commands ran, and the losses of a training.

    cargo build --release --features train
    pip install matplotlib pyte
    make.py [vocode] [train]         one of them, or both; the training takes its five minutes

The commands run in a folder of their own, in a terminal of 100 columns that keeps what they write. compare.png is what
`remel compare --png` writes there, train-sample.png what the training does, both with fewer colours.
"""

import csv
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import matplotlib.pyplot as plt
import pyte
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COLUMNS, SIZE, EDGE = 100, 15, 12
PAPER, INK, PROMPT = "#16181d", "#d8dce4", "#8fbf7f"
FONT = ImageFont.truetype(findfont("DejaVu Sans Mono"), SIZE)
STEPPED = re.compile(r"(\d+)/(\d+) network calls")


class Terminal:
    """A terminal in `folder`, where `remel` is what was built."""

    def __init__(self, folder, rows):
        self.folder, self.rows = folder, rows
        self.screen = pyte.Screen(COLUMNS, rows)
        self.stream = pyte.ByteStream(self.screen)
        path = f"{ROOT / 'target/release'}{os.pathsep}{os.environ['PATH']}"
        self.environment = os.environ | {"PATH": path, "TERM": "xterm", "COLUMNS": str(COLUMNS), "LINES": str(rows)}

    def text(self):
        return "\n".join(self.screen.display)

    def run(self, command, until=None, picture=None):
        """Runs `command` to its end; where the text satisfies `until` for the first time, the picture is taken."""
        self.stream.feed(f"$ {command}\r\n".encode())
        ours, theirs = pty.openpty()
        subprocess.run(["stty", "rows", str(self.rows), "cols", str(COLUMNS)], stdin=theirs, check=True)
        process = subprocess.Popen(command, shell=True, cwd=self.folder, env=self.environment, stdin=theirs,
                                   stdout=theirs, stderr=theirs)
        os.close(theirs)
        while process.poll() is None or select.select([ours], [], [], 0)[0]:
            if not select.select([ours], [], [], 0.05)[0]:
                continue
            try:
                self.stream.feed(os.read(ours, 65536))
            except OSError:  # Its last program has closed it.
                break
            if until and until(self.text()):
                self.draw(picture)
                until = None
        assert process.wait() == 0 and until is None, f"{command}\n{self.text()}"

    def draw(self, name):
        """The lines that hold something, as a picture."""
        lines = self.text().rstrip().split("\n")
        width, height = FONT.getlength("0"), SIZE * 1.3
        size = int(COLUMNS * width) + 2 * EDGE, int(len(lines) * height) + 2 * EDGE
        image = Image.new("RGB", size, PAPER)
        draw = ImageDraw.Draw(image)
        for row, line in enumerate(lines):
            colour = PROMPT if line.startswith("$ ") else INK
            draw.text((EDGE, EDGE + row * height), line, font=FONT, fill=colour)
        save(image, name, 32)


def save(image, name, colours):
    """Writes `image` with so many colours, so that it takes little of the repository."""
    image.convert("RGB").quantize(colours).save(HERE / name, optimize=True)


def vocode(folder):
    """A render, how far it is from its original, and another while it goes on."""
    def half(text):
        done = STEPPED.findall(text)
        return bool(done) and 2 * int(done[-1][0]) >= int(done[-1][1]) > 0

    voice = "assets/demo/voice.wav"
    terminal = Terminal(folder, 20)
    terminal.run(f"remel vocode {voice} -o out.wav")
    terminal.run(f"remel compare {voice} out.wav --png compare.png")
    terminal.run(f"remel vocode {voice} -o large.wav --model large --steps 100", half, "vocode.png")
    save(Image.open(folder / "compare.png"), "compare.png", 128)


def train(folder):
    """The training of the README, and its losses."""
    def validated(text):
        return "validation loss" in text and "steps/s" in text

    Terminal(folder, 20).run("remel train assets/models/additive.toml", validated, "train.png")
    run = folder / "runs/additive"
    save(Image.open(sorted(run.glob("sample_*.png"))[-1]), "train-sample.png", 128)
    with open(run / "metrics.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    losses(rows)


def losses(rows):
    """Losses over steps: those of single steps, which jump far beyond the picture, with their running median."""
    loss = [float(row["loss"]) for row in rows]
    around = [median(loss[max(0, step - 25):step + 26]) for step in range(len(loss))]
    steps = [int(row["step"]) for row in rows]
    validated = [(int(row["step"]), float(row["validation_loss"])) for row in rows if row["validation_loss"]]
    figure, axes = plt.subplots(figsize=(7, 3), dpi=110)
    axes.plot(steps, loss, color="#c8ccd4", linewidth=0.5, label="loss of a step")
    axes.plot(steps, around, color="#2a5db0", label="median of 51")
    axes.plot(*zip(*validated), "o", color="#c0503a", label="validation loss")
    axes.set(xlabel="step", ylim=(1, 6))
    axes.legend(frameon=False, loc="upper right")
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(HERE / "train-loss.png")
    save(Image.open(HERE / "train-loss.png"), "train-loss.png", 48)


def main(names):
    for scene in (vocode, train):
        if not names or scene.__name__ in names:
            with tempfile.TemporaryDirectory() as folder:
                (Path(folder) / "assets/models").mkdir(parents=True)
                shutil.copytree(ROOT / "assets/demo", Path(folder) / "assets/demo")
                shutil.copy(ROOT / "assets/models/additive.toml", Path(folder) / "assets/models")
                scene(Path(folder))


main(sys.argv[1:])
