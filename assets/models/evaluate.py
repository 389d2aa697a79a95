"""The table of a model card: how near a model comes to clips that it was not trained on.

    python -m pip install pesq soundfile scipy numpy safetensors
    python assets/models/evaluate.py target/release/remel assets/models/small.safetensors CLIPS [--steps 4]
                                     [--look-ahead 0] [--seconds 5] [--eta F] [--fit F] [--temperature F] [--coherence F]

CLIPS is a folder of audio files; the second part of a name, between underscores, is the kind of clip (`xx_sp_name.flac`:
speech), and PESQ-wb is taken of speech. Clips are cut to their first seconds, resampled to the model's rate where they
have another, and what is made of them is compared at that rate; figures are means over the clips of a kind. Mel L1 is the
mean absolute difference of the model's own mel frames, in decibels of magnitude; MR-STFT is that of `remel compare`.
"""
import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile
from pesq import NoUtterancesError, pesq
from safetensors import safe_open
from scipy.signal import resample_poly

KINDS = {'speech': ('sp',), 'singing': ('si',), 'instruments': ('in',), 'music': ('mx', 'mu')}
PESQ_RATE = 16000
PESQ_CUT = PESQ_RATE // 40  # PESQ's alignment sometimes fails outright, but not with and without these samples
HANDED_ON = ('eta', 'fit', 'temperature', 'coherence')


def kind(clip):
    return (clip.name.split('_') + [''])[1]


def resampled(samples, rate, wanted):
    common = np.gcd(rate, wanted)
    return samples if rate == wanted else resample_poly(samples, wanted // common, rate // common)


def slaney_mel(hz):
    return hz * 3 / 200 if hz < 1000 else 15 + 27 * np.log(hz / 1000) / np.log(6.4)


def slaney_hz(mel):
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))


def mel_of(samples, dialect):
    """Slaney bands of the magnitude, natural logarithm: [frames, bands]"""
    rate, n_fft, hop = dialect['rate_hz'], dialect['n_fft'], dialect['hop']
    ends = slaney_mel(dialect['fmin_hz']), slaney_mel(dialect['fmax_hz'])
    edges = slaney_hz(np.linspace(*ends, dialect['n_mels'] + 2))
    hz = np.linspace(0, rate / 2, n_fft // 2 + 1)
    rise = (hz[None] - edges[:-2, None]) / np.diff(edges)[:-1, None]
    fall = (edges[2:, None] - hz[None]) / np.diff(edges)[1:, None]
    bank = np.maximum(0, np.minimum(rise, fall)) * (2 / (edges[2:] - edges[:-2]))[:, None]
    pad = (n_fft - hop) // 2 if dialect['framing'] == 'mid-hop' else n_fft // 2
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, pad, mode='reflect'), n_fft)[::hop]
    power = np.abs(np.fft.rfft(frames * np.hanning(n_fft + 1)[:-1])) ** 2
    return np.log(np.maximum(np.sqrt(power + 1e-9) @ bank.T, 1e-5))


def wideband_pesq(reference, test, rate):
    """The better of the whole and of what follows the first 25 ms; NaN where nobody speaks."""
    reference, test = (resampled(samples, rate, PESQ_RATE) for samples in (reference, test))
    try:
        return max(pesq(PESQ_RATE, reference[cut:], test[cut:], 'wb') for cut in (0, PESQ_CUT))
    except NoUtterancesError:
        return np.nan


def measure(clip, args, dialect, steps, look_ahead, folder):
    """Mel L1, MR-STFT, PESQ-wb (NaN but for speech)."""
    cut, out, rate = folder / 'cut.wav', folder / 'out.wav', dialect['rate_hz']
    samples, clip_rate = soundfile.read(clip, always_2d=True)
    heard = resampled(samples[:round(args.seconds * clip_rate)].mean(1), clip_rate, rate)
    soundfile.write(cut, heard, rate, subtype='FLOAT')
    vocode = [args.remel, 'vocode', cut, '-o', out, '--model', args.model, '--steps', str(steps), '--look-ahead',
              str(look_ahead), '--backend', 'cpu', '--threads', '2']
    for name in HANDED_ON:
        given = getattr(args, name)
        vocode += [] if given is None else [f'--{name}', str(given)]
    subprocess.run(vocode, check=True, stderr=subprocess.DEVNULL)
    answer = subprocess.run([args.remel, 'compare', cut, out, '--json'], check=True, capture_output=True)
    found = json.loads(answer.stdout)
    made, _ = soundfile.read(out)
    heard, made = heard[:len(made)], made[:len(heard)]
    mel_l1 = np.abs(mel_of(heard, dialect) - mel_of(made, dialect)).mean() * 20 / np.log(10)
    quality = wideband_pesq(heard, made, rate) if kind(clip) == 'sp' else np.nan
    return [mel_l1, found['spectral_convergence'] + found['log_magnitude'], quality]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('remel')
    parser.add_argument('model')
    parser.add_argument('clips', type=Path)
    parser.add_argument('--steps', type=int, nargs='+', default=[4])
    parser.add_argument('--look-ahead', type=int, nargs='+', default=[0])
    parser.add_argument('--seconds', type=float, default=5)
    for name in HANDED_ON:
        parser.add_argument(f'--{name}', type=float)
    args = parser.parse_args()
    with safe_open(args.model, 'np') as file:
        dialect = json.loads(file.metadata()['remel.model.1'])['dialect']
    assert dialect['scale'] == 'slaney', f'mel L1 of {dialect["name"]}: not written yet'
    print('| clips | steps | look-ahead | mel L1 | MR-STFT | PESQ-wb |\n|---|---|---|---|---|---|')
    for name, parts in KINDS.items():
        clips = sorted(clip for clip in args.clips.iterdir() if kind(clip) in parts)
        for steps, look_ahead in [(s, k) for s in args.steps for k in args.look_ahead] if clips else []:
            with tempfile.TemporaryDirectory() as folder:
                rows = [measure(clip, args, dialect, steps, look_ahead, Path(folder)) for clip in clips]
            mel, stft, quality = np.nanmean(rows, 0) if name == 'speech' else np.mean(rows, 0)
            shown = f'{quality:.2f}' if name == 'speech' else '–'
            print(f'| {name} ({len(clips)}) | {steps} | {look_ahead} | {mel:.2f} dB | {stft:.2f} | {shown} |')


if __name__ == '__main__':
    main()
