//! What is to be seen on the screen.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// Pixels in rows from the top, red, green and blue.
#[derive(Clone, PartialEq)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// From what X servers answer: four bytes a pixel.
    pub fn of_bgrx(width: usize, height: usize, bytes: &[u8]) -> Self {
        let pixels = bytes.chunks_exact(4).map(|pixel| [pixel[2], pixel[1], pixel[0]]);
        let pixels: Vec<[u8; 3]> = pixels.collect();
        assert_eq!(pixels.len(), width * height);
        Self { width, height, pixels }
    }

    /// How many pixels of the rectangle from `[x, y]` to `[right, bottom]` are of `colour`, or near it.
    pub fn count(&self, [x, y]: [usize; 2], [right, bottom]: [usize; 2], colour: [u8; 3]) -> usize {
        let rows = y..bottom.min(self.height);
        let pixels =
            rows.flat_map(|row| &self.pixels[row * self.width + x..row * self.width + right.min(self.width)]);
        let near = |pixel: &&[u8; 3]| pixel.iter().zip(colour).all(|(&one, other)| one.abs_diff(other) <= 8);
        pixels.filter(near).count()
    }

    /// Writes a PNG file.
    pub fn save(&self, path: &Path) {
        let file = BufWriter::new(File::create(path).expect("a file"));
        let mut encoder = png::Encoder::new(file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(self.pixels.as_flattened()).expect("an image");
    }
}
