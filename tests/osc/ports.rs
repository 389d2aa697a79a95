//! Streams that play what comes at a port, whatever that is.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use remel::mel::Dialect;
use remel::osc::{FeedSlot, MOST_BYTES, MelMessage, Receiver};
use remel::stream::{Controls, MelFeed, MelFrom, Stream, StreamMonitor};

use crate::heap;
use crate::packets::frame;
use crate::stream_fake::*;

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A stream of a renderer that is a fake, with a port before it.
struct Fed {
    _engine: remel::stream::Engine,
    stream: Stream,
    monitor: StreamMonitor,
    receiver: Receiver,
    dialect: Dialect,
}

impl Fed {
    fn open() -> Self {
        let dialect = dialect(16000);
        let (engine, key, _) = engine(&dialect, Sound::Hash);
        let (stream, mut monitor) = open(&config(16000, &dialect, PLAN), &engine, &key);
        let slot: FeedSlot = Arc::new(Mutex::new(monitor.take_feed()));
        assert!(monitor.take_feed().is_none());
        let receiver = Receiver::open(ANY_PORT, slot).unwrap();
        Self { _engine: engine, stream, monitor, receiver, dialect }
    }

    /// One block of silence. What came out, and how often the heap was touched.
    fn block(&mut self, controls: &Controls) -> (Vec<f32>, usize) {
        let mut block = vec![0.0; 128];
        let touched = heap::calls_in(|| self.stream.process(&mut [&mut block], None, controls));
        (block, touched)
    }
}

fn socket() -> UdpSocket {
    UdpSocket::bind(ANY_PORT).unwrap()
}

fn fed() -> Controls {
    Controls { mel_from: MelFrom::Feed, ..Controls::default() }
}

#[test]
fn frames_sound_without_an_input_and_end_in_sleep() {
    let mut fed_stream = Fed::open();
    let (socket, address) = (socket(), fed_stream.receiver.address());
    assert!(fed_stream.block(&fed()).0.iter().all(|sample| *sample == 0.0) && fed_stream.stream.is_asleep());
    for index in 0..20 {
        let bands = vec![0.5; fed_stream.dialect.n_mels];
        socket.send_to(&frame(index, &bands).encode().unwrap(), address).unwrap();
    }
    until("the frames", || fed_stream.receiver.counts().frames == 20);
    let (mut heard, mut touched, mut blocks) = (false, 0, 0);
    loop {
        let (block, calls) = fed_stream.block(&fed());
        heard |= block.iter().any(|sample| *sample != 0.0);
        touched += calls;
        blocks += 1;
        assert!(blocks < 10_000, "it never sleeps");
        if fed_stream.stream.is_asleep() {
            break;
        }
    }
    assert!(heard);
    assert_eq!(touched, 0, "the audio thread touched the heap");
    let counts = fed_stream.monitor.fed();
    assert_eq!((counts.taken, counts.lost, counts.late, counts.overflowed), (20, 0, 0, 0));
}

#[test]
fn what_is_dropped_is_counted() {
    let mut fed_stream = Fed::open();
    let (socket, address) = (socket(), fed_stream.receiver.address());
    let bands = vec![0.5; fed_stream.dialect.n_mels];
    let send = |packet: &[u8]| assert_eq!(socket.send_to(packet, address).unwrap(), packet.len());
    let send_frame = |frame: MelMessage| send(&frame.encode().unwrap());
    send_frame(frame(0, &bands));
    send_frame(frame(0, &bands));
    send_frame(MelMessage { hop: Some(16), ..frame(1, &bands) });
    send_frame(MelMessage { hop: Some(17), ..frame(2, &bands) });
    send_frame(MelMessage { dialect: Some("tacotron2".into()), ..frame(2, &bands) });
    send_frame(frame(2, &bands[1..]));
    send_frame(frame(2, &vec![f32::NAN; bands.len()]));
    send(b"no packet");
    send(&vec![0; MOST_BYTES + 1]);
    until("all packets", || {
        let counts = fed_stream.receiver.counts();
        let refused = (counts.malformed, counts.oversized, counts.unlike, counts.untaken);
        (counts.frames, refused) == (3, (2, 1, 3, 0))
    });
    // Eight frames of the stream's: the two have been played, and are not yet forgotten.
    fed_stream.block(&fed());
    send_frame(frame(0, &bands));
    until("the last", || fed_stream.receiver.counts().frames == 4);
    fed_stream.block(&fed());
    let counts = fed_stream.monitor.fed();
    assert_eq!((counts.taken, counts.duplicate, counts.late), (2, 1, 1));
}

#[test]
fn a_port_that_is_taken_is_refused_in_a_line_and_free_after_a_drop() {
    let slot = FeedSlot::default();
    let first = Receiver::open(ANY_PORT, Arc::clone(&slot)).unwrap();
    let address = first.address();
    let error = Receiver::open(address, Arc::clone(&slot)).err().unwrap().to_string();
    assert!(error.contains(&address.to_string()) && error.contains("listens there"), "{error}");
    socket().send_to(&frame(0, &[1.0]).encode().unwrap(), address).unwrap();
    until("a frame without a stream", || first.counts().untaken == 1);
    let start = Instant::now();
    drop(first);
    assert!(start.elapsed() < Duration::from_millis(900), "the thread was not woken");
    drop(Receiver::open(address, slot).unwrap());
}

#[test]
fn values_of_any_size_leave_no_trace() {
    let dialect = dialect(16000);
    let (engine, key, _) = engine(&dialect, Sound::Hash);
    let (mut stream, mut monitor) = open(&config(16000, &dialect, PLAN), &engine, &key);
    let mut feed: MelFeed = monitor.take_feed().unwrap();
    for (index, value) in [f32::MAX, f32::MIN, 1e30, 0.5].into_iter().cycle().take(40).enumerate() {
        feed.send(index as i64, &vec![value; dialect.n_mels]).unwrap();
    }
    for _ in 0..100 {
        let mut block = vec![0.0; 128];
        stream.process(&mut [&mut block], None, &fed());
        assert!(block.iter().all(|sample| sample.is_finite()));
    }
}

/// Resident memory in bytes, where the system tells.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}

#[test]
fn a_flood_neither_grows_nor_disturbs_anything() {
    let input = [noise(16_000, 5)];
    let heard = |controls: &Controls, fed_stream: &mut Fed| {
        fed_stream.stream.reset();
        run(&mut fed_stream.stream, &input, None, &[128], controls)
    };
    let (mut fed_stream, main) = (Fed::open(), Controls::default());
    let undisturbed = heard(&main, &mut fed_stream);
    let (stop, sent) = (AtomicBool::new(false), AtomicU64::new(0));
    let address = fed_stream.receiver.address();
    let bands = vec![0.5; fed_stream.dialect.n_mels];
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let socket = socket();
            let packets: Vec<Vec<u8>> = (0..1000)
                .map(|index| match index % 3 {
                    0 => vec![index as u8; 600],
                    _ => frame(index * index % 977, &bands).encode().unwrap(),
                })
                .collect();
            for packet in packets.iter().cycle().take_while(|_| !stop.load(Ordering::Relaxed)) {
                // The system may have no room: then it is dropped there.
                let _ = socket.send_to(packet, address);
                sent.fetch_add(1, Ordering::Relaxed);
            }
        });
        until("the flood", || sent.load(Ordering::Relaxed) > 20_000);
        let (began, sent_before) = (Instant::now(), sent.load(Ordering::Relaxed));
        let (mut touched, mut before) = (0, None);
        while began.elapsed() < Duration::from_secs(3) {
            // Other tests of this process are over by then.
            if began.elapsed() > Duration::from_secs(1) {
                before.get_or_insert_with(resident);
            }
            assert!(heard(&main, &mut fed_stream) == undisturbed);
            for _ in 0..50 {
                let (block, calls) = fed_stream.block(&fed());
                assert!(block.iter().all(|sample| sample.is_finite()));
                touched += calls;
            }
        }
        let rate = (sent.load(Ordering::Relaxed) - sent_before) as f64 / began.elapsed().as_secs_f64();
        println!(
            "{rate:.0} packets a second; {:?}, {:?}",
            fed_stream.receiver.counts(),
            fed_stream.monitor.fed()
        );
        stop.store(true, Ordering::Relaxed);
        assert_eq!(touched, 0);
        let grown = resident().saturating_sub(before.unwrap());
        assert!(grown < 8 << 20, "{} MB more", grown >> 20);
        assert_eq!(fed_stream.monitor.underruns(), 0);
    });
    // What is sent after it is heard.
    until("the flood's end", || {
        let counts = fed_stream.receiver.counts();
        std::thread::sleep(Duration::from_millis(50));
        counts == fed_stream.receiver.counts()
    });
    fed_stream.stream.reset();
    let before = fed_stream.receiver.counts().frames;
    (0..8).for_each(|_| drop(fed_stream.block(&main)));
    let socket = socket();
    (0..8).for_each(|index| drop(socket.send_to(&frame(index, &bands).encode().unwrap(), address)));
    until("frames after it", || fed_stream.receiver.counts().frames == before + 8);
}
