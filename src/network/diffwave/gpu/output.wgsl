// The output projection: w·x + b of every row, once for every output.

struct Parameters {
    rows: u32,
    // Vectors of a row.
    vectors: u32,
    outputs: u32,
}

@group(0) @binding(0) var<uniform> p: Parameters;
@group(1) @binding(0) var<storage, read> input: array<vec4<f32>>;
// Of every output a row of weights, then its bias as a vector.
@group(1) @binding(1) var<storage, read> weights: array<vec4<f32>>;
// [outputs, rows]
@group(1) @binding(2) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let index = (group.y * groups.x + group.x) * WORKGROUP + thread;
    if index >= p.rows * p.outputs {
        return;
    }
    let own = index / p.rows * (p.vectors + 1u);
    let row = index % p.rows * p.vectors;
    var sum = weights[own + p.vectors].x;
    for (var vector = 0u; vector < p.vectors; vector++) {
        sum += dot(input[row + vector], weights[own + vector]);
    }
    output[index] = sum;
}
