//! Speed of the CPU engine: `cargo bench --features burn --bench kernel`, optionally with `-- --set avx2 --threads 1`.
//!
//! Prints GFLOP/s of one residual layer and of the whole network and their share of this machine's own peak; then how
//! long DiffWave takes for a second of audio, offline and in the plugin's latency modes, beside burn on the same CPU.

mod bandwave;
#[path = "../../tests/live/mod.rs"]
mod live;
mod models;
mod peak;
#[path = "../../tests/random/mod.rs"]
mod random;
mod real_time;
mod registers;
mod throughput;
#[path = "../../tests/weights/mod.rs"]
mod weights;

use std::time::Instant;

use remel::kernel::InstructionSet;

/// What to measure.
struct Choice {
    set: Option<InstructionSet>,
    threads: Vec<usize>,
    channels: Vec<usize>,
}

fn main() {
    let number = |name: &str| argument(name).map(|text| text.parse().expect("a number"));
    let choice = Choice {
        set: argument("--set").map(|name| name.parse().expect("--set takes an instruction set")),
        threads: number("--threads").map_or(vec![1, 2], |threads| vec![threads]),
        channels: number("--channels").map_or(vec![32, 64, 128], |channels| vec![channels]),
    };
    bandwave::print(&choice);
    println!();
    throughput::print(&choice);
    println!();
    real_time::print(&choice);
}

/// The least time of several calls, in seconds, after one that warms up: other processes make a run slower, nothing
/// makes it faster.
fn best<T>(repetitions: usize, mut call: impl FnMut() -> T) -> f64 {
    call();
    let timed = (0..repetitions).map(|_| {
        let start = Instant::now();
        call();
        start.elapsed()
    });
    timed.min().unwrap_or_default().as_secs_f64()
}

/// The value after an argument of this name.
fn argument(name: &str) -> Option<String> {
    let mut arguments = std::env::args();
    arguments.find(|argument| argument == name)?;
    arguments.next()
}
