//! A mel spectrogram that scrolls.

use super::theme;
use egui::{Color32, ColorImage, Rect, TextureHandle, TextureOptions, Ui};
use remel::mel::{self, Dialect};
use std::collections::VecDeque;

/// Frames in sight.
const FRAMES: usize = 400;
/// How far below the loudest band in sight the picture turns dark.
const RANGE_DB: f32 = 72.0;
/// The highest level that digital silence can have, whatever its dialect makes of it.
const HIGHEST_SILENCE_DB: f32 = -60.0;

/// The last few seconds of one signal.
pub struct Spectrogram {
    title: &'static str,
    /// Levels in dB, newest frame last; all of the same bands.
    frames: VecDeque<Vec<f32>>,
    /// The level of digital silence: always dark.
    silence_db: f32,
    texture: Option<TextureHandle>,
    changed: bool,
}

impl Spectrogram {
    /// An empty picture.
    pub fn new(title: &'static str) -> Self {
        Self {
            title,
            frames: VecDeque::with_capacity(FRAMES),
            silence_db: HIGHEST_SILENCE_DB,
            texture: None,
            changed: true,
        }
    }

    /// Appends a frame of `dialect`, `[n_mels]`, low bands first. Frames of other bands are forgotten.
    pub fn push(&mut self, dialect: &Dialect, frame: &[f32]) {
        let mut levels = match self.frames.pop_front() {
            Some(oldest) if oldest.len() != frame.len() => {
                self.frames.clear();
                oldest
            }
            Some(oldest) if self.frames.len() + 1 == FRAMES => oldest,
            Some(oldest) => {
                self.frames.push_front(oldest);
                Vec::new()
            }
            None => Vec::new(),
        };
        levels.clear();
        levels.extend(frame.iter().map(|&band| level_db(dialect, band)));
        self.silence_db = level_db(dialect, dialect.silence()).min(HIGHEST_SILENCE_DB);
        self.frames.push_back(levels);
        self.changed = true;
    }

    /// Forgets the texture, which lives as long as one window.
    pub fn close(&mut self) {
        self.texture = None;
        self.changed = true;
    }

    /// Draws the picture into `rect`.
    pub fn show(&mut self, ui: &Ui, rect: Rect) {
        let painter = ui.painter_at(rect);
        if self.changed || self.texture.is_none() {
            let image = self.image();
            match &mut self.texture {
                Some(texture) => texture.set(image, TextureOptions::LINEAR),
                None => self.texture = Some(ui.ctx().load_texture(self.title, image, TextureOptions::LINEAR)),
            }
            self.changed = false;
        }
        if let Some(texture) = &self.texture {
            let whole = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
            painter.image(texture.id(), rect, whole, Color32::WHITE);
        }
        let stroke = egui::Stroke::new(1.0, theme::EDGE);
        painter.rect_stroke(rect, 4.0, stroke, egui::StrokeKind::Inside);
        let corner = rect.left_top() + egui::vec2(10.0, 8.0);
        let font = egui::FontId::proportional(11.0);
        painter.text(corner, egui::Align2::LEFT_TOP, self.title, font, theme::TEXT);
    }

    /// Time from left to right, `FRAMES` wide, the newest frame at the right; bands from bottom to top.
    fn image(&self) -> ColorImage {
        let n_mels = self.frames.back().map_or(1, Vec::len);
        let least = self.silence_db + RANGE_DB;
        let loudest = self.frames.iter().flatten().copied().fold(least, f32::max);
        let range = [loudest - RANGE_DB, loudest];
        let empty = FRAMES - self.frames.len();
        let mut pixels = Vec::with_capacity(FRAMES * n_mels);
        for band in (0..n_mels).rev() {
            pixels.extend(std::iter::repeat_n(colour(range[0], range), empty));
            pixels.extend(self.frames.iter().map(|frame| colour(frame[band], range)));
        }
        ColorImage::new([FRAMES, n_mels], pixels)
    }
}

/// The level of a compressed band of `dialect`.
fn level_db(dialect: &Dialect, band: f32) -> f32 {
    20.0 * dialect.magnitude(band).max(1e-6).log10()
}

fn colour(level_db: f32, range_db: [f32; 2]) -> Color32 {
    let [red, green, blue] = mel::colour(level_db, range_db);
    Color32::from_rgb(red, green, blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_frame_is_at_the_right_and_low_bands_at_the_bottom() {
        let dialect = Dialect::named("tacotron2").expect("a published dialect");
        let (dark, bright) = (colour(0.0, [0.0, 1.0]), colour(1.0, [0.0, 1.0]));
        let mut picture = Spectrogram::new("");
        for _ in 0..2 * FRAMES {
            picture.push(&dialect, &[dialect.silence(); 2]);
        }
        assert!(picture.image().pixels.iter().all(|&pixel| pixel == dark));
        picture.push(&dialect, &[0.0, dialect.silence()]);
        let image = picture.image();
        assert_eq!(image.size, [FRAMES, 2]);
        let (top, bottom) = (image.pixels[FRAMES - 1], image.pixels[2 * FRAMES - 1]);
        assert_eq!((top, bottom), (dark, bright));
        assert_eq!(image.pixels[FRAMES], dark);
    }

    #[test]
    fn another_number_of_bands_starts_the_picture_anew() {
        let dialect = Dialect::named("tacotron2").expect("a published dialect");
        let mut picture = Spectrogram::new("");
        picture.push(&dialect, &[0.0; 80]);
        picture.push(&dialect, &[0.0; 100]);
        assert_eq!((picture.frames.len(), picture.image().size), (1, [FRAMES, 100]));
    }
}
