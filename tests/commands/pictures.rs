//! Spectrograms as pictures: `remel mel --png` and `remel compare --png`.

use crate::command::Folder;
use remel::audio::Audio;

/// Width, height and pixels in red, green and blue of the picture `name`.
fn picture(folder: &Folder, name: &str) -> (usize, usize, Vec<u8>) {
    let file = std::io::Cursor::new(std::fs::read(folder.path(name)).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (info.width as usize, info.height as usize, pixels)
}

/// Brightness of the row `row` at its middle.
fn brightness((width, _, pixels): &(usize, usize, Vec<u8>), row: usize) -> u32 {
    pixels[3 * (row * width + width / 2)..][..3].iter().map(|value| u32::from(*value)).sum()
}

#[test]
fn a_mel_is_drawn_with_its_low_bands_at_the_bottom() {
    let folder = Folder::with(&["tone.wav"]);
    folder.succeeds("mel tone.wav --dialect hifigan -o mel.npy --png mel.png");
    let drawn = picture(&folder, "mel.png");
    assert_eq!(drawn.1, 160, "two rows for each of 80 bands");
    let rows: Vec<u32> = (0..160).map(|row| brightness(&drawn, row)).collect();
    let brightest = (0..160).max_by_key(|row| rows[*row]).unwrap();
    // 210 Hz: among the lowest bands.
    assert!(brightest > 130 && rows[20] < rows[brightest] / 2, "{rows:?}");
}

#[test]
fn equal_sounds_are_black_below_their_spectrograms_and_others_are_not() {
    let folder = Folder::with(&["tone.wav"]);
    let other = (0..22_050).map(|n| 0.3 * (n as f32 * 0.5).sin()).collect();
    Audio::mono(22_050, other).write_wav(&folder.path("other.wav")).unwrap();
    folder.succeeds("compare tone.wav tone.wav --png equal.png");
    folder.succeeds("compare tone.wav other.wav --png apart.png");
    let (equal, apart) = (picture(&folder, "equal.png"), picture(&folder, "apart.png"));
    let below = |picture: &(usize, usize, Vec<u8>)| {
        (picture.1 * 2 / 3 + 4..picture.1).map(|row| brightness(picture, row)).max().unwrap()
    };
    assert!(below(&equal) < 16 && below(&apart) > 500, "{}, {}", below(&equal), below(&apart));
}

#[test]
fn a_picture_of_another_kind_or_over_an_input_is_refused() {
    let folder = Folder::with(&["tone.wav"]);
    for line in ["mel tone.wav -o mel.npy --png mel.jpg", "compare tone.wav tone.wav --png p.bmp"] {
        let output = folder.run(line);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && said.contains("png"), "{line}: {said}");
    }
}
