//! Files that once took gigabytes, minutes or the whole program: now each is answered like any other.

use std::time::{Duration, Instant};

use super::{memory, targets};

/// Longest that one may take, on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(10);

#[track_caller]
fn answered(what: &str, bytes: &[u8], target: fn(&[u8])) {
    let begun = Instant::now();
    memory::bounded(what, bytes.len(), || target(bytes));
    assert!(begun.elapsed() < PATIENCE, "{what}: {:?}", begun.elapsed());
}

/// The operation that puts a text.
fn text(text: &str) -> Vec<u8> {
    [b"X", &(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat()
}

/// A pickle of these operations.
fn program(operations: &[&[u8]]) -> Vec<u8> {
    [b"\x80\x02", &operations.concat()[..], b"."].concat()
}

#[test]
fn pickles_that_name_one_thing_many_times() {
    let long = text(&"n".repeat(1 << 20));
    let names = b"h\x00h\x00\x930".repeat(2000);
    answered("long names of classes", &program(&[&long, b"q\x00", &names, b"N"]), targets::pickle);

    let pairs = [text("k"), b"N".to_vec()].concat().repeat(1000);
    let many = b"h\x00".repeat(100_000);
    let map = program(&[b"}(", &pairs, b"uq\x00chelper\nDict\n(", &many, b"tR"]);
    answered("one dictionary as every argument", &map, targets::pickle);
    let list = program(&[b"(", &b"N".repeat(1000), b"lq\x00chelper\nDict\n(", &many, b"tR"]);
    answered("one list as every argument", &list, targets::pickle);

    let bytes = [b"B", &(1u32 << 20).to_le_bytes()[..], &[0; 1 << 20]].concat();
    let dtype = [b"cnumpy\ndtype\n", &text("f4")[..], b"\x85Rq\x01"].concat();
    let shape = [b"J", &(1u32 << 18).to_le_bytes()[..], b"\x85q\x02"].concat();
    let array = b"h\x03)R(K\x01h\x02h\x01\x89h\x00tb".repeat(2000);
    let arrays = program(&[
        &bytes,
        b"q\x00",
        &dtype,
        &shape,
        b"cnumpy.core.multiarray\n_reconstruct\nq\x03(",
        &array,
        b"l",
    ]);
    answered("the same bytes in every array", &arrays, targets::pickle);
}

#[test]
fn pickles_of_long_names_and_many_of_them() {
    let names = |from: usize| -> Vec<u8> {
        let entries = (from..from + 90_000).map(|index| [text(&format!("k{index}")), b"N".to_vec()].concat());
        [b"}(".to_vec(), entries.collect::<Vec<_>>().concat(), b"u".to_vec()].concat()
    };
    let attributes = program(&[b"chelper\nThing\n", &names(0), b"\x85R", &names(100_000), b"b"]);
    answered("as many entries as attributes", &attributes, targets::pickle);

    let tensor = [
        b"ctorch._utils\n_rebuild_tensor_v2\n((",
        &text("storage")[..],
        b"ctorch\nFloatStorage\n",
        &text("0"),
        &text("cpu"),
        b"K\x01tQK\x00))tRq\x00",
    ]
    .concat();
    let tensors: Vec<u8> =
        (0..10_000).flat_map(|index| [text(&index.to_string()), b"h\x00".to_vec()].concat()).collect();
    let long = text(&"n".repeat(1 << 20));
    let nested = program(&[&tensor, b"0}", &long, b"}(", &tensors, b"us"]);
    answered("tensors in a dictionary of a long name", &nested, targets::pickle);

    let storage = [b"((", &text("storage")[..], b"ctorch\nFloatStorage\n", &long, &text("cpu"), b"K\x01tq\x00"];
    let magic = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.".to_vec();
    let saved = program(&[&storage.concat(), &b"Qh\x00".repeat(2000), b"l"]);
    let legacy = [magic, program(&[b"M\xe9\x03"]), program(&[b"}"]), saved, program(&[b"]"])].concat();
    answered("storages of a long name", &legacy, targets::checkpoint);
}

#[test]
fn heads_of_safetensors_whose_lengths_end_where_they_began() {
    let tensors: Vec<String> = (0..8u64)
        .map(|index| {
            let ends = [index << 61, ((index + 1) << 61).wrapping_sub(u64::from(index == 7))];
            format!(
                "\"t{index}\":{{\"dtype\":\"I8\",\"shape\":[{}],\"data_offsets\":{ends:?}}}",
                ends[1] - ends[0]
            )
        })
        .collect();
    answered("2⁶⁴ bytes", format!("{{{}}}", tensors.join(",")).as_bytes(), targets::tensors);
}

#[test]
fn arrays_whose_headers_are_nested() {
    for (version, length) in [(1, 60_000u32), (2, 60_000), (2, u32::MAX)] {
        let digits = &length.to_le_bytes()[..if version == 1 { 2 } else { 4 }];
        let bytes = [b"\x93NUMPY", &[version, 0][..], digits, "(".repeat(60_000).as_bytes()].concat();
        answered("a nested header", &bytes, targets::array);
    }
}

#[test]
fn sounds_of_endless_packets_and_pages() {
    let caf = |packet_bytes: u32, packet_frames: u32, channels: u32| {
        let words = [0, packet_bytes, packet_frames, channels, 16].map(u32::to_be_bytes).concat();
        let description = [&8000f64.to_be_bytes()[..], b"lpcm", &words].concat();
        let chunk = |name: &[u8], body: &[u8]| [name, &(body.len() as u64).to_be_bytes(), body].concat();
        [b"caff\0\x01\0\0".to_vec(), chunk(b"desc", &description), chunk(b"data", &[0; 1000])].concat()
    };
    targets::sound(&caf(2, 1, 1));
    for (bytes, frames, channels) in [(2, u32::MAX / 2, 1), (1 << 31, 1, 2), (2, 1, 0), (0, 0, 1)] {
        answered("a packet of CAF", &caf(bytes, frames, channels), targets::sound);
    }
    answered("a page of Ogg every few bytes", &b"OggS\0\0".repeat(200_000), targets::sound);
    let headers = [b"OggS\0\x02".to_vec(), vec![0; 20], vec![255; 256]].concat();
    answered("a page that is too short", &headers, targets::pages);
}

#[test]
fn headers_of_vorbis_that_no_encoder_writes() {
    let whole = include_bytes!("../fixtures/audio/rising.ogg");
    for at in 58..4000 {
        let mut bytes = whole.to_vec();
        bytes[at] = 2;
        answered(&format!("byte {at} of an Ogg file as 2"), &bytes, targets::pages);
    }
}
