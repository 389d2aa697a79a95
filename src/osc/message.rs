//! The one message: `/remel/mel`.

use rosc::{OscMessage, OscPacket, OscType};

/// Where frames are sent to.
pub const ADDRESS: &str = "/remel/mel";
/// The longest packet that is read, in bytes.
pub const MOST_BYTES: usize = 8192;

/// One mel frame.
#[derive(Clone, Debug, PartialEq)]
pub struct MelMessage {
    /// Its index among the sender's: one more for each frame.
    pub index: i64,
    /// Its bands, compressed as its dialect has them.
    pub bands: Vec<f32>,
    /// The dialect's name, if the sender says it.
    pub dialect: Option<String>,
    /// The dialect's hop in samples, if the sender says it.
    pub hop: Option<i64>,
}

/// What is no OSC packet, or no mel frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl MelMessage {
    /// The packet: the index as a 64 bit integer, the bands as a blob of big-endian 32 bit floats, as OSC's own numbers are, then the
    /// dialect and the hop where they are said.
    ///
    /// # Errors
    /// There are more bands than a packet of [`MOST_BYTES`] holds, or the dialect has a zero byte in its name.
    pub fn encode(&self) -> Result<Vec<u8>, Malformed> {
        let bytes = self.bands.iter().flat_map(|band| band.to_be_bytes()).collect();
        let mut args = vec![OscType::Long(self.index), OscType::Blob(bytes)];
        args.extend(self.dialect.clone().map(OscType::String));
        args.extend(self.hop.map(OscType::Long));
        if self.dialect.as_ref().is_some_and(|name| name.contains('\0')) {
            return Err(Malformed);
        }
        let packet = OscPacket::Message(OscMessage { addr: ADDRESS.to_owned(), args });
        let bytes = rosc::encoder::encode(&packet).map_err(|_| Malformed)?;
        if bytes.len() <= MOST_BYTES { Ok(bytes) } else { Err(Malformed) }
    }

    /// Hands every mel frame of `packet` to `each`, those in bundles too, whenever these are due. Messages to other addresses are passed
    /// over. How many frames there were.
    ///
    /// # Errors
    /// The packet, or a message to [`ADDRESS`] in it, is not as it has to be; `each` has had the frames before that.
    pub fn decode(packet: &[u8], each: &mut dyn FnMut(Self)) -> Result<usize, Malformed> {
        if packet.len() > MOST_BYTES {
            return Err(Malformed);
        }
        let (_, packet) = rosc::decoder::decode_udp(packet).map_err(|_| Malformed)?;
        let mut packets = vec![packet];
        let mut frames = 0;
        while let Some(packet) = packets.pop() {
            match packet {
                OscPacket::Bundle(bundle) => packets.extend(bundle.content.into_iter().rev()),
                OscPacket::Message(message) if message.addr == ADDRESS => {
                    each(Self::of(&message.args)?);
                    frames += 1;
                }
                OscPacket::Message(_) => {}
            }
        }
        Ok(frames)
    }

    /// The frame that the arguments are.
    fn of(args: &[OscType]) -> Result<Self, Malformed> {
        let (index, args) = args.split_first().ok_or(Malformed)?;
        let index = integer(index).ok_or(Malformed)?;
        let floats = args.iter().take_while(|argument| matches!(argument, OscType::Float(_))).count();
        let (bands, args): (Vec<f32>, _) = match args {
            [OscType::Blob(bytes), rest @ ..] => {
                let (bands, odd) = bytes.as_chunks::<4>();
                if !odd.is_empty() {
                    return Err(Malformed);
                }
                (bands.iter().map(|band| f32::from_be_bytes(*band)).collect(), rest)
            }
            _ => {
                let bands = args[..floats].iter().filter_map(|argument| match argument {
                    OscType::Float(band) => Some(*band),
                    _ => None,
                });
                (bands.collect(), &args[floats..])
            }
        };
        let (dialect, args) = match args {
            [OscType::String(name), rest @ ..] => (Some(name.clone()), rest),
            _ => (None, args),
        };
        let hop = match args {
            [] => None,
            [hop] => Some(integer(hop).ok_or(Malformed)?),
            _ => return Err(Malformed),
        };
        if bands.is_empty() { Err(Malformed) } else { Ok(Self { index, bands, dialect, hop }) }
    }
}

fn integer(argument: &OscType) -> Option<i64> {
    match argument {
        OscType::Int(value) => Some((*value).into()),
        OscType::Long(value) => Some(*value),
        _ => None,
    }
}
