//! The streaming mel analysis never touches the heap once it is made: a global allocator counts.

mod heap;

use remel::mel::{Dialect, MelStream};

#[test]
fn pushing_and_resetting_never_touch_the_heap() {
    let block: Vec<f32> = (0..1000).map(|n| (n as f32 * 0.1).sin()).collect();
    for &name in Dialect::names() {
        let mut stream = MelStream::new(&Dialect::named(name).unwrap()).unwrap();
        let (mut frames, mut sum) = (0, 0.0);
        let calls = heap::calls_in(|| {
            for length in [1, 7, 64, 1000].into_iter().cycle().take(40) {
                stream.push(&block[..length], |frame| {
                    frames += 1;
                    sum += frame[0];
                });
            }
            stream.reset();
        });
        assert_eq!(calls, 0, "{name}");
        assert!(frames > 10 && sum != 0.0, "{name}: {frames} frames");
    }
}
