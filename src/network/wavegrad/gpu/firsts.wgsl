// The first value of every row.

struct Parameters {
    rows: u32,
    // Values of a row.
    width: u32,
}

@group(0) @binding(0) var<uniform> p: Parameters;
@group(1) @binding(0) var<storage, read> input: array<f32>;
@group(1) @binding(1) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let row = (group.y * groups.x + group.x) * WORKGROUP + thread;
    if row < p.rows {
        output[row] = input[row * p.width];
    }
}
