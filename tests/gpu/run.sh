#!/bin/sh
# What a graphics card does with Remel: parity with the CPU, speed of every kind of network, first use, and PyTorch beside it.
#
#     tests/gpu/run.sh [REMEL]
#
# REMEL is a program with GPU support; without it one is built (`cargo build --release --features gpu`). Takes a few minutes and
# prints one table. PyTorch is asked where `python3` has it with CUDA (`pip install torch; pip install --no-deps diffwave==0.1.7`).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
remel=${1:-}
if [ -z "$remel" ]; then
    (cd "$root" && cargo build --release --features gpu)
    remel=$root/target/release/remel
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM
# First use is that of a machine which has compiled nothing yet; the second program finds what the first has kept.
REMEL_CACHE=$scratch/cache
export REMEL_CACHE

"$remel" devices
if "$remel" devices | grep -q '^GPU'; then :; else
    echo "SKIPPED the table: no graphics card that Vulkan, Metal or DirectX reaches"
    exit 0
fi

echo "parity: largest difference between the GPU's render and the CPU's"
clip=$root/assets/demo/voice.wav
for backend in gpu cpu; do
    "$remel" vocode "$clip" -o "$scratch/$backend.wav" --backend $backend
done
"$remel" compare "$scratch/cpu.wav" "$scratch/gpu.wav"

bench() {
    echo "== $*"
    "$remel" bench "$@"
}
bench --backend gpu --seconds 4
bench --backend gpu --seconds 4
bench --backend gpu --seconds 4 --streams 8
bench --backend cpu --seconds 4
bench --backend gpu --seconds 4 --model large
bench --backend gpu --seconds 4 --model "$root/assets/models/live.safetensors"
bench --backend gpu --seconds 4 --model "$root/assets/models/studio.safetensors" --offline

if python3 -c 'import torch, diffwave; assert torch.cuda.is_available()' 2>/dev/null; then
    python3 "$root/tests/gpu/pytorch.py"
else
    echo "SKIPPED PyTorch: python3 has no torch with CUDA, or no diffwave"
fi
