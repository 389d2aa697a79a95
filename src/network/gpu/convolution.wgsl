// A convolution over rows, whatever is done to what goes in and comes out:
//   y(r) = act(Σ W(k)·f(r + (k − taps/2)·dilation) + bias) + level + residual(r),
// where f gives rows of the input at the rate of the output, rectified or modulated.
// Constants that are put in front: LANES (a thread has four outputs) and LINES (a thread has four rows).

struct Parameters {
    rows: u32,
    window_rows: u32,
    taps: u32,
    dilation: u32,
    // Vectors of an input row, and of an output row.
    inputs: u32,
    outputs: u32,
    // Where the weights begin, in vectors: [taps · inputs, outputs], then the biases.
    weights: u32,
    // How rows of the input come to the rate of the output: 0 as they are, 1 the nearest, 2 interpolated, 3 the mean of two;
    // 4 are rows of one value as they are.
    rate: u32,
    factor: u32,
    first_taken: u32,
    last_taken: u32,
    // Rows of a window of the input.
    input_rows: u32,
    // What goes in: 0 as it is, 1 rectified, 2 modulated and rectified.
    before: u32,
    input_scale: f32,
    // What comes out: 0 as it is, 1 rectified, 2 SiLU.
    after: u32,
    // Whether there are a level and a residual.
    has_level: u32,
    has_residual: u32,
    slope: f32,
}

@group(0) @binding(0) var<uniform> p: Parameters;
@group(1) @binding(0) var<storage, read> input: array<vec4<f32>>;
// Shifts, then scales, of every row at the rate of the output.
@group(1) @binding(1) var<storage, read> modulation: array<vec4<f32>>;
@group(1) @binding(2) var<storage, read> weights: array<vec4<f32>>;
@group(1) @binding(3) var<storage, read> level: array<vec4<f32>>;
@group(1) @binding(4) var<storage, read> residual: array<vec4<f32>>;
@group(1) @binding(5) var<storage, read_write> output: array<vec4<f32>>;

const THREADS: u32 = LANES * LINES;
const TILE: u32 = 4u * LINES;

// Sixteen values of every row of the tile.
var<workgroup> tile: array<vec4<f32>, TILE * 4u>;

fn rectified(x: vec4<f32>) -> vec4<f32> {
    return max(x, p.slope * x);
}

fn input_row(window: u32, row: i32, vector: u32) -> vec4<f32> {
    let within = u32(clamp(row, 0, i32(p.input_rows) - 1));
    let values = p.input_scale * input[(window * p.input_rows + within) * p.inputs + vector];
    if p.before == 1u && p.rate == 2u {
        return rectified(values);
    }
    return values;
}

fn read_row(row: u32, tap: u32, vector: u32) -> vec4<f32> {
    if row >= p.rows {
        return vec4<f32>();
    }
    let window = row / p.window_rows;
    let at = i32(row % p.window_rows) + (i32(tap) - i32(p.taps / 2u)) * i32(p.dilation);
    if at < 0 || at >= i32(p.window_rows) {
        return vec4<f32>();
    }
    var values: vec4<f32>;
    switch p.rate {
        case 1u: {
            values = input_row(window, at / i32(p.factor), vector);
        }
        case 2u: {
            // Row (at + ½) / factor − ½, rounded down, and the share of the next.
            let whole = 2 * i32(p.factor);
            let twice = 2 * at + 1 - i32(p.factor) + whole;
            let above = twice / whole - 1;
            let share = f32(twice % whole) / f32(whole);
            values = (1.0 - share) * input_row(window, above, vector) + share * input_row(window, above + 1, vector);
        }
        case 3u: {
            let start = at * i32(p.factor);
            values = 0.5 * (input_row(window, start + i32(p.first_taken), vector)
                + input_row(window, start + i32(p.last_taken), vector));
        }
        case 4u: {
            if vector == 0u {
                let origin = window * p.input_rows + u32(at);
                values = vec4<f32>(input[origin / 4u][origin % 4u], 0.0, 0.0, 0.0);
            }
        }
        default: {
            values = input_row(window, at, vector);
        }
    }
    if p.before == 2u {
        let origin = (window * p.window_rows + u32(at)) * 2u * p.inputs + vector;
        return rectified(values * modulation[origin + p.inputs] + modulation[origin]);
    }
    if p.before == 1u && p.rate != 2u {
        return rectified(values);
    }
    return values;
}

fn finish(row: u32, column: u32, found: vec4<f32>) {
    if row >= p.rows {
        return;
    }
    var y = found + weights[p.weights + p.taps * p.inputs * 4u * p.outputs + column];
    switch p.after {
        case 1u: {
            y = rectified(y);
        }
        case 2u: {
            y = y / (1.0 + exp(-y));
        }
        default: {}
    }
    if p.has_level == 1u {
        y += level[column];
    }
    let at = row * p.outputs + column;
    if p.has_residual == 1u {
        y += residual[at];
    }
    output[at] = y;
}

@compute @workgroup_size(LANES, LINES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
) {
    let thread = local.y * LANES + local.x;
    let index = group.y * groups.x + group.x;
    let columns = p.outputs / LANES;
    let column = index % columns * LANES + local.x;
    let first = index / columns * TILE;
    let row = first + local.y * 4u;
    let line = local.y * 16u;
    var s0 = vec4<f32>();
    var s1 = vec4<f32>();
    var s2 = vec4<f32>();
    var s3 = vec4<f32>();
    var at = p.weights + column;
    for (var step = 0u; step < p.taps * p.inputs / 4u; step++) {
        workgroupBarrier();
        for (var i = thread; i < TILE * 4u; i += THREADS) {
            let vector = step * 4u + i % 4u;
            tile[i] = read_row(first + i / 4u, vector / p.inputs, vector % p.inputs);
        }
        workgroupBarrier();
        for (var k = 0u; k < 4u; k++) {
            let x0 = tile[line + k];
            let x1 = tile[line + 4u + k];
            let x2 = tile[line + 8u + k];
            let x3 = tile[line + 12u + k];
            let w0 = weights[at];
            let w1 = weights[at + p.outputs];
            let w2 = weights[at + 2u * p.outputs];
            let w3 = weights[at + 3u * p.outputs];
            s0 += x0.x * w0 + x0.y * w1 + x0.z * w2 + x0.w * w3;
            s1 += x1.x * w0 + x1.y * w1 + x1.z * w2 + x1.w * w3;
            s2 += x2.x * w0 + x2.y * w1 + x2.z * w2 + x2.w * w3;
            s3 += x3.x * w0 + x3.y * w1 + x3.z * w2 + x3.w * w3;
            at += 4u * p.outputs;
        }
    }
    finish(row, column, s0);
    finish(row + 1u, column, s1);
    finish(row + 2u, column, s2);
    finish(row + 3u, column, s3);
}
