//! What is to be seen on the screen.

use color_quant::NeuQuant;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// Colours in a file.
const COLOURS: usize = 96;

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

    /// Writes a PNG file, with as few colours as look like all of them.
    pub fn save(&self, path: &Path) {
        let rgba: Vec<u8> = self.pixels.iter().flat_map(|&[red, green, blue]| [red, green, blue, 255]).collect();
        let palette = NeuQuant::new(3, COLOURS, &rgba);
        let indices: Vec<u8> = rgba.chunks_exact(4).map(|pixel| palette.index_of(pixel) as u8).collect();
        let file = BufWriter::new(File::create(path).expect("a file"));
        let mut encoder = png::Encoder::new(file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_palette(palette.color_map_rgb());
        encoder.set_compression(png::Compression::High);
        encoder.set_filter(png::Filter::NoFilter);
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(&indices).expect("an image");
    }
}
