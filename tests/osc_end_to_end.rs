//! `remel send` to a stream: what is heard is what `remel synth` makes of the same frames.

use std::net::UdpSocket;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use remel::audio::{Audio, write_npy};
use remel::checkpoint::Bundled;
use remel::compare::compare;
use remel::mel::mel_of;
use remel::network::Backend;
use remel::osc::{FeedSlot, MOST_BYTES, MelMessage, Receiver};
use remel::render::{Render, Request};
use remel::stream::{Controls, Engine, LatencyMode, MelFrom, Stream, StreamConfig};
use remel::vocoder::Vocoder;

const RATE_HZ: u32 = 44_100;
const HOP: usize = 512;

/// The script that people take for their own models: every frame arrives as it is.
#[test]
fn the_script_sends_what_it_is_given() {
    let python = |arguments: &[&str]| {
        Command::new("python3").args(arguments).status().is_ok_and(|status| status.success())
    };
    if !python(&["-c", "import numpy"]) {
        println!("SKIPPED: no python3 with numpy");
        return;
    }
    // The script sends to the port that the plugin has where nothing is said.
    let Ok(socket) = UdpSocket::bind("127.0.0.1:9000") else {
        println!("SKIPPED: port 9000 is taken");
        return;
    };
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let bands: Vec<f32> = (0..80 * 30).map(|index| (index as f32).sin()).collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("voice.npy");
    write_npy(&file, &[80, 30], &bands).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/send_mel.py");
    let (script, file) = (script.to_str().unwrap().to_owned(), file.to_str().unwrap().to_owned());
    let sender = std::thread::spawn(move || {
        Command::new("python3").args([&script, &file, "22050", "256"]).status().unwrap().success()
    });
    let (mut packet, mut frames) = ([0; MOST_BYTES], Vec::new());
    for _ in 0..30 {
        let length = socket.recv(&mut packet).unwrap();
        MelMessage::decode(&packet[..length], &mut |frame| frames.push(frame)).unwrap();
    }
    assert!(sender.join().unwrap());
    for (number, frame) in frames.iter().enumerate() {
        let expected: Vec<f32> = (0..80).map(|band| bands[band * 30 + number]).collect();
        assert_eq!((frame.index, &frame.bands), (number as i64, &expected));
    }
}

#[test]
fn a_sent_mel_is_heard_as_it_is_synthesized() {
    let model = Arc::new(Bundled::Small.model().for_streams());
    let dialect = model.dialect().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/voice.wav");
    let mut voice = Audio::read(&path).unwrap().resampled(RATE_HZ).to_mono();
    voice.truncate(2 * RATE_HZ as usize);
    let mel = mel_of(&voice, dialect).unwrap();
    let vocoder = || Vocoder::with_threads(Arc::clone(&model), &Backend::Cpu, 2).unwrap();
    let reference = vocoder().synthesize(&mel, &[], &Request::default(), &mut |_, _| ()).unwrap();

    let (engine, renderer) = (Engine::start(|| ()).unwrap(), vocoder());
    let format = renderer.format();
    let plan = LatencyMode::Studio.plan(&format);
    engine.register("model".into(), Box::new(renderer), None).unwrap();
    let config = StreamConfig {
        host_rate_hz: RATE_HZ,
        channels: 2,
        max_block_frames: HOP,
        dialect: dialect.clone(),
        plan,
        budget_ms: LatencyMode::budget_ms(&plan, &format),
        offline: true,
    };
    let (mut stream, mut monitor) = Stream::open(&config, &engine, &"model".into()).unwrap();
    let slot: FeedSlot = Arc::new(Mutex::new(monitor.take_feed()));
    let receiver = Receiver::open("127.0.0.1:0".parse().unwrap(), slot).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("voice.npy");
    write_npy(&file, &[mel.n_mels(), mel.frames()], &mel.to_bands()).unwrap();
    let to = receiver.address().to_string();
    let sender = std::thread::spawn(move || {
        let file = file.as_os_str();
        let mut send = Command::new(env!("CARGO_BIN_EXE_remel"));
        send.args([
            "send".as_ref(),
            file,
            "--to".as_ref(),
            to.as_ref(),
            "--start-frame".as_ref(),
            "1000".as_ref(),
        ]);
        send.status().unwrap().success()
    });

    // The host: a block when its time has come, until some seconds after the sender has ended.
    let controls = Controls { mel_from: MelFrom::Feed, ..Controls::default() };
    let (mut heard, began, mut ended) = ([Vec::new(), Vec::new()], Instant::now(), None);
    while ended.is_none_or(|ended: Instant| ended.elapsed() < Duration::from_secs(2)) {
        let mut block = [[0.0; HOP]; 2];
        let [left, right] = &mut block;
        stream.process(&mut [left, right], None, &controls);
        heard.iter_mut().zip(&block).for_each(|(heard, block)| heard.extend_from_slice(block));
        let due = Duration::from_secs_f64(heard[0].len() as f64 / f64::from(RATE_HZ));
        std::thread::sleep(due.saturating_sub(began.elapsed()));
        if ended.is_none() && sender.is_finished() {
            ended = Some(Instant::now());
        }
        assert!(began.elapsed() < Duration::from_secs(60));
    }
    assert!(sender.join().unwrap());
    assert!(heard[0] == heard[1], "one voice in both channels");
    assert!(stream.is_asleep(), "nothing comes any more");

    let counts = (receiver.counts(), monitor.fed());
    println!("{counts:?}");
    let frames = mel.frames() as u64;
    assert_eq!((counts.0.frames, counts.0.malformed + counts.0.unlike + counts.0.untaken), (frames, 0));
    assert!(counts.1.taken >= frames * 9 / 10, "{counts:?}");
    // A stream begins at whole frames, so that the place is one of these.
    let latency = monitor.latency().total_host_samples;
    let distance = |start: usize| {
        let heard = heard[0].get(start..start + reference.len())?;
        compare(&reference, heard, RATE_HZ).ok().map(|comparison| comparison.mel_l1_db)
    };
    let starts =
        (0..).map(|frame| latency + frame * HOP).take_while(|start| start + reference.len() <= heard[0].len());
    let nearest = starts.filter_map(distance).min_by(f64::total_cmp).unwrap();
    println!("mel L1 {nearest:.2} dB");
    assert!(nearest < 2.5, "{nearest} dB");
}
