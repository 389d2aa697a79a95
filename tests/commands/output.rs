//! Where the `remel` program writes, where it does not, and what it says of a file that a decoder breaks on.

use crate::command::{Folder, is_result};

#[test]
fn extensions_say_what_is_written() {
    let folder = Folder::with(&["a.wav"]);
    folder.refuses("mel a.wav -o a.wav", "a.wav: extension: found .wav, expected .npy");
    folder.refuses("mel a.wav -o mel.txt", "mel.txt: extension: found .txt, expected .npy");
    folder.refuses("mel a.wav -o mel", "mel: extension: found none, expected .npy");
    folder.refuses("vocode a.wav -o o.mp3", "o.mp3: extension: found .mp3, expected .wav");
    folder.refuses("vocode a.wav -o o.npy", "o.npy: extension: found .npy, expected .wav");
    folder.refuses("generate -o o.mp3", "o.mp3: extension: found .mp3, expected .wav or .npy");
    folder.refuses("denoise --x a.wav --level 1 -o a.wav", "a.wav: extension: found .wav, expected .npy");
    folder.refuses("synth a.wav -o o.mp3", "o.mp3: extension: found .mp3, expected .wav or .npy");
    folder.refuses("convert a.wav -o a.wav", "a.wav: extension: found .wav, expected .safetensors");
    // A bundled model is no file that would have to be there.
    folder.succeeds("convert small -o small.safetensors");
    folder.succeeds("vocode a.wav -o UPPER.WAV");
    assert!(is_result(&folder.path("UPPER.WAV")));
}

#[test]
fn an_input_is_never_overwritten() {
    let folder = Folder::with(&["a.wav", "b.wav"]);
    std::fs::create_dir(folder.path("folder")).unwrap();
    std::fs::hard_link(folder.path("a.wav"), folder.path("hard.wav")).unwrap();
    let mut others = vec!["a.wav", "./a.wav", "folder/../a.wav"];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a.wav", folder.path("soft.wav")).unwrap();
        others.extend(["hard.wav", "soft.wav"]);
    }
    for other in others {
        let said = format!("{other}: output: found the input a.wav, expected another file: inputs are kept");
        folder.refuses(&format!("vocode a.wav -o {other}"), &said);
        folder.refuses(&format!("vocode b.wav --carrier a.wav -o {other}"), &said);
        folder.refuses(&format!("vocode b.wav --mel-from a.wav -o {other}"), &said);
    }
    std::fs::copy(folder.path("a.wav"), folder.path("x.npy")).unwrap();
    let said = "x.npy: output: found the input x.npy, expected another file: inputs are kept";
    folder.refuses("synth x.npy -o x.npy", said);
    folder.refuses("generate --noise x.npy -o x.npy", said);
    folder.refuses("denoise --x x.npy --level 1 -o x.npy", said);
    folder.refuses("mel x.npy -o ./x.npy", &said.replacen("x.npy:", "./x.npy:", 1));
}

#[test]
fn what_cannot_be_written_is_known_before_rendering() {
    let folder = Folder::with(&["a.wav"]);
    std::fs::create_dir(folder.path("folder")).unwrap();
    let is_folder = "output: found a folder, expected a file or a pipe";
    folder.refuses("vocode a.wav -o folder", &format!("folder: {is_folder}"));
    folder.refuses("vocode a.wav -o .", &format!(".: {is_folder}"));
    folder.refuses("mel a.wav -o mel.npy/", &format!("mel.npy/: {is_folder}"));
    #[cfg(unix)]
    {
        let missing = "No such file or directory (os error 2)";
        folder.refuses("vocode a.wav -o missing/out.wav", &format!("missing/out.wav: {missing}"));
        folder.refuses("vocode a.wav -o missing/new/", &format!("missing/new: {missing}"));
        folder.refuses("mel a.wav -o missing/out.npy", &format!("missing/out.npy: {missing}"));
        folder.refuses("generate -o missing/out.wav", &format!("missing/out.wav: {missing}"));
        folder.refuses("vocode none.wav -o out.wav", &format!("none.wav: {missing}"));
        let no_folder = "Not a directory (os error 20)";
        folder.refuses("vocode a.wav -o a.wav/out.wav", &format!("a.wav/out.wav: {no_folder}"));
    }
}

#[test]
fn several_inputs_go_into_a_folder() {
    let folder = Folder::with(&["a.wav", "b.wav"]);
    folder.succeeds("vocode a.wav b.wav -o new/");
    std::fs::create_dir(folder.path("there")).unwrap();
    folder.succeeds("vocode a.wav b.wav -o there");
    folder.succeeds("vocode a.wav -o there/");
    for result in ["new/a.wav", "new/b.wav", "there/a.wav", "there/b.wav"] {
        assert!(is_result(&folder.path(result)), "{result}");
    }
    let twice = "result: found one/a.wav, as of a.wav, expected another name for each input";
    folder.refuses("vocode a.wav there/a.wav -o one/", &format!("there/a.wav: {twice}"));
    let kept = "output: found the input b.wav, expected another file: inputs are kept";
    folder.refuses("vocode a.wav b.wav -o ./", &format!("./a.wav: {}", kept.replace("b.wav", "a.wav")));
    std::fs::rename(folder.path("a.wav"), folder.path("c.wav")).unwrap();
    folder.refuses(
        "vocode c.wav there/b.wav --carrier b.wav -o ./",
        &format!("./c.wav: {}", kept.replace("b.wav", "c.wav")),
    );
    folder.refuses("vocode there/a.wav there/b.wav --carrier b.wav -o ./", &format!("./b.wav: {kept}"));
    std::fs::rename(folder.path("c.wav"), folder.path("a.wav")).unwrap();
    let expected = "expected a folder for the results, or a name that ends in / for a new one";
    folder.refuses("vocode a.wav b.wav -o one", &format!("one: output: found nothing there, {expected}"));
    folder.refuses("vocode a.wav b.wav -o b.wav", &format!("b.wav: output: found no folder, {expected}"));
    folder.refuses("vocode a.wav b.wav -o -", &format!("-: output: found no folder, {expected}"));
    folder.refuses("vocode a.wav -o b.wav/", &format!("b.wav/: output: found no folder, {expected}"));
    folder.refuses("vocode - - -o new", "-: input: found standard input twice, expected it once");
}

#[test]
fn of_several_inputs_those_that_are_none_are_named() {
    let folder = Folder::with(&["a.wav", "c.wav"]);
    std::fs::write(folder.path("b.wav"), "no sound").unwrap();
    let output = folder.run("vocode a.wav b.wav c.wav -o out/");
    let said = String::from_utf8(output.stderr).unwrap();
    let errors: Vec<&str> = said.lines().filter(|line| line.starts_with("remel: ")).collect();
    assert!(errors[0].starts_with("remel: b.wav: "), "{said}");
    assert_eq!(
        (errors[1..].to_vec(), output.status.code()),
        (vec!["remel: 1 of 3 files were not vocoded"], Some(1))
    );
    assert!(is_result(&folder.path("out/a.wav")) && is_result(&folder.path("out/c.wav")));
    assert!(!folder.path("out/b.wav").exists());
}

#[test]
fn a_carrier_is_heard_without_more_being_said() {
    let folder = Folder::with(&["a.wav"]);
    let noise: Vec<f32> =
        (0..22_050_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 16) as f32 / 65_536.0 - 0.5).collect();
    remel::audio::Audio::mono(22_050, noise).write_wav(&folder.path("noise.wav")).unwrap();
    folder.succeeds("vocode a.wav -o plain.wav");
    folder.succeeds("vocode a.wav -o carried.wav --carrier noise.wav");
    folder.succeeds("vocode a.wav -o half.wav --carrier noise.wav --strength 0.55");
    let at_all = folder.succeeds("vocode a.wav -o all.wav --carrier noise.wav --strength 1");
    let bytes = |name: &str| std::fs::read(folder.path(name)).unwrap();
    assert_eq!(bytes("carried.wav"), bytes("half.wav"));
    assert_ne!(bytes("carried.wav"), bytes("plain.wav"));
    assert_eq!(bytes("all.wav"), bytes("plain.wav"));
    let said = String::from_utf8(at_all.stderr).unwrap();
    assert!(said.contains("--carrier: nothing of it is left at --strength 1"), "{said}");
    let help = String::from_utf8(folder.succeeds("help vocode").stdout).unwrap();
    assert!(help.split_whitespace().collect::<Vec<_>>().join(" ").contains("with --carrier 0.55"), "{help}");
}

#[test]
fn of_a_file_that_a_decoder_panics_over_one_line_is_said() {
    let folder = Folder::with(&["a.wav"]);
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/audio/rising.ogg");
    let mut bytes = std::fs::read(fixture).unwrap();
    // A codebook that has more entries than its values could make.
    let codebooks = bytes.windows(7).position(|name| name == b"\x05vorbis").unwrap();
    bytes[codebooks + 340] = 143;
    std::fs::write(folder.path("a.ogg"), crate::pages::checked(&bytes)).unwrap();
    let said = "a.ogg: not readable as audio (no encoder writes what is in it), expected WAV, FLAC, Ogg Vorbis, MP3, \
                MPEG-4 (AAC, ALAC), AIFF, CAF or AU audio";
    folder.refuses("mel a.ogg -o a.npy", said);
}
