// A gated residual layer (DiffWave, figure 2): of every row, with p the padded number of channels,
//   z = W·[x(−), x(0), x(+)] + V·condition + addends,  g = σ(z₁)·tanh(z₂),  x' = (x + R·g)·scale,  skip += S·g.
// Constants that are put in front: CHANNELS, PADDED, BANDS (values of a condition, 0 without), NORMALIZED (rows are divided by the
// root of their mean square before they are read), FRAMED (what is added has a part per frame and one per place in it), SKIPS,
// LANES = PADDED / 2 (a thread has two channels) and LINES (a thread has four rows); and four Weights, with how they are unpacked.

struct Parameters {
    rows: u32,
    window_rows: u32,
    // Rows from a position to the next, and positions.
    stride: u32,
    length: u32,
    dilation: u32,
    // Which of the three taps is the row itself.
    centre: u32,
    scale: f32,
    // Whether nothing has been added to the skips yet.
    first: u32,
    // Where the layer's weights begin, in vectors of four.
    weights: u32,
    // Where its levels begin, and values of all layers.
    levels: u32,
    window_levels: u32,
    // Where its part of a frame's addends begins, values of all layers, and rows of a frame.
    frames: u32,
    frame_values: u32,
    frame_rows: u32,
    // Where its history begins, and values of all layers; 0 without histories.
    history: u32,
    window_history: u32,
    // Where the scales of the rows read and written begin.
    scales: u32,
    new_scales: u32,
}

@group(0) @binding(0) var<uniform> p: Parameters;
// [rows, PADDED]
@group(1) @binding(0) var<storage, read> input: array<vec4<f32>>;
@group(1) @binding(1) var<storage, read_write> output: array<vec2<f32>>;
// Of a layer: [3 · PADDED + BANDS, PADDED, 2], [PADDED, PADDED, 1 or 2], biases of the latter, and places.
@group(1) @binding(2) var<storage, read> weights: array<Weights>;
// [windows, layers, 3 · PADDED]: what is added to the rows that are read, then to their gated sums.
@group(1) @binding(3) var<storage, read> levels: array<vec4<f32>>;
// [rows, BANDS], or where FRAMED [frames, layers · 2 · PADDED].
@group(1) @binding(4) var<storage, read> condition: array<vec4<f32>>;
// [windows, values of all layers]: of a layer [2 · dilation, stride, PADDED].
@group(1) @binding(5) var<storage, read> history: array<vec4<f32>>;
@group(1) @binding(6) var<storage, read_write> new_history: array<vec4<f32>>;
// Skips, [rows, PADDED], or where NORMALIZED the scales of rows.
@group(1) @binding(7) var<storage, read_write> sums: array<f32>;

const THREADS: u32 = LANES * LINES;
const TILE: u32 = 4u * LINES;
const VECTORS: u32 = PADDED / 4u;
const EPSILON: f32 = 1e-6;

// Sixteen values of every row of the tile.
var<workgroup> tile: array<vec4<f32>, TILE * 4u>;
// Gated sums, [TILE, LANES].
var<workgroup> gates: array<vec2<f32>, TILE * LANES>;

fn history_at(window: u32, slot: u32, place: u32, vector: u32) -> u32 {
    return (window * p.window_history + p.history + (slot * p.stride + place) * PADDED) / 4u + vector;
}

// What tap `tap` of row `row` reads.
fn read_row(row: u32, tap: u32, vector: u32) -> vec4<f32> {
    if row >= p.rows {
        return vec4<f32>();
    }
    let window = row / p.window_rows;
    let position = i32((row / p.stride) % p.length);
    let offset = (i32(tap) - i32(p.centre)) * i32(p.dilation);
    let at = position + offset;
    if at >= 0 && at < i32(p.length) {
        let origin = u32(i32(row) + offset * i32(p.stride));
        var values = input[origin * VECTORS + vector];
        if NORMALIZED == 1u {
            values *= sums[p.scales + origin];
        }
        return values + levels[(window * p.window_levels + p.levels) / 4u + vector];
    }
    if at < 0 && p.window_history != 0u {
        return history[history_at(window, u32(at + 2 * i32(p.dilation)), row % p.stride, vector)];
    }
    return vec4<f32>();
}

fn addends(row: u32, lane: u32) -> vec4<f32> {
    let own = min(row, p.rows - 1u);
    var sum = levels[(own / p.window_rows * p.window_levels + p.levels + PADDED) / 4u + lane];
    if FRAMED == 1u {
        sum += condition[(own / p.frame_rows * p.frame_values + p.frames) / 4u + lane];
        sum += unpacked(weights[places() + own % p.frame_rows * LANES + lane]);
    }
    return sum;
}

fn outputs() -> u32 {
    return p.weights + (3u * PADDED + BANDS) * LANES;
}

fn biases() -> u32 {
    if SKIPS == 1u {
        return outputs() + PADDED * LANES;
    }
    return outputs() + PADDED / 2u * LANES;
}

fn places() -> u32 {
    return biases() + LANES;
}

fn gated(sum: vec4<f32>) -> vec2<f32> {
    let a = sum.xz;
    let b = sum.yw;
    let decay = exp(-2.0 * abs(b));
    return sign(b) * (1.0 - decay) / ((1.0 + decay) * (1.0 + exp(-a)));
}

fn own_channels(row: u32, lane: u32) -> vec2<f32> {
    let values = input[row * VECTORS + lane / 2u];
    return select(values.xy, values.zw, lane % 2u == 1u);
}

fn finish(row: u32, lane: u32, line: u32, index: u32, found: vec4<f32>) {
    if row >= p.rows {
        return;
    }
    let bias = unpacked(weights[biases() + lane]);
    var residual = found.xy + bias.xy;
    if SKIPS == 1u {
        residual = found.xz + bias.xz;
        let skip = found.yw + bias.yw;
        let at = row * PADDED + 2u * lane;
        if p.first == 1u {
            sums[at] = skip.x;
            sums[at + 1u] = skip.y;
        } else {
            sums[at] += skip.x;
            sums[at + 1u] += skip.y;
        }
    }
    let value = (own_channels(row, lane) + residual) * p.scale;
    output[row * LANES + lane] = value;
    if NORMALIZED == 1u {
        gates[(line * 4u + index) * LANES + lane] = vec2<f32>(dot(value, value), 0.0);
    }
}

@compute @workgroup_size(LANES, LINES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
) {
    let lane = local.x;
    let line = local.y;
    let thread = line * LANES + lane;
    let first = (group.y * groups.x + group.x) * TILE;
    let row = first + line * 4u;
    var s0 = addends(row, lane);
    var s1 = addends(row + 1u, lane);
    var s2 = addends(row + 2u, lane);
    var s3 = addends(row + 3u, lane);
    var at = p.weights + lane;
    for (var step = 0u; step < (3u * PADDED + BANDS) / 16u; step++) {
        workgroupBarrier();
        for (var i = thread; i < TILE * 4u; i += THREADS) {
            let vector = step * 4u + i % 4u;
            if vector < 3u * VECTORS {
                tile[i] = read_row(first + i / 4u, vector / VECTORS, vector % VECTORS);
            } else {
                let origin = min(first + i / 4u, p.rows - 1u);
                tile[i] = condition[origin * (BANDS / 4u) + vector - 3u * VECTORS];
            }
        }
        workgroupBarrier();
        for (var k = 0u; k < 4u; k++) {
            let x0 = tile[line * 16u + k];
            let x1 = tile[line * 16u + 4u + k];
            let x2 = tile[line * 16u + 8u + k];
            let x3 = tile[line * 16u + 12u + k];
            let w0 = unpacked(weights[at]);
            let w1 = unpacked(weights[at + LANES]);
            let w2 = unpacked(weights[at + 2u * LANES]);
            let w3 = unpacked(weights[at + 3u * LANES]);
            s0 += x0.x * w0 + x0.y * w1 + x0.z * w2 + x0.w * w3;
            s1 += x1.x * w0 + x1.y * w1 + x1.z * w2 + x1.w * w3;
            s2 += x2.x * w0 + x2.y * w1 + x2.z * w2 + x2.w * w3;
            s3 += x3.x * w0 + x3.y * w1 + x3.z * w2 + x3.w * w3;
            at += 4u * LANES;
        }
    }
    let own = line * 4u * LANES;
    gates[own + lane] = gated(s0);
    gates[own + LANES + lane] = gated(s1);
    gates[own + 2u * LANES + lane] = gated(s2);
    gates[own + 3u * LANES + lane] = gated(s3);
    workgroupBarrier();
    var f0 = vec4<f32>();
    var f1 = vec4<f32>();
    var f2 = vec4<f32>();
    var f3 = vec4<f32>();
    at = outputs() + lane;
    for (var k = 0u; k < LANES; k++) {
        let g0 = gates[own + k];
        let g1 = gates[own + LANES + k];
        let g2 = gates[own + 2u * LANES + k];
        let g3 = gates[own + 3u * LANES + k];
        if SKIPS == 1u {
            let w0 = unpacked(weights[at]);
            let w1 = unpacked(weights[at + LANES]);
            f0 += g0.x * w0 + g0.y * w1;
            f1 += g1.x * w0 + g1.y * w1;
            f2 += g2.x * w0 + g2.y * w1;
            f3 += g3.x * w0 + g3.y * w1;
            at += 2u * LANES;
        } else {
            // Of both channels what the first and what the second of two gates gives.
            let w = unpacked(weights[at]);
            f0 += vec4<f32>(g0.x * w.xy + g0.y * w.zw, 0.0, 0.0);
            f1 += vec4<f32>(g1.x * w.xy + g1.y * w.zw, 0.0, 0.0);
            f2 += vec4<f32>(g2.x * w.xy + g2.y * w.zw, 0.0, 0.0);
            f3 += vec4<f32>(g3.x * w.xy + g3.y * w.zw, 0.0, 0.0);
            at += LANES;
        }
    }
    workgroupBarrier();
    finish(row, lane, line, 0u, f0);
    finish(row + 1u, lane, line, 1u, f1);
    finish(row + 2u, lane, line, 2u, f2);
    finish(row + 3u, lane, line, 3u, f3);
    if NORMALIZED == 1u {
        workgroupBarrier();
        for (var index = lane; index < 4u; index += LANES) {
            var squares = 0.0;
            for (var other = 0u; other < LANES; other++) {
                squares += gates[own + index * LANES + other].x;
            }
            if row + index < p.rows {
                sums[p.new_scales + row + index] = inverseSqrt(squares / f32(CHANNELS) + EPSILON);
            }
        }
    }
    if p.window_history != 0u {
        keep_history(first, thread);
    }
}

// Writes what the layer has read at the last positions, which the next window looks back at.
fn keep_history(first: u32, thread: u32) {
    let kept = 2u * p.dilation;
    for (var i = thread; i < TILE * VECTORS; i += THREADS) {
        let row = first + i / VECTORS;
        let vector = i % VECTORS;
        if row >= p.rows {
            continue;
        }
        let window = row / p.window_rows;
        let position = (row / p.stride) % p.length;
        let place = row % p.stride;
        if position + kept >= p.length {
            let slot = position + kept - p.length;
            new_history[history_at(window, slot, place, vector)] = read_row(row, p.centre, vector);
        }
        for (var slot = position; slot + p.length < kept; slot += p.length) {
            new_history[history_at(window, slot, place, vector)] =
                history[history_at(window, slot + p.length, place, vector)];
        }
    }
}
