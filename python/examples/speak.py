"""Mel frames, as a text-to-speech model makes them, to sound: python speak.py MEL.npy OUT.wav

The bundled model "tts" takes those of HiFi-GAN, [80, frames]: a tensor of PyTorch's as tensor.cpu().numpy()."""

import sys

import numpy as np
import remel

source, target = sys.argv[1:]
model = remel.Model.open("tts")
samples = remel.Vocoder(model).synthesize(np.load(source))
remel.write_wav(target, samples, model.rate_hz)
