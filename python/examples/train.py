"""A tiny model of generated sounds in eight steps: python train.py FOLDER"""

import sys
from pathlib import Path

import remel

CONFIG = """
model = 'tiny.safetensors'
[network]
channels = 8
layers = 4
[data]
source = 'additive'
[training]
batch = 2
crop_frames = 8
total_steps = 8
"""

# Paths in a configuration are relative to where it lies.
config = Path(sys.argv[1]) / "tiny.toml"
config.write_text(CONFIG)
print(remel.train(config, on_step=lambda step, loss: print(f"step {step}: loss {loss:.4f}")))
