//! Pictures of spectrograms.

use std::path::Path;

use crate::Result;
use crate::audio::write_whole;
use crate::mel::{Mel, colour};

/// Width of a frame and height of a band, in pixels.
const PIXELS: usize = 2;
/// Height of the line between two spectrograms, in pixels.
const GAP: usize = 4;

/// A picture in red, green and blue.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Picture {
    /// Pixels from left to right.
    pub width: usize,
    /// Pixels from top to bottom.
    pub height: usize,
    /// `[height][width][3]`.
    pub pixels: Vec<u8>,
}

impl Picture {
    /// Mel spectrograms one below the other, such as what was asked for and what came out, in one range of [`colour`]s for all,
    /// from their least to their largest value.
    ///
    /// # Panics
    /// Where none of the spectrograms has a frame.
    pub fn of_mels(mels: &[&Mel]) -> Self {
        let values = || mels.iter().flat_map(|mel| mel.as_frames()).copied().filter(|v| v.is_finite());
        let least = values().fold(f32::INFINITY, f32::min);
        let range = [least, values().fold(f32::NEG_INFINITY, f32::max)];
        Self::of_panels(&mels.iter().map(|mel| (*mel, range)).collect::<Vec<_>>())
    }

    /// Mel spectrograms one below the other, each with the range of its [`colour`]s: time from left to right, the lowest band at
    /// the bottom.
    ///
    /// # Panics
    /// Where none of the spectrograms has a frame.
    pub fn of_panels(panels: &[(&Mel, [f32; 2])]) -> Self {
        let width = panels.iter().map(|(mel, _)| mel.frames()).max().unwrap_or(0) * PIXELS;
        assert!(width > 0, "a picture needs at least one frame");
        let mut pixels = Vec::new();
        for (index, (mel, range)) in panels.iter().enumerate() {
            if index > 0 {
                pixels.resize(pixels.len() + 3 * width * GAP, 0xff);
            }
            for row in 0..mel.n_mels() * PIXELS {
                let band = mel.n_mels() - 1 - row / PIXELS;
                for column in 0..width {
                    let frame = column / PIXELS;
                    let value = if frame < mel.frames() { mel.frame(frame)[band] } else { f32::NAN };
                    pixels.extend(colour(value, *range));
                }
            }
        }
        Self { width, height: pixels.len() / (3 * width), pixels }
    }

    /// The picture as a PNG file.
    pub fn png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().expect("memory takes everything");
        writer.write_image_data(&self.pixels).expect("the pixels are as many as the header says");
        writer.finish().expect("memory takes everything");
        bytes
    }

    /// Writes the picture as a PNG file, whole or not at all.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let png = self.png();
        write_whole(path, |file| file.write_all(&png))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mel(n_mels: usize, frames: usize, value: impl Fn(usize, usize) -> f32) -> Mel {
        let values = (0..frames * n_mels).map(|i| value(i / n_mels, i % n_mels)).collect();
        Mel::from_frames(n_mels, values)
    }

    fn pixel(picture: &Picture, x: usize, y: usize) -> [u8; 3] {
        picture.pixels[3 * (y * picture.width + x)..][..3].try_into().unwrap()
    }

    #[test]
    fn low_bands_are_at_the_bottom_and_loud_is_bright() {
        let picture = Picture::of_mels(&[&mel(8, 5, |_, band| if band == 0 { 1.0 } else { 0.0 })]);
        assert_eq!((picture.width, picture.height), (10, 16));
        assert_eq!(pixel(&picture, 0, 15), colour(1.0, [0.0, 1.0]));
        assert_eq!(pixel(&picture, 9, 0), colour(0.0, [0.0, 1.0]));
    }

    #[test]
    fn several_share_one_range_and_the_png_reads_back() {
        let (loud, soft) =
            (mel(4, 3, |_, _| 2.0), mel(4, 2, |frame, _| if frame == 0 { 1.0 } else { f32::NAN }));
        let picture = Picture::of_mels(&[&loud, &soft]);
        assert_eq!((picture.width, picture.height), (6, 8 + GAP + 8));
        assert_eq!([pixel(&picture, 0, 0), pixel(&picture, 0, 19)], [2.0, 1.0].map(|v| colour(v, [1.0, 2.0])));
        let missing = colour(f32::NAN, [1.0, 2.0]);
        assert_eq!([pixel(&picture, 2, 19), pixel(&picture, 5, 19)], [missing; 2]);
        let png = picture.png();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&png)).read_info().unwrap();
        let mut pixels = vec![0; picture.pixels.len()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width as usize, info.height as usize), (picture.width, picture.height));
        assert_eq!(pixels, picture.pixels);
    }

    #[test]
    fn a_flat_spectrogram_is_drawn() {
        assert_eq!(Picture::of_mels(&[&mel(2, 2, |_, _| 3.0)]).pixels[..3], colour(3.0, [3.0, 4.0]));
    }
}
