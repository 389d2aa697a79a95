//! Real models at the work that devices are timed by, and the places that are chosen among.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use remel::checkpoint::Bundled;
use remel::choice::{Mode, Workload, places};
use remel::network::Backend;
#[cfg(feature = "gpu")]
use remel::stream::LatencyMode;

#[test]
fn a_model_renders_the_job_of_every_mode() {
    let model = Arc::new(Bundled::Small.model());
    for mode in Mode::ALL {
        let workload = Workload { model: model.clone(), mode, threads: 1 };
        let measured = workload.measure(&[Backend::Cpu], &AtomicBool::new(false)).unwrap().unwrap();
        assert!(measured.real_time_factor("CPU").is_some_and(|factor| factor > 0.0), "{mode:?}: {measured}");
    }
}

#[test]
fn models_without_mel_are_told_something_and_render() {
    for name in ["generator", "upsampler", "autoencoder", "conditional"] {
        let path = format!("assets/models/examples/{name}.safetensors");
        let model = Arc::new(remel::checkpoint::load(path.as_ref(), None).unwrap());
        let workload = Workload { model, mode: Mode::File, threads: 1 };
        let measured = workload.measure(&[Backend::Cpu], &AtomicBool::new(false)).unwrap().unwrap();
        assert!(measured.real_time_factor("CPU").is_some(), "{name}: {measured}");
    }
}

#[test]
fn software_vulkan_is_not_among_the_places() {
    let places = places();
    assert_eq!(places[0], Backend::Cpu);
    assert!(places[1..].iter().all(Backend::is_gpu), "{places:?}");
}

/// Software Vulkan is measured where it is asked for by name, as a GPU would be.
#[cfg(feature = "gpu")]
#[test]
fn a_device_of_vulkan_renders_a_job() {
    let Some(gpu) = crate::device::first_gpu("a_device_of_vulkan_renders_a_job") else { return };
    let path = "tests/fixtures/diffwave/lmnt_8x4x2/weights.pt";
    let model = Arc::new(remel::checkpoint::load(path.as_ref(), None).unwrap());
    // What the modes differ in is above, on the CPU.
    let workload = Workload { model, mode: Mode::Stream(LatencyMode::Live), threads: 1 };
    let places = [Backend::Cpu, gpu];
    let measured = workload.measure(&places, &AtomicBool::new(false)).unwrap().unwrap();
    for place in &places {
        assert!(measured.real_time_factor(&place.to_string()).is_some(), "{measured}");
    }
    assert!(places.contains(&measured.fastest_of(&places)));
}
