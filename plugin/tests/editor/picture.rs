//! What is to be seen on the screen.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// Colours of flat areas, and others, in a file: 256 at most.
const FLATS: usize = 48;
const COLOURS: usize = 40;
/// So many pixels make a flat area.
const FLAT: usize = 24;
/// Parts of colours that are this near are one.
const GRAIN: u8 = 22;

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
        let palette = self.palette();
        let mut known: HashMap<[u8; 3], u8> = HashMap::new();
        let nearest = |pixel: [u8; 3]| {
            let far = |colour: &[u8; 3]| {
                (0..3).map(|at| u32::from(colour[at].abs_diff(pixel[at])).pow(2)).sum::<u32>()
            };
            (0..palette.len()).min_by_key(|&index| far(&palette[index])).unwrap_or(0) as u8
        };
        let indices: Vec<u8> =
            self.pixels.iter().map(|&pixel| *known.entry(pixel).or_insert_with(|| nearest(pixel))).collect();
        let file = BufWriter::new(File::create(path).expect("a file"));
        let mut encoder = png::Encoder::new(file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_palette(palette.as_flattened());
        encoder.set_compression(png::Compression::High);
        encoder.set_filter(png::Filter::NoFilter);
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(&indices).expect("an image");
    }

    /// The colours of flat areas, however small, and of the others those that most pixels have.
    fn palette(&self) -> Vec<[u8; 3]> {
        let mut flat: HashMap<[u8; 3], usize> = HashMap::new();
        let mut groups: HashMap<[u8; 3], HashMap<[u8; 3], usize>> = HashMap::new();
        for (at, &pixel) in self.pixels.iter().enumerate() {
            let near = [at + 1, at + self.width].map(|near| self.pixels.get(near));
            if near == [Some(&pixel); 2] {
                *flat.entry(pixel).or_default() += 1;
            }
            *groups.entry(pixel.map(|part| part / GRAIN)).or_default().entry(pixel).or_default() += 1;
        }
        let ranked = |counts: HashMap<[u8; 3], usize>| {
            let mut colours: Vec<_> = counts.into_iter().map(|(colour, count)| (count, colour)).collect();
            colours.sort_unstable_by(|one, other| other.cmp(one));
            colours
        };
        let flat = ranked(flat).into_iter().filter(|&(count, _)| count >= FLAT).map(|(_, colour)| colour);
        let mut palette: Vec<[u8; 3]> = flat.take(FLATS).collect();
        // Of each group, which counts as a whole, the colour that is most frequent.
        let mut others: Vec<(usize, [u8; 3])> = Vec::new();
        for group in groups.into_values() {
            others.push((group.values().sum(), ranked(group)[0].1));
        }
        others.sort_unstable_by(|one, other| other.cmp(one));
        for (_, colour) in others.into_iter().take(COLOURS) {
            if !palette.contains(&colour) {
                palette.push(colour);
            }
        }
        palette
    }
}
