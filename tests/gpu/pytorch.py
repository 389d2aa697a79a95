"""Times lmnt-com/diffwave's base network in six steps on a CUDA device, as `run.sh` beside it times Remel's.

    pip install torch numpy
    pip install --no-deps diffwave==0.1.7
    python tests/gpu/pytorch.py

Four seconds of audio; eager, with TF32, and compiled with CUDA graphs. The least of several runs counts.
"""
import time

import torch
from diffwave.model import DiffWave
from diffwave.params import params

SECONDS, STEPS, ROUNDS = 4, 6, 5


def seconds_of(network, mel, step, samples):
    best = float("inf")
    for _ in range(ROUNDS):
        x = torch.randn(1, samples, device="cuda")
        torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(STEPS):
            x = network(x, step, mel).squeeze(1)
        torch.cuda.synchronize()
        best = min(best, time.perf_counter() - start)
    return best


@torch.inference_mode()
def main():
    torch.manual_seed(1)
    network = DiffWave(params).cuda().eval()
    frames = SECONDS * params.sample_rate // params.hop_samples
    samples = frames * params.hop_samples
    mel = torch.rand(1, params.n_mels, frames, device="cuda")
    step = torch.tensor([7.3], device="cuda")
    print(f"PyTorch {torch.__version__} on {torch.cuda.get_device_name()}, DiffWave base, {STEPS} steps")
    for name, tf32, compiled in [("eager", False, False), ("TF32", True, False), ("compiled", True, True)]:
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
        timed = torch.compile(network, mode="max-autotune") if compiled else network
        took = seconds_of(timed, mel, step, samples)
        print(f"  {name:9} {samples / params.sample_rate / took:7.1f} times real time")


main()
