//! The port at which mel frames are listened for: open while *Mel from* is OSC, and only then.

use crate::choices::{MelFrom, OscSettings};
use crate::params::RemelParams;
use remel::osc::{FeedSlot, Receiver, ReceiverCounts};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long after a refusal a port is asked for again: another instance may have let go of it.
const AGAIN: Duration = Duration::from_secs(1);

/// What the editor says of the port.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum PortState {
    /// Nobody wants frames from it.
    #[default]
    Closed,
    /// It is open at this address; so much has come.
    Open(SocketAddr, ReceiverCounts),
    /// It cannot be had, for this reason.
    Refused(String),
}

/// An instance's port, kept by its loader's thread.
#[derive(Default)]
pub struct Port {
    settings: OscSettings,
    receiver: Option<Receiver>,
    refused: Option<(String, Instant)>,
}

impl Port {
    /// Opens, moves or closes the port as `params` want it. Frames that come go to the feed in `slot`.
    pub fn serve(&mut self, params: &RemelParams, slot: &FeedSlot) -> PortState {
        let settings = params.osc.read().clone();
        if params.mel_from.value() != MelFrom::Osc {
            *self = Self::default();
            return PortState::Closed;
        }
        if settings != self.settings {
            *self = Self { settings, ..Self::default() };
        }
        let is_time = self.refused.as_ref().is_none_or(|(_, at)| at.elapsed() > AGAIN);
        if self.receiver.is_none() && is_time {
            match Receiver::open(self.settings.address(), slot.clone()) {
                Ok(receiver) => (self.receiver, self.refused) = (Some(receiver), None),
                Err(error) => self.refused = Some((error.to_string(), Instant::now())),
            }
        }
        match (&self.receiver, &self.refused) {
            (Some(receiver), _) => PortState::Open(receiver.address(), receiver.counts()),
            (None, Some((reason, _))) => PortState::Refused(reason.clone()),
            (None, None) => PortState::Closed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nice_plug::prelude::{ParamMut, ParamPtr, Params};
    use std::net::UdpSocket;

    /// Parameters with *Mel from* at the value of this index, and a port of the system's choice that is free.
    fn params(mel_from: f32) -> (RemelParams, UdpSocket) {
        let params = RemelParams::default();
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        params.osc.write().port = socket.local_addr().expect("an address").port();
        assert!(params.mel_from.set_normalized_value(mel_from / 2.0));
        (params, socket)
    }

    #[test]
    fn a_port_is_open_while_it_is_wanted_and_said_to_be_taken_where_it_is() {
        let (params, taken) = params(2.0);
        let address = taken.local_addr().expect("an address");
        let (mut port, slot) = (Port::default(), FeedSlot::default());
        assert!(
            matches!(port.serve(&params, &slot), PortState::Refused(reason) if reason.contains("listens there"))
        );
        drop(taken);
        port.refused = None;
        assert_eq!(port.serve(&params, &slot), PortState::Open(address, ReceiverCounts::default()));
        assert!(UdpSocket::bind(address).is_err());
        params.mel_from.set_normalized_value(0.0);
        assert_eq!(port.serve(&params, &slot), PortState::Closed);
        drop(UdpSocket::bind(address).expect("free again"));
    }

    #[test]
    fn nobody_else_is_listened_to_unless_the_user_says_so() {
        let settings = OscSettings::default();
        assert!(settings.address().ip().is_loopback());
        assert!(OscSettings { from_network: true, ..settings }.address().ip().is_unspecified());
        let (params, _taken) = params(0.0);
        assert_eq!(Port::default().serve(&params, &FeedSlot::default()), PortState::Closed);
        let ids: Vec<_> =
            params.param_map().into_iter().filter(|(_, p, _)| matches!(p, ParamPtr::EnumParam(_))).collect();
        assert_eq!(ids[0].0, "mel_from");
    }
}
