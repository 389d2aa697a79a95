//! `remel send MEL.npy --to HOST:PORT`

use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;
use remel::Error;
use remel::checkpoint::Bundled;
use remel::osc::MelMessage;

use super::arrays::MelFile;
use super::options::dialect;
use super::print::note;

/// Arguments of `remel send`.
#[derive(Args)]
pub struct Send {
    /// Mel frames, [n_mels, frames]: a NumPy array, or a tensor in a .pt or .safetensors file
    input: PathBuf,
    /// Where the plugin listens
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9000")]
    to: String,
    /// The dialect of the frames, which says how fast they are sent [default: that of small]
    #[arg(long, value_name = "NAME|FILE.json")]
    dialect: Option<String>,
    /// Begin anew at the end, until the program is ended
    #[arg(long = "loop")]
    loops: bool,
    /// The index of the first frame
    #[arg(long, value_name = "N", default_value_t = 0)]
    start_frame: i64,
}

impl Send {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let dialect = match &self.dialect {
            Some(name) => dialect(name)?,
            None => Bundled::default().model().dialect()?.clone(),
        };
        let mel = MelFile::read(&self.input)?.receive(&dialect)?.mel;
        let to = self.address()?;
        let own = if to.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let refused =
            |error: std::io::Error| Error::Device { device: to.to_string(), reason: error.to_string() };
        let socket = UdpSocket::bind(own).map_err(refused)?;
        note!("sending {} frames of {} to {to}", mel.frames(), dialect.name);
        let frame_s = dialect.hop as f64 / f64::from(dialect.rate_hz);
        let (began, mut index) = (Instant::now(), self.start_frame);
        let mut sent: u64 = 0;
        loop {
            for frame in 0..mel.frames() {
                // By the clock, and not from frame to frame: what one is late the next makes up for.
                let due = began + Duration::from_secs_f64(sent as f64 * frame_s);
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let message = MelMessage {
                    index,
                    bands: mel.frame(frame).to_vec(),
                    dialect: Some(dialect.name.clone()),
                    hop: Some(dialect.hop as i64),
                };
                let too_long =
                    |_| Error::invalid(&dialect.name, "n_mels", dialect.n_mels, "what a packet holds");
                socket.send_to(&message.encode().map_err(too_long)?, to).map_err(refused)?;
                (index, sent) = (index.wrapping_add(1), sent + 1);
            }
            if !self.loops {
                return Ok(());
            }
        }
    }

    fn address(&self) -> Result<SocketAddr> {
        let unknown =
            |found: String| Error::invalid("--to", "address", found, "a host and a port: 127.0.0.1:9000");
        let mut addresses =
            self.to.to_socket_addrs().map_err(|error| unknown(format!("\"{}\" ({error})", self.to)))?;
        Ok(addresses.next().ok_or_else(|| unknown(format!("\"{}\"", self.to)))?)
    }
}
