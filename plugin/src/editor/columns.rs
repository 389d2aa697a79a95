//! The levels of the last few seconds, and the pixels that they are.

use egui::{Color32, ColorImage};
use remel::mel::{self, Dialect};

/// Frames in sight.
pub const FRAMES: usize = 400;
/// How far below the loudest band in sight the picture turns dark.
pub const RANGE_DB: f32 = 72.0;
/// The colours' range moves by so much at once, so that it seldom does.
const STRIDE_DB: f32 = 12.0;
/// The highest level that digital silence can have, whatever its dialect makes of it.
const HIGHEST_SILENCE_DB: f32 = -60.0;

/// A ring of frames.
pub struct Columns {
    n_mels: usize,
    /// Levels in dB, `[FRAMES, n_mels]`; frame `f` is in row `f % FRAMES`.
    levels_db: Vec<f32>,
    /// The loudest band of each frame.
    loudest_db: Vec<f32>,
    /// How many frames there have been, and how many of them have been handed out as pixels.
    written: usize,
    drawn: usize,
    /// The level of digital silence: always dark.
    silence_db: f32,
    brightest_db: f32,
    recoloured: bool,
}

impl Columns {
    /// Nothing yet, of frames with `n_mels` bands.
    pub fn new(n_mels: usize) -> Self {
        Self {
            n_mels,
            levels_db: vec![f32::NEG_INFINITY; FRAMES * n_mels],
            loudest_db: vec![f32::NEG_INFINITY; FRAMES],
            written: 0,
            drawn: 0,
            silence_db: HIGHEST_SILENCE_DB,
            brightest_db: HIGHEST_SILENCE_DB + RANGE_DB,
            recoloured: true,
        }
    }

    /// Appends a frame of `dialect`, `[n_mels]`, low bands first.
    pub fn push(&mut self, dialect: &Dialect, frame: &[f32]) {
        self.silence_db = level_db(dialect, dialect.silence()).min(HIGHEST_SILENCE_DB);
        let row = self.written % FRAMES;
        let levels = &mut self.levels_db[row * self.n_mels..(row + 1) * self.n_mels];
        for (level, &band) in levels.iter_mut().zip(frame) {
            *level = level_db(dialect, band);
        }
        self.loudest_db[row] = levels.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        self.written += 1;
        self.follow();
    }

    /// Moves the range of colours to where the loudest band in sight is. It falls only by two strides or more.
    fn follow(&mut self) {
        let least = self.silence_db + RANGE_DB;
        let loudest = self.loudest_db.iter().copied().fold(least, f32::max);
        let wanted = least + ((loudest - least) / STRIDE_DB).ceil() * STRIDE_DB;
        if wanted > self.brightest_db || wanted <= self.brightest_db - 2.0 * STRIDE_DB {
            self.recoloured |= wanted != self.brightest_db;
            self.brightest_db = wanted;
        }
    }

    /// The levels that are darkest and brightest.
    pub fn range_db(&self) -> [f32; 2] {
        [self.brightest_db - RANGE_DB, self.brightest_db]
    }

    /// The level of a band, `ago` frames before the newest.
    pub fn level_db(&self, ago: usize, band: usize) -> Option<f32> {
        let frame = self.written.checked_sub(1 + ago).filter(|_| ago < FRAMES)?;
        self.levels_db.get(frame % FRAMES * self.n_mels + band).copied().filter(|level| level.is_finite())
    }

    /// The column where the next frame goes.
    pub fn next(&self) -> usize {
        self.written % FRAMES
    }

    /// Whether all pixels have to be made anew.
    pub fn is_recoloured(&self) -> bool {
        self.recoloured || self.written - self.drawn >= FRAMES
    }

    /// All pixels, `FRAMES` wide, low bands at the bottom.
    pub fn take_all(&mut self) -> ColorImage {
        (self.drawn, self.recoloured) = (self.written, false);
        self.pixels(0, FRAMES)
    }

    /// The pixels of frames that have come since the last call, from a column on.
    pub fn take_new(&mut self) -> Vec<(usize, ColorImage)> {
        let (from, count) = (self.drawn % FRAMES, self.written - self.drawn);
        self.drawn = self.written;
        let first = count.min(FRAMES - from);
        let parts = [(from, first), (0, count - first)];
        parts
            .into_iter()
            .filter(|part| part.1 > 0)
            .map(|(from, count)| (from, self.pixels(from, count)))
            .collect()
    }

    fn pixels(&self, from: usize, count: usize) -> ColorImage {
        let mut pixels = Vec::with_capacity(count * self.n_mels);
        for band in (0..self.n_mels).rev() {
            let row = (from..from + count).map(|frame| self.levels_db[frame * self.n_mels + band]);
            pixels.extend(row.map(|level| colour(level, self.range_db())));
        }
        ColorImage::new([count, self.n_mels], pixels)
    }
}

/// The level of a compressed band of `dialect`.
fn level_db(dialect: &Dialect, band: f32) -> f32 {
    20.0 * dialect.magnitude(band).max(1e-6).log10()
}

/// The colour of a level; what has not been is as dark as silence.
pub fn colour(level_db: f32, range_db: [f32; 2]) -> Color32 {
    let [red, green, blue] = mel::colour(level_db.max(range_db[0]), range_db);
    Color32::from_rgb(red, green, blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialect() -> Dialect {
        Dialect::named("tacotron2").expect("a published dialect")
    }

    #[test]
    fn low_bands_are_at_the_bottom_and_new_frames_go_round() {
        let (dialect, mut columns) = (dialect(), Columns::new(2));
        let dark = colour(0.0, [0.0, 1.0]);
        for _ in 0..2 * FRAMES {
            columns.push(&dialect, &[dialect.silence(); 2]);
        }
        assert!(columns.take_all().pixels.iter().all(|&pixel| pixel == dark));
        columns.push(&dialect, &[0.0, dialect.silence()]);
        assert_eq!(columns.next(), 1);
        assert_eq!((columns.level_db(0, 0), columns.level_db(FRAMES, 0)), (Some(0.0), None));
        // Louder than all before: the colours move once, and then no more.
        assert!(columns.is_recoloured());
        let all = columns.take_all();
        assert_eq!(all.size, [FRAMES, 2]);
        assert!(all.pixels[0] == dark && all.pixels[FRAMES] != dark && all.pixels[FRAMES + 1] == dark);
        assert!(!columns.is_recoloured());
    }

    #[test]
    fn only_what_is_new_is_made_into_pixels() {
        let (dialect, mut columns) = (dialect(), Columns::new(80));
        for _ in 0..FRAMES - 1 {
            columns.push(&dialect, &[dialect.silence(); 80]);
        }
        columns.take_all();
        assert!(columns.take_new().is_empty());
        for _ in 0..3 {
            columns.push(&dialect, &[dialect.silence(); 80]);
        }
        assert!(!columns.is_recoloured());
        let places: Vec<(usize, [usize; 2])> =
            columns.take_new().into_iter().map(|(column, image)| (column, image.size)).collect();
        assert_eq!(places, [(FRAMES - 1, [1, 80]), (0, [2, 80])]);
    }
}
