"""The table of a model card: how near a model comes to clips that it was not trained on.

    python -m pip install pesq soundfile scipy numpy safetensors
    python assets/models/evaluate.py target/release/remel assets/models/live.safetensors CLIPS [--steps 6 4]
                                     [--coherence 0] [--without-network]

CLIPS is a folder of audio files; the second part of a name, between underscores, is the kind of clip (`xx_sp_name.flac`:
speech), and PESQ-wb is taken of speech. Distances are those of `remel compare`, means over the clips of a kind. With
`--without-network` the same model predicts that there is no noise: what is left is noise, the prior's filter and phases.
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
from safetensors.numpy import save_file
from scipy.signal import resample_poly

KINDS = {'sp': 'speech', 'si': 'singing', 'in': 'instruments', 'mx': 'music'}
PESQ_RATE = 16000


def at_pesq_rate(path):
    samples, rate = soundfile.read(path, dtype='float32', always_2d=True)
    common = np.gcd(rate, PESQ_RATE)
    return resample_poly(samples.mean(1), PESQ_RATE // common, rate // common)


def wideband_pesq(reference, test):
    try:
        return pesq(PESQ_RATE, at_pesq_rate(reference), at_pesq_rate(test), 'wb')
    except NoUtterancesError:
        return np.nan


def without_network(model, folder):
    """The model with an output projection of zeros."""
    with safe_open(model, 'np') as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    for part in ('weight', 'bias'):
        tensors[f'output_projection.{part}'][...] = 0
    out = Path(folder) / 'without_network.safetensors'
    save_file(tensors, out, metadata)
    return out


def measure(model, clip, args, steps, folder):
    """Mel L1, MCD, LSD, MR-STFT, PESQ-wb (NaN but for speech)."""
    out = Path(folder) / 'out.wav'
    vocode = [args.remel, 'vocode', clip, '-o', out, '--model', model, '--schedule', str(steps), '--backend', 'cpu',
              '--coherence', str(args.coherence)]
    subprocess.run(vocode, check=True, stderr=subprocess.DEVNULL)
    answer = subprocess.run([args.remel, 'compare', clip, out, '--json'], check=True, capture_output=True)
    found = json.loads(answer.stdout)
    stft = found['spectral_convergence'] + found['log_magnitude']
    quality = wideband_pesq(clip, out) if clip.name.split('_')[1] == 'sp' else np.nan
    return [found['mel_l1_db'], found['mel_cepstral_distortion_db'], found['log_spectral_distance_db'], stft, quality]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('remel')
    parser.add_argument('model')
    parser.add_argument('clips', type=Path)
    parser.add_argument('--steps', type=int, nargs='+', default=[6, 4])
    parser.add_argument('--coherence', type=float, default=1)
    parser.add_argument('--without-network', action='store_true')
    args = parser.parse_args()
    print('| clips | steps | mel L1 | MCD | LSD | MR-STFT | PESQ-wb |\n|---|---|---|---|---|---|---|')
    for kind, name in KINDS.items():
        clips = sorted(clip for clip in args.clips.iterdir() if clip.name.split('_')[1:2] == [kind])
        for steps in args.steps if clips else []:
            with tempfile.TemporaryDirectory() as folder:
                model = without_network(args.model, folder) if args.without_network else args.model
                rows = [measure(model, clip, args, steps, folder) for clip in clips]
            mel, mcd, lsd, stft, quality = np.nanmean(rows, 0) if kind == 'sp' else np.mean(rows, 0)
            shown = f'{quality:.2f}' if kind == 'sp' else '–'
            print(f'| {name} ({len(clips)}) | {steps} | {mel:.2f} dB | {mcd:.2f} dB | {lsd:.2f} dB | {stft:.2f} | {shown} |')


if __name__ == '__main__':
    main()
