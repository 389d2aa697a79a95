// A step of a sampler that is a sum: x, what was found in it, and fresh noise. A thread is a value.
// Constants that are put in front: WORKGROUP.

struct Parameters {
    values: u32,
    x_scale: f32,
    found_scale: f32,
    // Where the fresh noise begins, and whether there is some.
    noise: u32,
    fresh: u32,
    // Whether what is predicted is noise with deviations.
    scaled: u32,
    // 1: x is limited to [-1, 1] after the step; 2: the signal that is found, before it.
    limits: u32,
    signal_scale: f32,
    noise_scale: f32,
    // Bins of a frame, and bands, where predictions are fitted; none else.
    bins: u32,
    bands: u32,
}

@group(0) @binding(0) var<uniform> p: Parameters;
@group(1) @binding(0) var<storage, read_write> x: array<f32>;
@group(1) @binding(1) var<storage, read> predicted: array<f32>;
@group(1) @binding(2) var<storage, read> noise: array<f32>;
@group(1) @binding(3) var<storage, read> deviations: array<f32>;
// ln of what bands are scaled by, [frames, bands].
@group(1) @binding(4) var<storage, read> gains: array<f32>;
// Of every bin the two bands that hold it.
@group(1) @binding(5) var<storage, read> holders: array<vec2<u32>>;
// Of every bin the shares of these.
@group(1) @binding(6) var<storage, read> shares: array<vec2<f32>>;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let index = (group.y * groups.x + group.x) * WORKGROUP + thread;
    if index >= p.values {
        return;
    }
    let now = x[index];
    var found = predicted[index];
    if p.bins > 0u {
        let frame = index / (2u * p.bins) * p.bands;
        let bin = index % p.bins;
        let share = shares[bin];
        found *= exp(share.x * gains[frame + holders[bin].x] + share.y * gains[frame + holders[bin].y]);
    }
    if p.scaled > 0u {
        found *= deviations[index];
    }
    if p.limits == 2u {
        let signal = clamp((now - p.noise_scale * found) / p.signal_scale, -1.0, 1.0);
        found = (now - p.signal_scale * signal) / p.noise_scale;
    }
    var next = p.x_scale * now + p.found_scale * found;
    if p.fresh > 0u {
        next += noise[p.noise + index];
    }
    if p.limits == 1u {
        next = clamp(next, -1.0, 1.0);
    }
    x[index] = next;
}
