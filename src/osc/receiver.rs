//! The thread that listens at a port.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::message::{MOST_BYTES, MelMessage};
use crate::stream::{FeedRefusal, MelFeed};
use crate::{Error, Result};

/// Where the receiver finds the feed of the stream that runs, if one does.
pub type FeedSlot = Arc<Mutex<Option<MelFeed>>>;

/// How long the thread waits for a packet before it looks whether it is to end, where it is not woken.
const LOOK: Duration = Duration::from_secs(1);
/// So many packets are read in [`BURST_TIME`] at most; the system drops what is beyond that, so that a flood costs little.
const BURST: u32 = 256;
const BURST_TIME: Duration = Duration::from_millis(10);

/// What became of packets and frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceiverCounts {
    /// Frames that were given to the stream.
    pub frames: u64,
    /// Packets that are no OSC, and messages that are no frames.
    pub malformed: u64,
    /// Packets that are too long to be looked at.
    pub oversized: u64,
    /// Frames of another dialect, or number of bands, than the model's.
    pub unlike: u64,
    /// Frames that no stream took: none runs, or too many came at once.
    pub untaken: u64,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    frames: AtomicU64,
    malformed: AtomicU64,
    oversized: AtomicU64,
    unlike: AtomicU64,
    untaken: AtomicU64,
}

/// A port at which mel frames are listened for, until it is dropped.
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Receiver {
    /// Listens at `address` for frames, which go to the feed in `slot`. Port 0 takes any that is free.
    ///
    /// # Errors
    /// The port cannot be had, in words for the user, or the system gives no thread.
    pub fn open(address: SocketAddr, slot: FeedSlot) -> Result<Self> {
        let refused = |error: std::io::Error| {
            let reason = match error.kind() {
                std::io::ErrorKind::AddrInUse => {
                    "another program, or another instance, listens there".to_owned()
                }
                _ => error.to_string(),
            };
            Error::Device { device: format!("OSC at {address}"), reason }
        };
        let socket = UdpSocket::bind(address).map_err(refused)?;
        socket.set_read_timeout(Some(LOOK)).map_err(refused)?;
        let address = socket.local_addr().map_err(refused)?;
        let shared = Arc::new(Shared::default());
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("remel osc".to_owned());
        let thread = thread.spawn(move || listen(&socket, &of_thread, &slot)).map_err(refused)?;
        Ok(Self { address, shared, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What has come so far.
    pub fn counts(&self) -> ReceiverCounts {
        let Shared { frames, malformed, oversized, unlike, untaken, .. } = &*self.shared;
        let [frames, malformed, oversized, unlike, untaken] =
            [frames, malformed, oversized, unlike, untaken].map(|counter| counter.load(Ordering::Relaxed));
        ReceiverCounts { frames, malformed, oversized, unlike, untaken }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        // An empty packet wakes the thread. Where it cannot be sent, the thread looks by itself.
        let mut own = self.address;
        if own.ip().is_unspecified() {
            own.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
        }
        let _ = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.send_to(&[], own));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn listen(socket: &UdpSocket, shared: &Shared, slot: &FeedSlot) {
    let mut packet = vec![0; MOST_BYTES + 1];
    let (mut burst_began, mut burst) = (Instant::now(), 0);
    while !shared.stop.load(Ordering::Relaxed) {
        let received = socket.recv(&mut packet);
        if shared.stop.load(Ordering::Relaxed) {
            return;
        }
        match received {
            Ok(length) => take(&packet[..length], shared, slot),
            // A packet that was longer than the buffer is an error on Windows.
            Err(error) if is_too_long(&error) => count(&shared.oversized),
            // Nothing came, or a message of the network's that does not matter here.
            Err(_) => {}
        }
        burst += 1;
        if burst == BURST {
            std::thread::sleep(BURST_TIME.saturating_sub(burst_began.elapsed()));
            (burst_began, burst) = (Instant::now(), 0);
        }
    }
}

/// `WSAEMSGSIZE`.
fn is_too_long(error: &std::io::Error) -> bool {
    cfg!(windows) && error.raw_os_error() == Some(10_040)
}

fn take(packet: &[u8], shared: &Shared, slot: &FeedSlot) {
    if packet.len() > MOST_BYTES {
        return count(&shared.oversized);
    }
    let decoded = MelMessage::decode(packet, &mut |message| {
        let mut feed = slot.lock();
        count(match feed.as_mut() {
            None => &shared.untaken,
            Some(feed) if !is_alike(&message, feed) => &shared.unlike,
            Some(feed) => match feed.send(message.index, &message.bands) {
                Ok(()) => &shared.frames,
                Err(FeedRefusal::Bands) => &shared.unlike,
                Err(FeedRefusal::Value) => &shared.malformed,
                Err(FeedRefusal::Full | FeedRefusal::Closed) => &shared.untaken,
            },
        });
    });
    if decoded.is_err() {
        count(&shared.malformed);
    }
}

/// Whether `message` says nothing that the frames of `feed` are not.
fn is_alike(message: &MelMessage, feed: &MelFeed) -> bool {
    let dialect = feed.dialect();
    let has_name = message.dialect.as_ref().is_none_or(|name| {
        *name == dialect.name
            || crate::mel::Dialect::named(name).is_ok_and(|named| named.has_values_of(dialect))
    });
    has_name && message.hop.is_none_or(|hop| hop == dialect.hop as i64)
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
