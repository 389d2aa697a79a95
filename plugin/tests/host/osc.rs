//! Mel frames that another program sends.

use super::session::{Drive, Session};
use super::speech::rms;
use remel::mel::{Dialect, mel_of};
use remel::osc::MelMessage;
use std::net::UdpSocket;
use std::time::{Duration, Instant};

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn a_voice_comes_over_osc_while_the_inputs_are_silent() {
    let port = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
    let mut session = Session::open();
    let field = format!(r#"{{\"port\":{port},\"from_network\":false}}"#);
    let state = format!(
        r#"{{"version":"0.1.0","params":{{"mel_from":{{"string":"osc"}}}},"fields":{{"osc":"{field}"}}}}"#
    );
    session.load(&[&(state.len() as u64).to_le_bytes(), state.as_bytes()].concat());
    assert_eq!(session.value("Mel from"), 2.0);

    let dialect = Dialect::named("bigvgan2-44k").expect("a published dialect");
    let mel = mel_of(&super::speech::speech(dialect.rate_hz), &dialect).expect("frames");
    let sender = std::thread::spawn(move || {
        let (socket, began) = (UdpSocket::bind("127.0.0.1:0").expect("a port"), Instant::now());
        // The plugin takes its time to load the model and to open the port.
        let frames = (0..mel.frames()).cycle().take(400);
        for (index, frame) in frames.enumerate() {
            let message =
                MelMessage { index: index as i64, bands: mel.frame(frame).to_vec(), dialect: None, hop: None };
            socket.send_to(&message.encode().expect("a packet"), ("127.0.0.1", port)).expect("sent");
            let due = Duration::from_secs_f64(index as f64 * 512.0 / 44_100.0);
            std::thread::sleep(due.saturating_sub(began.elapsed()));
        }
    });
    let drive = Drive { rate_hz: 44_100, block_samples: 512, offline: false };
    let ([left, right], latency) = session.render(drive, &vec![0.0; 4 * 44_100], None);
    sender.join().expect("a sender");
    assert!(rms(&left[latency..]) > 1e-3, "nothing is heard");
    assert!(left == right);
}
