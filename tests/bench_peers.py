"""Times a base network in six steps, conditioner included: Remel's CPU engine beside PyTorch and ONNX Runtime.

    python -m venv venv
    venv/bin/pip install numpy torch onnx onnxscript onnxruntime
    venv/bin/pip install --no-deps diffwave==0.1.7 wavegrad==0.1.5
    cargo build --release
    venv/bin/python tests/bench_peers.py [--network diffwave] [--threads 2] [--seconds 4] [--rounds 3] [--remel target/release/remel]

The network is DiffWave or WaveGrad (`--network wavegrad`). All render the same checkpoint (random weights, saved as
lmnt-com/diffwave or lmnt-com/wavegrad does, which Remel loads as it is) on the same
number of threads for the same duration. They take turns for several rounds, and the least time of each counts: other
programs make a run slower, nothing makes it faster. Peers run the model as published: PyTorch eager, torch.compile
(static shapes) and ONNX Runtime (exported with static shapes, all graph optimizations). diffwave and wavegrad are installed without their
dependencies, none of which their models need. Not part of `cargo xtask check`.
"""
import argparse
import json
import math
import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch

RATE_HZ = 22050
ROOT = Path(__file__).resolve().parent.parent


class DiffWaveBase:
    hop, bands, level = 256, 80, 7.3

    def __init__(self):
        from diffwave.model import DiffWave
        from diffwave.params import params
        self.params = params
        torch.manual_seed(1)
        self.model = DiffWave(params).eval()
        # It starts from zero, which would hide everything.
        torch.nn.init.normal_(self.model.output_projection.weight, std=0.1)

    def steps(self):
        """Level and x, ε and noise scales of each of the six steps, as diffwave.inference.predict computes them."""
        training = np.cumprod(1 - np.array(self.params.noise_schedule)) ** 0.5

        def level(scale):
            t = next(t for t in range(len(training) - 1) if training[t + 1] <= scale <= training[t])
            return t + (training[t] - scale) / (training[t] - training[t + 1])
        return scales(np.array(self.params.inference_noise_schedule), level)


class WaveGradBase:
    hop, bands, level = 300, 128, 0.83

    def __init__(self):
        from wavegrad.model import WaveGrad
        from wavegrad.params import params
        self.params = params
        torch.manual_seed(1)
        self.model = WaveGrad(params).eval()

    def steps(self):
        """The same as wavegrad.inference.predict computes them, of the schedule that Remel has where nobody says another."""
        return scales(np.array([7e-6, 1.4e-4, 2.1e-3, 2.8e-2, 0.35, 0.7]), lambda scale: scale)


NETWORKS = {'diffwave': DiffWaveBase, 'wavegrad': WaveGradBase}


def scales(betas, level):
    """Level and x, ε and noise scales of every step; `level` makes one of √ᾱ."""
    bars = np.cumprod(1 - betas)
    steps = []
    for n in range(len(betas) - 1, -1, -1):
        noise = math.sqrt((1 - bars[n - 1]) / (1 - bars[n]) * betas[n]) if n else 0.0
        x = 1 / math.sqrt(1 - betas[n])
        steps.append((level(bars[n] ** 0.5), x, -x * betas[n] / math.sqrt(1 - bars[n]), noise))
    return steps


def sample(predict, x, steps, rng):
    """Six calls of `predict(x, level)`; x is `[1, samples]`."""
    for level, x_scale, eps_scale, noise_scale in steps:
        x = x_scale * x + eps_scale * predict(x, np.float32([level]))
        if noise_scale:
            x = x + np.float32(noise_scale) * rng.standard_normal(x.shape, dtype=np.float32)
        x = np.clip(x, -1, 1).astype(np.float32)
    return x


def torch_peer(model, mel):
    mel = torch.from_numpy(mel)

    def predict(x, level):
        with torch.inference_mode():
            return model(torch.from_numpy(x), mel, torch.from_numpy(level))[:, 0].numpy()
    return predict


def onnx_peer(network, mel, samples, threads, folder):
    model, path = network.model, str(folder / 'base.onnx')
    inputs = (torch.zeros(1, samples), torch.from_numpy(mel), torch.tensor([network.level]))
    torch.onnx.export(model, inputs, path, input_names=['audio', 'mel', 'level'], dynamo=True, verbose=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(path, options, providers=['CPUExecutionProvider'])
    return lambda x, level: session.run(None, {'audio': x, 'mel': mel, 'level': level})[0][:, 0]


def remel(program, model, seconds, threads, instruction_set):
    """Its own real-time factor for an offline render."""
    command = [program, 'bench', '--json', '--offline', '--backend', 'cpu', '--threads', str(threads),
               '--seconds', str(seconds), '--model', str(model)]
    environment = dict(os.environ, **({'REMEL_KERNEL': instruction_set} if instruction_set else {}))
    result = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(result.stdout)[0]['real_time_factor']


def agreement(program, path, predict, level, mel, x, folder):
    """The largest difference between Remel's prediction and a peer's, so that both are known to be the same network."""
    np.save(folder / 'x.npy', x[0])
    np.save(folder / 'mel.npy', mel[0])
    subprocess.run([program, 'denoise', '--backend', 'cpu', '--model', path, '--x', folder / 'x.npy', '--level', str(level),
                    '--mel', folder / 'mel.npy', '-o', folder / 'eps.npy'], check=True, capture_output=True)
    theirs = predict(x, np.float32([level]))[0]
    return np.abs(np.load(folder / 'eps.npy').ravel() - theirs).max(), np.abs(theirs).max()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--network', choices=NETWORKS, default='diffwave')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--seconds', type=float, default=4.0)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--remel', default=str(ROOT / 'target/release/remel'))
    parser.add_argument('--without', nargs='*', default=[], help='peers to leave out')
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    network = NETWORKS[arguments.network]()
    frames = math.ceil(arguments.seconds * RATE_HZ / network.hop)
    samples = frames * network.hop
    rng = np.random.default_rng(1)
    mel, noise = rng.random((1, network.bands, frames), np.float32), rng.standard_normal((1, samples), dtype=np.float32)

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        path = folder / 'base.pt'
        model = network.model
        params = {key: value for key, value in network.params.items() if value is not None}
        torch.save({'step': 0, 'model': model.state_dict(), 'params': params}, path)
        peers = {
            'PyTorch eager': lambda: torch_peer(model, mel),
            'torch.compile': lambda: torch_peer(torch.compile(model, dynamic=False), mel),
            'ONNX Runtime': lambda: onnx_peer(network, mel, samples, arguments.threads, folder),
        }
        peers = {name: peer() for name, peer in peers.items() if name not in arguments.without}
        for name, predict in peers.items():
            difference, largest = agreement(arguments.remel, path, predict, network.level, mel, noise, folder)
            print(f'{name}: at most {difference:.1e} from Remel, of values up to {largest:.2f}', flush=True)

        factors, steps = {}, network.steps()
        for _ in range(arguments.rounds):
            for name, predict in peers.items():
                start = time.perf_counter()
                sample(predict, noise, steps, rng)
                factors.setdefault(name, []).append((time.perf_counter() - start) * RATE_HZ / samples)
                time.sleep(0.2)  # until idle threads of a pool have stopped to spin
            for instruction_set in (None, 'avx2'):
                name = 'Remel' + (f', {instruction_set} forced' if instruction_set else '')
                factor = remel(arguments.remel, path, samples / RATE_HZ, arguments.threads, instruction_set)
                factors.setdefault(name, []).append(factor)

    print(f'\n{samples / RATE_HZ:.2f} s, {arguments.threads} threads, {arguments.rounds} rounds')
    best = {name: min(values) for name, values in factors.items()}
    fastest = min(best[name] for name in peers)
    for name, factor in best.items():
        ratio = f'{fastest / factor:6.2f} times the fastest peer' if name.startswith('Remel') else ''
        print(f'{name:22} real-time factor {factor:6.3f} {ratio}')


if __name__ == '__main__':
    main()
