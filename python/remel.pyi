"""A real-time diffusion vocoder."""

from os import PathLike
from typing import Callable, Literal, Optional, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

Audio = NDArray[np.float32]
Backend = Literal["cpu", "gpu"]
Path = Union[str, "PathLike[str]"]

__version__: str

class Model:
    """A model: a bundled one by its name ("small", "large", "tts"), or a file."""

    @staticmethod
    def open(name: Path) -> "Model": ...
    @staticmethod
    def from_bytes(bytes: bytes) -> "Model": ...
    @property
    def name(self) -> str: ...
    @property
    def licence(self) -> str: ...
    @property
    def rate_hz(self) -> int: ...
    @property
    def dialect(self) -> str: ...
    @property
    def n_mels(self) -> int: ...
    @property
    def hop(self) -> int: ...
    def mel(self, audio: ArrayLike, rate_hz: int) -> NDArray[np.float32]:
        """The mel frames of all channels together, [n_mels, frames]."""

class Settings:
    """How to render; with the defaults, the input as it is."""

    seed: int
    steps: int  # network evaluations; 0 takes the model's own schedule
    temperature: float  # scale of the noise
    strength: float  # how far the carrier is noised, 0 to 1
    coherence: float  # share of the sound whose phases are reconstructed, where the model says how
    fit: float  # how far each prediction is held to its mel frame, 0 to 1
    shift: float  # semitones
    tilt: float  # dB per octave around 1 kHz
    smear: float  # smoothing over frames, 0 to 1
    detail: float  # what is left of the detail over bands, 0 to 1
    mix: float  # vocoded against dry, 0 to 1
    # Of streams alone:
    output_gain: float  # linear
    freeze: bool  # hold the mel frame
    bypass: bool  # the dry signal at the same latency
    mel_from: Literal["main", "side"]
    carrier: Literal["noise", "main", "side"]
    on_underrun: Literal["dry", "silence"]

    def __init__(
        self,
        *,
        seed: int = 0,
        steps: int = 0,
        temperature: float = 1.0,
        strength: float = 1.0,
        coherence: float = 1.0,
        fit: float = 1.0,
        shift: float = 0.0,
        tilt: float = 0.0,
        smear: float = 0.0,
        detail: float = 1.0,
        mix: float = 1.0,
        output_gain: float = 1.0,
        freeze: bool = False,
        bypass: bool = False,
        mel_from: Literal["main", "side"] = "main",
        carrier: Literal["noise", "main", "side"] = "noise",
        on_underrun: Literal["dry", "silence"] = "dry",
    ) -> None: ...

class Vocoder:
    """A model on a device, for whole sounds."""

    def __init__(self, model: Model, backend: Backend = "cpu", threads: int = 1) -> None: ...
    def vocode(
        self,
        audio: ArrayLike,
        rate_hz: int,
        settings: Optional[Settings] = None,
        mel_from: Optional[ArrayLike] = None,
        carrier: Optional[ArrayLike] = None,
    ) -> Audio:
        """The audio, [samples] or [channels, samples], anew in the same shape."""
    def synthesize(self, mel: ArrayLike, settings: Optional[Settings] = None) -> Audio:
        """The sound of mel frames, [n_mels, frames] in the model's dialect: [samples] at the model's rate."""

class Stream:
    """Block by block. With `offline`, `process` waits for sound; under a callback it does not."""

    def __init__(
        self,
        model: Model,
        rate_hz: int,
        channels: int = 1,
        max_block_frames: int = 512,
        latency: Literal["live", "balanced", "studio"] = "balanced",
        offline: bool = False,
        backend: Backend = "cpu",
        threads: int = 1,
    ) -> None: ...
    @property
    def latency(self) -> int:
        """The samples by which sound comes later than it went in."""
    @property
    def underruns(self) -> int: ...
    def process(
        self, block: ArrayLike, settings: Optional[Settings] = None, side: Optional[ArrayLike] = None
    ) -> Audio:
        """The next block, in the shape of `block`; `side` is the side chain."""
    def reset(self) -> None: ...

def read(path: Path) -> "tuple[Audio, int]":
    """A file of audio, [channels, samples], and its rate."""

def write_wav(path: Path, audio: ArrayLike, rate_hz: int) -> None:
    """WAV of 32-bit floats, [samples] or [channels, samples], which appears whole or not at all."""

def train(config: Path, resume: bool = False, on_step: Optional[Callable[[int, float], object]] = None) -> str:
    """Trains as the file `config` says, and gives the path of the model (in wheels with the feature `train`)."""
