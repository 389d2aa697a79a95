//! The choice of a device by measurement, with two devices that are none: they take as long as they are told by a clock that
//! they turn themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use remel::choice::{Candidate, Clock, Job, Key, Measurement, Mode, Outcome, Store, file_measurement, measure};
use remel::render::{Context, Format, Render, Request, Window};
use remel::stream::LatencyMode;
use remel::{Error, Result};

/// Microseconds, which fakes add to.
#[derive(Clone, Default)]
struct FakeClock(Arc<AtomicU64>);

impl FakeClock {
    fn pass(&self, micros: u64) {
        self.0.fetch_add(micros, Ordering::Relaxed);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// What a fake does at its n-th call.
type Misdeed = fn(usize) -> Result<()>;

/// A device that takes so long, in microseconds, to open, for its first render, for every call, and for every frame.
#[derive(Clone, Copy)]
struct Device {
    name: &'static str,
    open: u64,
    first: u64,
    call: u64,
    frame: u64,
    misdeed: Misdeed,
}

/// A steady worker: the first frame costs what every frame costs.
const CPU: Device = Device { name: "CPU", open: 100, first: 0, call: 0, frame: 1_000, misdeed: |_| Ok(()) };
/// Every call costs ten milliseconds, and a frame next to nothing; it compiles for two seconds.
const GPU: Device =
    Device { name: "GPU", open: 500_000, first: 2_000_000, call: 10_000, frame: 10, misdeed: |_| Ok(()) };

struct Fake {
    device: Device,
    clock: FakeClock,
    calls: usize,
    /// The channel's next frame, as of the windows that have come.
    next: Option<(u64, u64)>,
}

/// A tenth of a second is ten frames.
const FORMAT: Format = Format {
    rate_hz: 10_000,
    hop: 100,
    n_mels: 3,
    context: Context { left_frames: 5, right_frames: 6, least_right_frames: 1, optional_right_frames: 3 },
    quantum_frames: None,
    side_by_side: 1,
    chunk_frames: 1,
    tail_samples: 0,
};

impl Render for Fake {
    fn format(&self) -> Format {
        // As ours: the CPU goes on from where a signal stood, a few frames at a time.
        Format { quantum_frames: (self.device.name == "CPU").then_some(4), ..FORMAT }
    }

    fn render(&mut self, windows: &[&Window], out: &mut [Vec<f32>]) -> Result<()> {
        let [window] = windows else { panic!("one window at a time") };
        assert_eq!(window.mel.n_mels(), FORMAT.n_mels);
        assert!(window.output.end <= window.mel.frames() && !window.output.is_empty());
        let start = window.first_frame + window.output.start as u64;
        match self.next {
            Some((signal, next)) if signal == window.signal => assert_eq!(start, next, "a gap in a signal"),
            _ => {}
        }
        self.next = Some((window.signal, start + window.output.len() as u64));
        (self.device.misdeed)(self.calls)?;
        let first = if self.calls == 0 { self.device.first } else { 0 };
        self.calls += 1;
        self.clock.pass(first + self.device.call + self.device.frame * window.output.len() as u64);
        out[0].clear();
        out[0].resize(window.output.len() * FORMAT.hop, 0.0);
        Ok(())
    }
}

/// What measuring `devices` in `mode` finds.
fn measured(devices: &[Device], mode: Mode) -> Measurement {
    let clock = FakeClock::default();
    let candidate = |device: &Device| {
        let (device, clock) = (*device, clock.clone());
        let open = move || {
            clock.pass(device.open);
            let fake = Fake { device, clock, calls: 0, next: None };
            Ok(Job::of_windows(Box::new(fake), mode, &Request::default()))
        };
        Candidate { place: device.name.to_owned(), open: Box::new(open) }
    };
    let candidates = devices.iter().map(candidate).collect();
    let timings = measure(candidates, &clock, &AtomicBool::new(false)).unwrap();
    Measurement { model: "fake".into(), key: key(mode), timings }
}

fn key(mode: Mode) -> Key {
    let plan = mode.plan(&FORMAT);
    Key {
        version: env!("CARGO_PKG_VERSION").into(),
        model: "{}".into(),
        mode: mode.name().into(),
        plan: [plan.chunk_frames, plan.left_frames, plan.right_frames],
        threads: 2,
        instruction_set: "avx2".into(),
        places: vec!["CPU".into(), "GPU".into()],
    }
}

const LIVE: Mode = Mode::Stream(LatencyMode::Live);
const STUDIO: Mode = Mode::Stream(LatencyMode::Studio);

#[test]
fn the_faster_device_is_chosen_for_each_mode() {
    // A chunk of one frame: 1 ms against 10. Of 16: 16 ms against 10.
    for devices in [[CPU, GPU], [GPU, CPU]] {
        assert_eq!(measured(&devices, LIVE).fastest(), "CPU");
        assert_eq!(measured(&devices, Mode::Stream(LatencyMode::Balanced)).fastest(), "CPU");
        assert_eq!(measured(&devices, STUDIO).fastest(), "GPU");
        assert_eq!(measured(&devices, Mode::File).fastest(), "GPU");
    }
    let slow_gpu = Device { frame: 5_000, ..GPU };
    let fast_gpu = Device { call: 100, ..GPU };
    for mode in Mode::ALL {
        assert_eq!(measured(&[CPU, slow_gpu], mode).fastest(), "CPU", "{mode:?}");
        assert_eq!(measured(&[CPU, fast_gpu], mode).fastest(), "GPU", "{mode:?}");
    }
}

#[test]
fn figures_are_those_of_the_mode_and_first_use_stands_apart() {
    let live = measured(&[CPU, GPU], LIVE);
    near(live.real_time_factor("CPU"), 0.1);
    near(live.real_time_factor("GPU"), 1.001);
    let studio = measured(&[CPU, GPU], STUDIO);
    near(studio.real_time_factor("CPU"), 0.1);
    near(studio.real_time_factor("GPU"), 0.0635);
    let Outcome::Rendered { first_use_s, .. } = studio.timings[1].outcome else { panic!("it renders") };
    near(Some(first_use_s), 2.51016);
}

#[track_caller]
fn near(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-9), "{found:?} is not {expected}");
}

#[test]
fn a_file_goes_where_it_is_done_first_with_the_first_use_in() {
    let measured = measured(&[CPU, GPU], Mode::File);
    // 0.1 of real time against 2.5 s and 0.005.
    assert_eq!(measured.fastest_for(20.0), "CPU");
    assert_eq!(measured.fastest_for(30.0), "GPU");
}

#[test]
fn a_tie_goes_to_the_cpu_wherever_it_stands() {
    let twin = Device { name: "GPU", ..CPU };
    for devices in [[CPU, twin], [twin, CPU]] {
        // Chunks of ten frames of the one are rendered four at a time: that changes nothing, as a call costs nothing.
        assert_eq!(measured(&devices, LIVE).fastest(), "CPU");
        assert_eq!(measured(&devices, Mode::File).fastest_for(10.0), "CPU");
    }
}

#[test]
fn a_device_that_fails_or_panics_is_not_chosen_and_says_why() {
    let fast = Device { call: 1, frame: 1, ..GPU };
    let lost = || Error::Device { device: "GPU".into(), reason: "lost".into() };
    let misdeeds: [(Misdeed, &str); 4] = [
        (|_| Err(Error::Device { device: "GPU".into(), reason: "lost".into() }), "GPU: lost"),
        (|call| if call > 2 { Err(Error::invalid("GPU", "memory", 1, 2)) } else { Ok(()) }, "GPU: memory"),
        (|_| panic!("no\nshader"), "no shader"),
        (|call| if call == 1 { panic!("out of memory") } else { Ok(()) }, "out of memory"),
    ];
    for (misdeed, said) in misdeeds {
        let measured = measured(&[CPU, Device { misdeed, ..fast }], STUDIO);
        assert_eq!(measured.fastest(), "CPU");
        let Outcome::Failed(reason) = &measured.timings[1].outcome else { panic!("{measured}") };
        assert!(reason.contains(said), "{reason}");
        assert!(measured.to_string().contains(said), "{measured}");
    }
    // Where nothing renders, the CPU is what remains.
    let none = |name| Device { name, misdeed: |_| Err(Error::invalid("a", "b", 1, 2)), ..CPU };
    assert_eq!(measured(&[none("CPU"), none("GPU")], LIVE).fastest(), "CPU");
    // One that does not open at all.
    let open = Box::new(move || Err(lost()));
    let candidate = Candidate { place: "GPU".into(), open };
    let timings = measure(vec![candidate], &FakeClock::default(), &AtomicBool::new(false)).unwrap();
    assert_eq!(timings[0].outcome, Outcome::Failed("GPU: lost".into()));
}

#[test]
fn a_measurement_that_is_no_longer_wanted_ends_between_two_renders() {
    let (clock, stop) = (FakeClock::default(), Arc::new(AtomicBool::new(false)));
    let renders = Arc::new(AtomicU64::new(0));
    let candidate = |place: &str| {
        let (stop, renders) = (stop.clone(), renders.clone());
        let render = move || {
            renders.fetch_add(1, Ordering::Relaxed);
            stop.store(true, Ordering::Relaxed);
            Ok(())
        };
        let open = move || Ok(Job { seconds: 1.0, render: Box::new(render) });
        Candidate { place: place.into(), open: Box::new(open) }
    };
    assert_eq!(measure(vec![candidate("CPU"), candidate("GPU")], &clock, &stop), None);
    assert_eq!(renders.load(Ordering::Relaxed), 1);
}

#[test]
fn only_a_long_render_is_measured_and_only_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::at(folder.path());
    let found = || Ok(Some(measured(&[CPU, GPU], Mode::File)));
    let never = || panic!("measured");
    let key = key(Mode::File);
    let decide = |least_s| file_measurement(&key, least_s, &store, never).unwrap();
    assert_eq!(decide(4.9), (None, None));
    let (measurement, unkept) = file_measurement(&key, 5.1, &store, found).unwrap();
    assert_eq!(measurement.as_ref().map(Measurement::fastest), Some("GPU"));
    assert_eq!(unkept, None);
    // What is kept is there for short ones too.
    for least_s in [0.0, 4.9, 5.1] {
        assert_eq!(decide(least_s), (measurement.clone(), None));
    }
    // Where it cannot be kept, it is as good, and that is said.
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let (measurement, unkept) = file_measurement(&key, 5.1, &Store::at(&file), found).unwrap();
    assert!(measurement.is_some() && unkept.is_some_and(|reason| reason.contains("file")));
}
