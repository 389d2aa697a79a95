"""A file to mel frames and back, synthesized from noise: python vocode.py IN OUT.wav"""

import sys

import remel

source, target = sys.argv[1:]
audio, rate_hz = remel.read(source)
vocoder = remel.Vocoder(remel.Model.open("small"))
remel.write_wav(target, vocoder.vocode(audio, rate_hz, remel.Settings(seed=7)), rate_hz)
