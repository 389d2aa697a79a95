// How much the bands of spectra are to be scaled for their mel frames to be those that are wanted: ln of the factors. A
// workgroup is a frame, a thread every so many-th band.
// Constants that are put in front: WORKGROUP, BANDS, COMPRESSION (0: decibels, 1: log10, 2: ln).

struct Parameters {
    frames: u32,
    // Of a window.
    window_frames: u32,
    bins: u32,
    // Of a row of `windows`.
    window_values: u32,
    power_floor: f32,
    compression_floor: f32,
    most: f32,
}

@group(0) @binding(0) var<uniform> p: Parameters;
// [frames, 2 · bins]
@group(1) @binding(0) var<storage, read> predicted: array<f32>;
// [frames, bins]
@group(1) @binding(1) var<storage, read> deviations: array<f32>;
// Of every band the first bin, how many there are, and where its weights begin.
@group(1) @binding(2) var<storage, read> bands: array<vec4<u32>>;
@group(1) @binding(3) var<storage, read> weights: array<f32>;
// [frames, BANDS]
@group(1) @binding(4) var<storage, read> wanted: array<f32>;
// Of every window its share, how many weights there are on one side of its Gaussian, and these.
@group(1) @binding(5) var<storage, read> windows: array<f32>;
// [frames, BANDS]
@group(1) @binding(6) var<storage, read_write> gains: array<f32>;

const LOG10: f32 = 0.43429448190325182;

var<workgroup> powers: array<f32, BANDS>;

fn compress(x: f32) -> f32 {
    if COMPRESSION == 0u {
        return clamp((20.0 * LOG10 * log(max(x, 1e-5)) + 80.0) / 100.0, 0.0, 1.0);
    }
    if COMPRESSION == 1u {
        return select(0.0, LOG10 * log(x), x > 0.0);
    }
    return log(max(x, p.compression_floor));
}

fn expand(x: f32) -> f32 {
    if COMPRESSION == 0u {
        return exp((x * 100.0 - 80.0) / 20.0 / LOG10);
    }
    if COMPRESSION == 1u {
        return exp(x / LOG10);
    }
    return exp(x);
}

fn smoothed(band: u32, window: u32, count: u32) -> f32 {
    var sum = 0.0;
    var mass = 0.0;
    for (var distance = 0u; distance < count; distance++) {
        let weight = windows[window + distance];
        if distance <= band {
            sum += weight * powers[band - distance];
            mass += weight;
        }
        if distance > 0u && band + distance < BANDS {
            sum += weight * powers[band + distance];
            mass += weight;
        }
    }
    return compress(sqrt(sum / mass));
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let frame = group.y * groups.x + group.x;
    let inside = frame < p.frames;
    let real = frame * 2u * p.bins;
    let window = min(frame, p.frames - 1u) / p.window_frames * p.window_values;
    let smooth_count = u32(windows[window + 1u]);
    for (var band = thread; band < BANDS && inside; band += WORKGROUP) {
        let own = bands[band];
        var sum = 0.0;
        for (var k = 0u; k < own.y; k++) {
            let re = predicted[real + own.x + k];
            let im = predicted[real + p.bins + own.x + k];
            // Decoding squares what is diffused.
            let now = (re * re + im * im) * deviations[frame * p.bins + own.x + k];
            sum += sqrt(now * now + p.power_floor) * weights[own.z + k];
        }
        let found = compress(sum);
        gains[frame * BANDS + band] = found;
        let magnitude = expand(found);
        powers[band] = magnitude * magnitude;
    }
    workgroupBarrier();
    for (var band = thread; band < BANDS && inside; band += WORKGROUP) {
        let at = frame * BANDS + band;
        var found = gains[at];
        if smooth_count > 0u {
            found = smoothed(band, window + 2u, smooth_count);
        }
        gains[at] = 0.5 * windows[window] * clamp(wanted[at] - found, -p.most, p.most);
    }
}
