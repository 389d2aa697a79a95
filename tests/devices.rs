//! Listing devices opens none. Alone in its file, because it counts the threads of its process.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use remel::choice;
use remel::network::Backend;

/// The names of this process's threads, each by its number.
fn threads() -> BTreeMap<String, String> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().map(|task| task.unwrap().path());
    // A thread may end while it is read.
    tasks
        .filter_map(|task| Some((task.display().to_string(), std::fs::read_to_string(task.join("comm")).ok()?)))
        .collect()
}

#[test]
fn listing_leaves_no_thread() {
    let before = threads();
    let (all, places) = (Backend::all(), choice::places());
    assert!(places.iter().all(|place| all.contains(place)), "{places:?}");
    assert!(places.iter().all(|place| place.is_gpu() || *place == Backend::Cpu), "{places:?}");
    // Threads that a driver has ended may take a moment to go.
    let until = Instant::now() + Duration::from_secs(5);
    loop {
        let mut left = threads();
        left.retain(|task, _| !before.contains_key(task));
        if left.is_empty() {
            break;
        }
        assert!(Instant::now() < until, "{left:?} are left of listing {all:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
