"""The module as programs meet it; `wheel.rs` runs this where the built wheel is installed. `python test_remel.py` does so by hand."""

import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import numpy as np
import remel

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "python/examples"
VOICE = ROOT / "assets/demo/voice.wav"


def run(example, *arguments):
    command = [sys.executable, EXAMPLES / example, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Examples(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def sounds(self, path):
        audio, rate_hz = remel.read(path)
        voice, voice_rate_hz = remel.read(VOICE)
        self.assertAlmostEqual(audio.shape[1] / rate_hz, voice.shape[1] / voice_rate_hz, delta=0.05)
        self.assertGreater(np.abs(audio).max(), 0.1)

    def test_a_file_and_a_stream(self):
        for example in ["vocode.py", "stream.py"]:
            run(example, VOICE, self.folder / "out.wav")
            self.sounds(self.folder / "out.wav")

    def test_mel_frames(self):
        audio, rate_hz = remel.read(VOICE)
        np.save(self.folder / "mel.npy", remel.Model.open("tts").mel(audio, rate_hz))
        run("speak.py", self.folder / "mel.npy", self.folder / "out.wav")
        self.sounds(self.folder / "out.wav")

    def test_a_model_from_bytes(self):
        said = run("model_from_bytes.py", ROOT / "assets/models/live.safetensors")
        self.assertIn("Live at 22050 Hz: mel frames of lmnt-diffwave, 80 bands", said)

    @unittest.skipUnless(hasattr(remel, "train"), "SKIPPED: a wheel without training")
    def test_a_training(self):
        said = run("train.py", self.folder)
        self.assertIn("step 8: loss", said)
        self.assertEqual(remel.Model.open(self.folder / "tiny.safetensors").rate_hz, 22050)


class Arrays(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = remel.Model.open("small")
        cls.vocoder = remel.Vocoder(cls.model)
        audio, cls.rate_hz = remel.read(VOICE)
        cls.audio = audio[:, : cls.rate_hz // 2]

    def test_shapes_and_types_are_kept_or_taken(self):
        mono = self.vocoder.vocode(self.audio[0], self.rate_hz)
        self.assertEqual((mono.shape, mono.dtype), (self.audio[0].shape, np.float32))
        stereo = np.stack([self.audio[0], self.audio[0]])
        for array in [stereo, stereo.astype(np.float64), np.asfortranarray(stereo), stereo.tolist()]:
            made = self.vocoder.vocode(array, self.rate_hz)
            self.assertEqual(made.shape, stereo.shape)
            np.testing.assert_array_equal(made[0], mono)

    def test_a_seed_is_a_sound_and_settings_are_heard(self):
        one, again, other = (
            self.vocoder.vocode(self.audio, self.rate_hz, remel.Settings(seed=seed)) for seed in [1, 1, 2]
        )
        np.testing.assert_array_equal(one, again)
        self.assertGreater(np.abs(one - other).max(), 1e-3)
        dry = self.vocoder.vocode(self.audio, self.rate_hz, remel.Settings(mix=0))
        np.testing.assert_array_equal(dry, self.audio)
        settings = remel.Settings(shift=5)
        settings.shift = -5
        self.assertEqual(settings.shift, -5)

    def test_a_stream_is_its_file(self):
        mono = self.audio[0]
        stream = remel.Stream(self.model, self.rate_hz, max_block_frames=300, offline=True)
        padded = np.pad(mono, (0, stream.latency))
        cuts = np.arange(300, len(padded), 300)
        made = np.concatenate([stream.process(block) for block in np.split(padded, cuts)])[stream.latency :]
        self.assertEqual(made.shape, mono.shape)
        self.assertGreater(np.abs(made).max(), 0.05)
        stream.reset()
        again = np.concatenate([stream.process(block) for block in np.split(padded, cuts)])[stream.latency :]
        np.testing.assert_array_equal(made, again)

    def test_what_is_wrong_is_said_in_a_line(self):
        def raises(error, line, call, *arguments, **named):
            with self.assertRaisesRegex(error, line):
                call(*arguments, **named)

        raises(OSError, "none.wav", remel.read, "none.wav")
        raises(ValueError, "bytes: is text", remel.Model.from_bytes, b"not.safetensors")
        raises(ValueError, "transpose", self.vocoder.vocode, np.zeros((1000, 2)), 44100)
        raises(ValueError, "128, frames", self.vocoder.synthesize, np.zeros((80, 10)))
        raises(ValueError, "found NaN", self.vocoder.synthesize, np.full((128, 10), np.nan))
        raises(ValueError, "balanced", remel.Stream, self.model, 48000, latency="short")
        raises(ValueError, "channels: found 3", remel.Stream, self.model, 48000, channels=3)
        stream = remel.Stream(self.model, 48000)
        raises(ValueError, "channels: found 2", stream.process, np.zeros((2, 64)))
        raises(ValueError, "carrier: found \"voice\"", stream.process, np.zeros(64), remel.Settings(carrier="voice"))
        raises(TypeError, "seeds", remel.Settings, seeds=1)

    def test_other_threads_run_meanwhile(self):
        turns, done = 0, threading.Event()

        def work():
            self.vocoder.vocode(self.audio, self.rate_hz)
            done.set()

        thread = threading.Thread(target=work)
        thread.start()
        while not done.is_set():
            turns += 1
        thread.join()
        # With the lock held, the loop would be entered a few times at the ends of the render.
        self.assertGreater(turns, 1000)


if __name__ == "__main__":
    unittest.main()
