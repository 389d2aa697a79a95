//! What became of frames that were fed.

use std::sync::atomic::{AtomicU64, Ordering};

/// What became of the frames of a feed, since the stream was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FeedCounts {
    /// Taken, to be played.
    pub taken: u64,
    /// Dropped: their time was over.
    pub late: u64,
    /// Dropped: they were there already.
    pub duplicate: u64,
    /// Dropped: more were waiting than there is room for.
    pub overflowed: u64,
    /// Missing when their time came, while later ones were there: the frame before was repeated.
    pub lost: u64,
    /// Repetitions because nothing was there: at the end, or where the sender's clock is slower.
    pub repeated: u64,
    /// Left out, where the sender's clock is faster.
    pub skipped: u64,
    /// How often the sender began anew.
    pub restarts: u64,
}

/// The same, between threads.
#[derive(Default)]
pub(super) struct FeedCounters([AtomicU64; 8]);

impl FeedCounters {
    pub fn store(&self, counts: FeedCounts) {
        let FeedCounts { taken, late, duplicate, overflowed, lost, repeated, skipped, restarts } = counts;
        let counts = [taken, late, duplicate, overflowed, lost, repeated, skipped, restarts];
        self.0.iter().zip(counts).for_each(|(counter, count)| counter.store(count, Ordering::Relaxed));
    }

    pub fn load(&self) -> FeedCounts {
        let [taken, late, duplicate, overflowed, lost, repeated, skipped, restarts] =
            self.0.each_ref().map(|counter| counter.load(Ordering::Relaxed));
        FeedCounts { taken, late, duplicate, overflowed, lost, repeated, skipped, restarts }
    }
}
