//! Mel frames over a network: OSC messages in UDP packets, so that a text-to-speech model anywhere speaks through a stream.
//!
//! `docs/osc.md` has the message as a sender needs it.

mod message;
mod receiver;

pub use message::{ADDRESS, MOST_BYTES, Malformed, MelMessage};
pub use receiver::{FeedSlot, Receiver, ReceiverCounts};
