"""Times BandWave in four steps: Remel beside PyTorch and ONNX Runtime.

    python -m venv venv && venv/bin/pip install numpy safetensors torch onnx onnxscript onnxruntime
    cargo build --release
    venv/bin/python tests/bench_peers_bandwave.py [--model small] [--threads 1] [--seconds 4] [--rounds 3]

All render the same weights on the same number of threads for the same duration; they take turns for several rounds, and the
least time of each counts: other programs make a run slower, nothing makes it faster. Peers make four calls of the network,
no more; Remel renders: noise, four calls, each prediction fitted to its mel, and the inverse transform. Not part of
`cargo xtask check`.
"""
import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / 'tests/fixtures/bandwave'))
import bandwave  # noqa: E402

ANGLES = [math.pi / 2 * share for share in (1, 0.75, 0.5, 0.25)]
CHUNK = 8  # frames, as a stream would have them


def torch_peer(net):
    def predict(x, log_envelope, angle, mel):
        with torch.inference_mode():
            return net(x, log_envelope, torch.tensor([angle]), mel, torch.tensor([0]))
    return predict


def onnx_peer(net, inputs, threads, folder):
    path = str(folder / f'{inputs[0].shape[1]}.onnx')
    x, log_envelope, mel = inputs
    example = (x, log_envelope, torch.tensor([0.5]), mel, torch.tensor([0]))
    names = ['x', 'log_envelope', 'angle', 'mel', 'look_ahead']
    torch.onnx.export(net, example, path, input_names=names, dynamo=True, verbose=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(path, options, providers=['CPUExecutionProvider'])

    def predict(x, log_envelope, angle, mel):
        values = (x, log_envelope, np.float32([angle]), mel, np.int64([0]))
        return session.run(None, {name: np.asarray(value) for name, value in zip(names, values)})[0]
    return predict


def timed(predict, inputs, frames):
    """Seconds for four calls on all frames, so many at a time."""
    parts = [tuple(v[:, at : at + frames] for v in inputs) for at in range(0, inputs[0].shape[1], frames)]
    start = time.perf_counter()
    for x, log_envelope, mel in parts:
        for angle in ANGLES:
            predict(x, log_envelope, angle, mel)
    return time.perf_counter() - start


def remel(program, model, seconds, threads, instruction_set):
    """Its own real-time factors: offline, and in chunks of one frame."""
    command = [program, 'bench', '--json', '--backend', 'cpu', '--threads', str(threads), '--seconds', str(seconds),
               '--model', model]
    environment = dict(os.environ, **({'REMEL_KERNEL': instruction_set} if instruction_set else {}))
    table = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    return table[0]['real_time_factor'], table[-1]['real_time_factor']


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--model', default='small', choices=('small', 'large', 'tts'))
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--seconds', type=float, default=4.0)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--remel', default=str(ROOT / 'target/release/remel'))
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    net = bandwave.load(ROOT / f'assets/models/{args.model}.safetensors')
    spec = net.spec
    frames = math.ceil(args.seconds * spec.rate / spec.hop / CHUNK) * CHUNK
    seconds = frames * spec.hop / spec.rate
    torch.manual_seed(1)
    _, log_envelope, mel = net.conditions(torch.rand(1, frames, spec.n_mels) * 6 - 8)
    inputs = torch.randn(1, frames, 2 * spec.bins), log_envelope, mel
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        part = tuple(v[:, :CHUNK] for v in inputs)
        peers = {
            'PyTorch': (torch_peer(net), frames),
            'ONNX Runtime': (onnx_peer(net, inputs, args.threads, Path(folder)), frames),
            f'ONNX Runtime, {CHUNK} frames': (onnx_peer(net, part, args.threads, Path(folder)), CHUNK),
        }
        factors = {}
        for _ in range(args.rounds):
            for name, (predict, chunk) in peers.items():
                factors.setdefault(name, []).append(timed(predict, inputs, chunk) / seconds)
                time.sleep(0.2)  # until idle threads of a pool have stopped to spin
            for instruction_set in (None, 'avx2'):
                name = 'Remel' + (f', {instruction_set} forced' if instruction_set else '')
                offline, single = remel(args.remel, args.model, seconds, args.threads, instruction_set)
                factors.setdefault(name, []).append(offline)
                factors.setdefault(f'{name}, 1 frame', []).append(single)
    best = {name: min(values) for name, values in factors.items()}
    fastest = min(best[name] for name in peers)
    print(f'{args.model}, {seconds:.2f} s, {args.threads} threads, {args.rounds} rounds')
    for name, factor in best.items():
        ratio = f'{fastest / factor:6.2f} times the fastest peer' if name.startswith('Remel') else ''
        print(f'{name:28} real-time factor {factor:6.3f} {ratio}')


if __name__ == '__main__':
    main()
