// Normalized tokens as spectra: a thread is a bin of a frame. The last bin, which belongs to no band, is 0.
// A constant that is put in front: PADDED.

struct Parameters {
    frames: u32,
    tokens: u32,
    bins: u32,
    // Where the scales of the tokens begin.
    scales: u32,
}

@group(0) @binding(0) var<uniform> p: Parameters;
// [frames, tokens, PADDED]
@group(1) @binding(0) var<storage, read> tokens: array<f32>;
@group(1) @binding(1) var<storage, read> scales: array<f32>;
// Of every bin its band, its place in it, how wide the band is, and where its weights begin.
@group(1) @binding(2) var<storage, read> bins: array<vec4<u32>>;
// Of every group [PADDED, 2 · width] and biases.
@group(1) @binding(3) var<storage, read> weights: array<f32>;
// [frames, 2 · bins]
@group(1) @binding(4) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let index = (group.y * groups.x + group.x) * WORKGROUP + thread;
    if index >= p.frames * p.bins {
        return;
    }
    let frame = index / p.bins;
    let bin = index % p.bins;
    var real = 0.0;
    var imaginary = 0.0;
    if bin + 1u < p.bins {
        let own = bins[bin];
        let width = own.z;
        let row = frame * p.tokens + own.x;
        var at = own.w + own.y;
        for (var channel = 0u; channel < PADDED; channel++) {
            let value = tokens[row * PADDED + channel];
            real += value * weights[at];
            imaginary += value * weights[at + width];
            at += 2u * width;
        }
        let scale = scales[p.scales + row];
        real = real * scale + weights[at];
        imaginary = imaginary * scale + weights[at + width];
    }
    output[frame * 2u * p.bins + bin] = real;
    output[frame * 2u * p.bins + p.bins + bin] = imaginary;
}
