//! BandWave: GFLOP/s of the network and its share of real time in four steps, offline and a frame at a time; their shares of
//! what this machine's products of matrices reach, and of what the instruction set's products reach without memory.

use remel::checkpoint::Bundled;
use remel::diffusion::{CausalDenoiser, Denoiser};
use remel::kernel::InstructionSet;
use remel::mel::Mel;
use remel::model::Model;
use remel::network::bandwave::cpu::BandWaveCpu;

use super::random::numbers;
use super::{Choice, best, peak, registers};

/// Frames of an offline render, and how many are rendered one by one.
const FRAMES: usize = 96;
/// The angles of four steps, as shares of a right one.
const STEPS: [f32; 4] = [1.0, 0.75, 0.5, 0.25];
const REPETITIONS: usize = 4;

pub fn print(choice: &Choice) {
    println!(
        "BandWave in four steps: GFLOP/s of its products (shares of the machine's peak and the set's), and share of real time"
    );
    println!(
        "{:>8} {:>8} {:>7} | {:>8} {:>8} | {:>39} | {:>39}",
        "model", "set", "threads", "peak", "set's", "offline", "chunks of one frame"
    );
    let sets: Vec<_> = choice.set.map_or(InstructionSet::available().collect(), |set| vec![set]);
    for &threads in &choice.threads {
        for bundled in [Bundled::Small, Bundled::Large] {
            let model = bundled.model();
            for &set in &sets {
                let peaks = [Some(peak::measure(threads)), registers::measure(set, threads)];
                let [offline, single] =
                    measure(&model, set, threads).map(|seconds| speed(&model, seconds, peaks));
                let (name, set) = (bundled.name(), set.to_string());
                let [peak, own] =
                    peaks.map(|peak| peak.map_or("-".into(), |peak| format!("{:.1}", peak / 1e9)));
                println!("{name:>8} {set:>8} {threads:7} | {peak:>8} {own:>8} | {offline:>39} | {single:>39}");
            }
        }
    }
}

/// What a render of [`FRAMES`] frames in so many `seconds` means.
fn speed(model: &Model, seconds: f64, peaks: [Option<f64>; 2]) -> String {
    let (network, rate_hz) = (&model.header().network, f64::from(model.header().rate_hz));
    let flops = network.operations() * (FRAMES * STEPS.len()) as f64 / seconds;
    let audio_seconds = (FRAMES * network.layout().hop) as f64 / rate_hz;
    let [share, own] = peaks.map(|peak| peak.map_or("-".into(), |peak| format!("{:.0}", flops / peak * 100.0)));
    let factor = seconds / audio_seconds;
    format!("{:6.1} ({share:>3} %, {own:>3} %), {factor:6.4} of real time", flops / 1e9)
}

/// Seconds that [`FRAMES`] frames take, offline and one by one.
fn measure(model: &Model, set: InstructionSet, threads: usize) -> [f64; 2] {
    let network = model.header().network.bandwave("bench").expect("BandWave");
    let dialect = model.dialect().expect("mel frames");
    let mut denoiser = BandWaveCpu::with_instruction_set(network, model.weights(), dialect, threads, set)
        .expect("a machine with the set");
    let mel = numbers(1, dialect.n_mels * FRAMES).iter().map(|value| 3.0 * value - 5.0).collect();
    let mel = Mel::from_frames(dialect.n_mels, mel);
    let frame_values = network.frame_values();
    let (x, mut x0) = (numbers(2, FRAMES * frame_values), vec![0.0; FRAMES * frame_values]);
    let angle = |share: f32| share * std::f32::consts::FRAC_PI_2;
    let offline = best(REPETITIONS, || {
        denoiser.condition(&[&mel], x.len()).expect("a fitting batch");
        STEPS.iter().for_each(|share| denoiser.predict(&x, angle(*share), &mut x0).expect("a fitting batch"));
    });
    let mut histories = vec![denoiser.new_history(); STEPS.len()];
    let single = best(REPETITIONS, || {
        for (frame, x) in x.chunks_exact(frame_values).enumerate() {
            let frames = mel.slice(frame.saturating_sub(1)..(frame + 5).min(FRAMES));
            let skip = frame.min(1) * frame_values;
            denoiser.condition_after(&[&frames], skip, frame_values).expect("a fitting batch");
            let x0 = &mut x0[..frame_values];
            for (share, history) in STEPS.iter().zip(&mut histories) {
                denoiser.predict_after(x, angle(*share), x0, &mut [history]).expect("a fitting batch");
            }
        }
    });
    [offline, single]
}
