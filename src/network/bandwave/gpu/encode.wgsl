// Spectra as tokens: of every band its real and imaginary parts and its envelope, mapped to channels; and the scale that
// normalizes a token. A workgroup is a token, a thread a channel.
// Constants that are put in front: CHANNELS and PADDED.

struct Parameters {
    tokens: u32,
    bins: u32,
}

@group(0) @binding(0) var<uniform> p: Parameters;
// [frames, 2 · bins]
@group(1) @binding(0) var<storage, read> x: array<f32>;
// [frames, bins]
@group(1) @binding(1) var<storage, read> envelope: array<f32>;
// Of every band the first bin, how many there are, and where its weights begin.
@group(1) @binding(2) var<storage, read> bands: array<vec4<u32>>;
// Of every group [3 · width, PADDED] and biases; then places, [tokens, PADDED].
@group(1) @binding(3) var<storage, read> weights: array<f32>;
@group(1) @binding(4) var<storage, read_write> output: array<f32>;
@group(1) @binding(5) var<storage, read_write> scales: array<f32>;

const EPSILON: f32 = 1e-6;

var<workgroup> squares: array<f32, PADDED>;

@compute @workgroup_size(PADDED)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) channel: u32,
) {
    let row = group.y * groups.x + group.x;
    let rows = arrayLength(&output) / PADDED;
    var sum = 0.0;
    if row < rows {
        let frame = row / p.tokens;
        let band = bands[row % p.tokens];
        let width = band.y;
        let real = frame * 2u * p.bins + band.x;
        let dark = frame * p.bins + band.x;
        var at = band.z + channel;
        for (var k = 0u; k < width; k++) {
            sum += x[real + k] * weights[at] + x[real + p.bins + k] * weights[at + width * PADDED]
                + envelope[dark + k] * weights[at + 2u * width * PADDED];
            at += PADDED;
        }
        sum += weights[band.z + 3u * width * PADDED + channel] + weights[band.w + channel];
        output[row * PADDED + channel] = sum;
    }
    squares[channel] = sum * sum;
    workgroupBarrier();
    if channel == 0u && row < rows {
        var total = 0.0;
        for (var other = 0u; other < CHANNELS; other++) {
            total += squares[other];
        }
        scales[row] = inverseSqrt(total / f32(CHANNELS) + EPSILON);
    }
}
