//! Audio files that are cut short, damaged or put together: what is there is read, where it belongs.

use std::ops::Range;
use std::path::Path;

use remel::audio::Audio;

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/audio").join(name)).unwrap()
}

/// What a file of that name and those bytes is read as, and what is told of it.
fn read(name: &str, bytes: &[u8]) -> (Result<Audio, String>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let mut told = Vec::new();
    let audio = Audio::read_telling(&path, &mut |what| told.push(what));
    (audio.map_err(|e| e.to_string()), told)
}

/// The only channel of a file that has to be readable, and what is told of it.
fn samples(name: &str, bytes: &[u8]) -> (Vec<f32>, Vec<String>) {
    let (audio, told) = read(name, bytes);
    (audio.unwrap().channels.remove(0), told)
}

/// With twenty bytes turned over in the middle.
fn damaged(mut bytes: Vec<u8>) -> Vec<u8> {
    let middle = bytes.len() / 2;
    bytes[middle..middle + 20].iter_mut().for_each(|byte| *byte = !*byte);
    bytes
}

/// Where two sounds differ.
fn differences(found: &[f32], expected: &[f32]) -> Range<usize> {
    let differ = |index: &usize| (found[*index] - expected[*index]).abs() > 1e-3;
    let first = (0..found.len()).find(differ).unwrap_or(found.len());
    first..(first..found.len()).rev().find(differ).map_or(first, |last| last + 1)
}

#[test]
fn of_what_is_cut_short_the_rest_is_there() {
    for name in ["rising.flac", "rising.ogg", "rising.mp3", "rising.caf"] {
        let whole = bytes(name);
        let (expected, told) = samples(name, &whole);
        assert!(told.is_empty(), "{name}: {told:?}");
        let (found, _) = samples(name, &whole[..whole.len() * 7 / 10]);
        assert!((expected.len() / 3..expected.len()).contains(&found.len()), "{name}: {}", found.len());
        // The decoder may fade what it has in its last block.
        let sure = found.len() - 2400.min(found.len() / 2);
        assert!(differences(&found[..sure], &expected[..sure]).is_empty(), "{name}");
    }
    let whole = bytes("aac.m4a");
    let message = read("cut.m4a", &whole[..whole.len() / 2]).0.unwrap_err();
    assert!(message.contains("cut.m4a: moov"), "{message}");
}

#[test]
fn what_is_damaged_is_silent_and_what_follows_stays_in_its_place() {
    for name in ["rising.flac", "rising.ogg"] {
        let (expected, _) = samples(name, &bytes(name));
        let (found, told) = samples(name, &damaged(bytes(name)));
        assert_eq!(found.len(), expected.len(), "{name}");
        assert!(told.len() == 1 && told[0].contains("silent"), "{name}: {told:?}");
        let differs = differences(&found, &expected);
        assert!(differs.start > 0 && differs.len() < expected.len() * 6 / 10, "{name}: {differs:?}");
        let middle = differs.start.midpoint(differs.end);
        assert_eq!(found[middle - 50..middle + 50], [0.0; 100], "{name}");
    }
    // A frame of an MP3 whose header is gone.
    let (mut bytes, name) = (bytes("rising.mp3"), "rising.mp3");
    let (expected, _) = samples(name, &bytes);
    let middle = bytes.len() / 2;
    let header =
        middle + bytes[middle..].windows(2).position(|two| two[0] == 0xff && two[1] >> 5 == 7).unwrap();
    bytes[header..header + 2].fill(0);
    let (found, told) = samples(name, &bytes);
    assert!(told.len() == 1 && told[0].contains("1 frames are silent"), "{told:?}");
    assert_eq!(found.len(), expected.len());
    assert!(differences(&found, &expected).len() < 6000);
}

#[test]
fn files_that_were_put_together_are_heard_one_after_another() {
    for name in ["rising.ogg", "rising.mp3"] {
        let (once, _) = samples(name, &bytes(name));
        let (twice, _) = samples(name, &[bytes(name), bytes(name)].concat());
        assert!(twice.len() >= 2 * once.len(), "{name}: {} and {}", once.len(), twice.len());
        assert!(twice.len() < 2 * once.len() + 4000, "{name}: {} and {}", once.len(), twice.len());
    }
    let tag = [&b"TAG"[..], &[0; 125]].concat();
    for name in ["rising.flac", "rising.ogg", "rising.mp3", "rising.caf", "s16.au"] {
        let tagged = [bytes(name), tag.clone()].concat();
        assert_eq!(read(name, &tagged), (read(name, &bytes(name)).0, Vec::new()), "{name}");
    }
}

#[test]
fn primings_are_not_heard() {
    // 0.4 s of sound, before which an encoder put a frame that is only there to begin with, as the file's edit list says.
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cases/d17_aac_priming.m4a");
    let audio = Audio::read(&path).unwrap();
    assert_eq!((audio.rate_hz, audio.samples()), (44_100, 17_640));
    let onset = audio.channels[0].iter().position(|sample| sample.abs() > 0.1).unwrap();
    assert!(onset < 64, "the sound begins at {onset}");
}

#[test]
fn what_follows_a_flac_file_costs_nothing_of_it_and_another_is_heard_after_it() {
    let whole = bytes("rising.flac");
    let (expected, _) = samples("a.flac", &whole);
    // Noise that does not repeat, silence, and a file that has only begun.
    let noise: Vec<u8> = (0..5000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for (what, junk) in
        [("noise", &noise[..]), ("zeros", &[0; 5000]), ("text", b"the end"), ("half", &whole[8..900])]
    {
        let (found, told) = samples("a.flac", &[&whole, junk].concat());
        assert!(found == expected, "{what}: {} of {}", found.len(), expected.len());
        assert!(told.is_empty(), "{what}: {told:?}");
    }
    let (found, told) = samples("a.flac", &[&whole[..], &whole, &whole].concat());
    assert!(found == [&expected[..], &expected, &expected].concat() && told.is_empty(), "{told:?}");
    let (found, told) = samples("a.flac", &[&whole[..], &whole[..60]].concat());
    assert!(found == expected);
    assert!(told.len() == 1 && told[0].contains("is not readable"), "{told:?}");
}
