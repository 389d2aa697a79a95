//! The port at which mel frames are listened for: open while *Mel from* is OSC, and only then.

use crate::choices::OscSettings;
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
    /// Opens, moves or closes the port, as it is `wanted`. Frames that come go to the feed in `slot`.
    pub fn serve(&mut self, wanted: Option<OscSettings>, slot: &FeedSlot) -> PortState {
        let Some(settings) = wanted else {
            *self = Self::default();
            return PortState::Closed;
        };
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
    use std::net::UdpSocket;

    #[test]
    fn a_port_is_open_while_it_is_wanted_and_said_to_be_taken_where_it_is() {
        let taken = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let address = taken.local_addr().expect("an address");
        let wanted = Some(OscSettings { port: address.port(), from_network: false });
        let (mut port, slot) = (Port::default(), FeedSlot::default());
        let refused = port.serve(wanted.clone(), &slot);
        assert!(matches!(refused, PortState::Refused(reason) if reason.contains("listens there")));
        drop(taken);
        assert!(matches!(port.serve(wanted.clone(), &slot), PortState::Refused(_)), "not yet asked again");
        std::thread::sleep(AGAIN);
        assert_eq!(port.serve(wanted, &slot), PortState::Open(address, ReceiverCounts::default()));
        assert!(UdpSocket::bind(address).is_err());
        assert_eq!(port.serve(None, &slot), PortState::Closed);
        drop(UdpSocket::bind(address).expect("free again"));
    }

    #[test]
    fn nobody_else_is_listened_to_unless_the_user_says_so() {
        let settings = OscSettings::default();
        assert!(settings.address().ip().is_loopback());
        assert!(OscSettings { from_network: true, ..settings }.address().ip().is_unspecified());
    }
}
