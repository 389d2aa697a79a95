//! What a packet holds, and what holds none.

use proptest::prelude::*;
use remel::osc::{ADDRESS, MOST_BYTES, Malformed, MelMessage};
use rosc::{OscBundle, OscMessage, OscPacket, OscTime, OscType};

fn decoded(packet: &[u8]) -> Result<Vec<MelMessage>, Malformed> {
    let mut frames = Vec::new();
    MelMessage::decode(packet, &mut |frame| frames.push(frame)).map(|_| frames)
}

pub fn frame(index: i64, bands: &[f32]) -> MelMessage {
    MelMessage { index, bands: bands.to_vec(), dialect: None, hop: None }
}

fn message(args: Vec<OscType>) -> OscPacket {
    OscPacket::Message(OscMessage { addr: ADDRESS.into(), args })
}

fn encoded(packet: &OscPacket) -> Vec<u8> {
    rosc::encoder::encode(packet).unwrap()
}

#[test]
fn a_packet_is_the_bytes_that_the_documentation_says() {
    let message = MelMessage { dialect: Some("abc".into()), hop: Some(512), ..frame(7, &[1.0, -2.0]) };
    let expected = [
        &b"/remel/mel\0\0,hbsh\0\0\0"[..],
        &7i64.to_be_bytes(),
        &8u32.to_be_bytes(),
        &1f32.to_be_bytes(),
        &(-2f32).to_be_bytes(),
        b"abc\0",
        &512i64.to_be_bytes(),
    ]
    .concat();
    assert_eq!(message.encode().unwrap(), expected);
    assert_eq!(decoded(&expected), Ok(vec![message]));
}

#[test]
fn floats_short_indices_and_bundles_are_read_too() {
    let floats = message(vec![OscType::Int(3), OscType::Float(0.5), OscType::Float(-1.0)]);
    assert_eq!(decoded(&encoded(&floats)), Ok(vec![frame(3, &[0.5, -1.0])]));
    let named =
        message(vec![OscType::Int(4), OscType::Float(0.5), OscType::String("d".into()), OscType::Int(9)]);
    let other = OscPacket::Message(OscMessage { addr: "/other".into(), args: vec![] });
    let timetag = OscTime { seconds: 0, fractional: 1 };
    let bundle = |content| OscPacket::Bundle(OscBundle { timetag, content });
    let nested =
        bundle(vec![floats, bundle(vec![other, named]), message(vec![OscType::Long(5), OscType::Float(1.0)])]);
    let found = decoded(&encoded(&nested)).unwrap();
    assert_eq!(found.iter().map(|frame| frame.index).collect::<Vec<_>>(), [3, 4, 5]);
    assert_eq!((found[1].dialect.as_deref(), found[1].hop), (Some("d"), Some(9)));
}

#[test]
fn what_is_no_frame_is_malformed() {
    let blob = |bytes: usize| OscType::Blob(vec![0; bytes]);
    let wrong = [
        vec![],
        vec![OscType::Int(1)],
        vec![OscType::Float(1.0), OscType::Float(1.0)],
        vec![OscType::Int(1), blob(7)],
        vec![OscType::Int(1), blob(0)],
        vec![OscType::Int(1), blob(8), OscType::Float(1.0)],
        vec![OscType::Int(1), blob(8), OscType::String("d".into()), OscType::Int(1), OscType::Int(1)],
        vec![OscType::Int(1), OscType::Double(1.0)],
    ];
    for args in wrong {
        assert_eq!(decoded(&encoded(&message(args.clone()))), Err(Malformed), "{args:?}");
    }
    assert_eq!(frame(0, &vec![0.0; MOST_BYTES / 4]).encode(), Err(Malformed));
    // Bundles in bundles, as deep as a packet can hold.
    let deep = b"#bundle\0\0\0\0\0\0\0\0\x01".iter();
    let mut packet: Vec<u8> = deep.copied().collect();
    while packet.len() + 20 <= MOST_BYTES {
        let length = (packet.len() as u32).to_be_bytes();
        packet = [&b"#bundle\0\0\0\0\0\0\0\0\x01"[..], &length, &packet].concat();
    }
    assert_eq!(decoded(&packet), Ok(vec![]));
}

proptest! {
    #[test]
    fn no_packet_is_too_broken_to_be_answered(
        bands in prop::collection::vec(any::<f32>(), 1..40),
        index in any::<i64>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        random in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut packet = frame(index, &bands).encode().unwrap();
        for (at, byte) in changes {
            let at = at.index(packet.len());
            packet[at] = byte;
        }
        packet.truncate(1 + cut.index(packet.len()));
        for packet in [packet, random] {
            if let Ok(frames) = decoded(&packet) {
                prop_assert!(frames.iter().all(|frame| !frame.bands.is_empty()));
            }
        }
    }
}
