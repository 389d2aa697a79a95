"""A model from bytes, and what it says of itself: python model_from_bytes.py MODEL"""

import sys
from pathlib import Path

import remel

model = remel.Model.from_bytes(Path(sys.argv[1]).read_bytes())
print(f"{model.name} at {model.rate_hz} Hz: mel frames of {model.dialect}, {model.n_mels} bands, a hop of {model.hop} samples")
print("licence:", model.licence)
