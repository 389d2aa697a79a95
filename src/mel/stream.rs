//! Mel frames of a signal that arrives piece by piece, on the audio thread.

use super::Dialect;
use super::analysis::Analysis;
use crate::Result;
use crate::audio::Ring;

/// Turns a stream of samples into mel frames as soon as each is complete.
///
/// Frame `i` is frame `i` of [`super::mel_of`], wherever its window lies inside the file; before the first sample
/// there is silence (a file is reflected there). The frames do not depend on how the signal is cut into pushes.
///
/// ```
/// use remel::mel::{Dialect, MelStream};
///
/// let dialect = Dialect::named("bigvgan2-44k")?;
/// let mut stream = MelStream::new(&dialect)?;
/// let mut frames = 0;
/// for block in vec![0.0; 44_100].chunks(64) {
///     stream.push(block, |frame| frames += usize::from(frame.len() == dialect.n_mels));
/// }
/// assert_eq!(frames, 1 + (44_100 - stream.look_ahead_samples()) / dialect.hop);
/// # Ok::<(), remel::Error>(())
/// ```
pub struct MelStream {
    analysis: Analysis,
    /// The latest `win` samples at least, sample `p` at position `p + win`: before the first there is silence.
    ring: Ring,
    /// The position of the next sample.
    next: u64,
    win: usize,
    hop: usize,
    look_ahead_samples: usize,
    /// Samples that are missing for the next frame, at least 1.
    missing: usize,
}

impl MelStream {
    /// A stream of `dialect`'s frames. Allocates all that it will need.
    ///
    /// # Errors
    /// What [`Dialect::validate`] finds.
    pub fn new(dialect: &Dialect) -> Result<Self> {
        let analysis = Analysis::new(dialect)?;
        let look_ahead_samples = dialect.look_ahead_samples();
        Ok(Self {
            analysis,
            ring: Ring::new(dialect.win, 1),
            next: dialect.win as u64,
            win: dialect.win,
            hop: dialect.hop,
            look_ahead_samples,
            missing: look_ahead_samples,
        })
    }

    /// The samples that frame `i` needs beyond position `i · hop`: it is emitted by the push that brings the
    /// number of samples since the reset to `i · hop + look_ahead_samples`.
    pub fn look_ahead_samples(&self) -> usize {
        self.look_ahead_samples
    }

    /// Takes `samples`, at the dialect's rate, and hands every frame that they complete, `[n_mels]`, to `emit`, in
    /// order from frame 0. A sample that is not finite counts as silence. Real-time: no lock, no allocation.
    pub fn push(&mut self, mut samples: &[f32], mut emit: impl FnMut(&[f32])) {
        while !samples.is_empty() {
            let (now, later) = samples.split_at(self.missing.min(samples.len()));
            self.store(now);
            self.missing -= now.len();
            if self.missing == 0 {
                let [older, newer] = self.ring.stretches(self.next - self.win as u64, self.win);
                emit(self.analysis.frame(older, newer));
                self.missing = self.hop;
            }
            samples = later;
        }
    }

    /// Forgets every sample: the next one is sample 0, as in a new stream. Real-time.
    pub fn reset(&mut self) {
        self.ring.clear();
        self.next = self.win as u64;
        self.missing = self.look_ahead_samples;
    }

    fn store(&mut self, samples: &[f32]) {
        for &sample in samples {
            self.ring.row_mut(self.next)[0] = if sample.is_finite() { sample } else { 0.0 };
            self.next += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::mel_of;
    use super::*;
    use crate::random::numbers;

    fn noise(length: usize) -> Vec<f32> {
        numbers(1, length)
    }

    fn frames(stream: &mut MelStream, samples: &[f32]) -> Vec<Vec<f32>> {
        let mut frames = Vec::new();
        stream.push(samples, |frame| frames.push(frame.to_vec()));
        frames
    }

    #[test]
    fn interior_frames_equal_the_whole_files_bit_for_bit() {
        let samples = noise(12_000);
        for &name in Dialect::names() {
            let dialect = Dialect::named(name).unwrap();
            let whole = mel_of(&samples, &dialect).unwrap();
            let stream = frames(&mut MelStream::new(&dialect).unwrap(), &samples);
            let first = dialect.lead_samples().div_ceil(dialect.hop);
            assert!(first < stream.len() && stream.len() <= whole.frames());
            for (index, frame) in stream.iter().enumerate().skip(first) {
                assert_eq!(frame, whole.frame(index), "{name}, frame {index}");
            }
        }
    }

    #[test]
    fn before_the_first_sample_there_is_silence() {
        for &name in Dialect::names() {
            let dialect = Dialect::named(name).unwrap();
            // A whole number of hops of silence in front shifts the frames, and keeps the file's edge away.
            let hops = dialect.n_fft.div_ceil(dialect.hop);
            let mut padded = vec![0.0; hops * dialect.hop];
            padded.extend(noise(6000));
            let whole = mel_of(&padded, &dialect).unwrap();
            for (index, frame) in
                frames(&mut MelStream::new(&dialect).unwrap(), &noise(6000)).iter().enumerate()
            {
                assert_eq!(frame, whole.frame(hops + index), "{name}, frame {index}");
            }
        }
    }

    #[test]
    fn a_frame_comes_with_the_very_sample_that_look_ahead_names() {
        for &name in Dialect::names() {
            let dialect = Dialect::named(name).unwrap();
            let mut stream = MelStream::new(&dialect).unwrap();
            let mut emitted_at = Vec::new();
            for pushed in 1..=4000 {
                stream.push(&[0.1], |_| emitted_at.push(pushed));
            }
            for (index, &at) in emitted_at.iter().enumerate() {
                assert_eq!(at, index * dialect.hop + stream.look_ahead_samples(), "{name}");
            }
            assert_eq!(emitted_at.len(), 1 + (4000 - stream.look_ahead_samples()) / dialect.hop);
        }
    }

    #[test]
    fn a_short_window_looks_no_further_than_it_reaches() {
        let look_ahead =
            |name: &str| MelStream::new(&Dialect::named(name).unwrap()).unwrap().look_ahead_samples();
        assert_eq!(look_ahead("lmnt-diffwave"), 512);
        assert_eq!(look_ahead("lmnt-wavegrad"), 600);
        assert_eq!(look_ahead("hifigan"), 640);
    }

    #[test]
    fn nothing_pushed_emits_nothing() {
        let mut stream = MelStream::new(&Dialect::named("hifigan").unwrap()).unwrap();
        assert!(frames(&mut stream, &[]).is_empty());
        assert!(frames(&mut stream, &[0.5; 639]).is_empty());
        assert_eq!(frames(&mut stream, &[0.5]).len(), 1);
    }

    #[test]
    fn reset_equals_new() {
        let dialect = Dialect::named("lmnt-wavegrad").unwrap();
        let mut stream = MelStream::new(&dialect).unwrap();
        let fresh = frames(&mut stream, &noise(5000));
        for stop in [1, 599, 600, 777, 5000] {
            stream.reset();
            frames(&mut stream, &vec![0.9; stop]);
            stream.reset();
            assert_eq!(frames(&mut stream, &noise(5000)), fresh);
        }
    }

    #[test]
    fn a_sample_that_is_not_finite_counts_as_silence() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let dialect = Dialect::named("bigvgan-24k").unwrap();
            let (mut with_bad, mut with_zero) = (noise(4000), noise(4000));
            (with_bad[2000], with_zero[2000]) = (bad, 0.0);
            let of = |samples: &[f32]| frames(&mut MelStream::new(&dialect).unwrap(), samples);
            assert_eq!(of(&with_bad), of(&with_zero));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn frames_do_not_depend_on_the_partition(
            name in prop::sample::select(Dialect::names()),
            cuts in prop::collection::vec(0usize..3000, 0..40),
        ) {
            let dialect = Dialect::named(name).unwrap();
            let samples = noise(8000);
            let at_once = frames(&mut MelStream::new(&dialect).unwrap(), &samples);
            let mut stream = MelStream::new(&dialect).unwrap();
            let (mut in_pieces, mut rest) = (Vec::new(), &samples[..]);
            for cut in cuts {
                let (piece, later) = rest.split_at(cut.min(rest.len()));
                in_pieces.extend(frames(&mut stream, piece));
                rest = later;
            }
            in_pieces.extend(frames(&mut stream, rest));
            prop_assert_eq!(in_pieces, at_once);
        }
    }
}
