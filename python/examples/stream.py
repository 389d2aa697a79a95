"""Block by block, as an audio callback has it, at a latency that is known beforehand: python stream.py IN OUT.wav"""

import sys

import numpy as np
import remel

BLOCK = 256

source, target = sys.argv[1:]
audio, rate_hz = remel.read(source)
# A file is in no hurry: a block waits for its sound. Under a callback it does not.
stream = remel.Stream(remel.Model.open("small"), rate_hz, max_block_frames=BLOCK, offline=True)
padded = np.pad(audio.mean(0), (0, stream.latency))
blocks = [stream.process(padded[at : at + BLOCK]) for at in range(0, len(padded), BLOCK)]
print(f"latency {stream.latency} samples, {stream.underruns} underruns")
remel.write_wav(target, np.concatenate(blocks)[stream.latency :], rate_hz)
