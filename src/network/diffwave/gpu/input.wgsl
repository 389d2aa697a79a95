// The input projection: relu(w·x + b) of every sample.

struct Parameters {
    rows: u32,
    // Vectors of a row.
    vectors: u32,
}

@group(0) @binding(0) var<uniform> p: Parameters;
@group(1) @binding(0) var<storage, read> x: array<f32>;
// Weights, then biases.
@group(1) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(1) @binding(2) var<storage, read_write> output: array<vec4<f32>>;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let index = (group.y * groups.x + group.x) * WORKGROUP + thread;
    if index >= p.rows * p.vectors {
        return;
    }
    let vector = index % p.vectors;
    let value = weights[vector] * x[index / p.vectors] + weights[p.vectors + vector];
    output[index] = max(value, vec4<f32>());
}
