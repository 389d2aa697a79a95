// A transposed convolution over (frame, band) of one channel, and its leaky relu: STRIDE times as many frames.
// Constants that are put in front: STRIDE, and TAPS along frames.

struct Parameters {
    // Rows of a window that are written, and the first of them.
    window_rows: u32,
    first: u32,
    // Rows that there are; those after them are zeros.
    length: u32,
    // Rows of a window that are read.
    input_rows: u32,
    bands: u32,
    // Bands with their padding.
    padded: u32,
    padding: u32,
    windows: u32,
    slope: f32,
}

@group(0) @binding(0) var<uniform> p: Parameters;
@group(1) @binding(0) var<storage, read> input: array<f32>;
// [3, TAPS], then the bias.
@group(1) @binding(1) var<storage, read> weights: array<f32>;
@group(1) @binding(2) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let index = (group.y * groups.x + group.x) * WORKGROUP + thread;
    if index >= p.windows * p.window_rows * p.padded {
        return;
    }
    let band = index % p.padded;
    let window = index / p.padded / p.window_rows;
    let row = p.first + index / p.padded % p.window_rows;
    var sum = 0.0;
    if band < p.bands && row < p.length {
        sum = weights[3u * TAPS];
        for (var tap = (row + p.padding) % STRIDE; tap < TAPS && tap <= row + p.padding; tap += STRIDE) {
            let origin = (row + p.padding - tap) / STRIDE;
            if origin >= p.input_rows {
                continue;
            }
            for (var across = 0u; across < 3u; across++) {
                // Band b is given what band b + 1 − across has.
                let other = i32(band) + 1 - i32(across);
                if other >= 0 && other < i32(p.bands) {
                    let at = (window * p.input_rows + origin) * p.padded + u32(other);
                    sum += input[at] * weights[across * TAPS + tap];
                }
            }
        }
        sum = max(sum, p.slope * sum);
    }
    output[index] = sum;
}
