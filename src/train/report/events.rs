//! TensorBoard's event files: `Event` messages (tensorboard/compat/proto/event.proto and summary.proto) in
//! TensorFlow's record framing (tensorflow/core/lib/io/record_writer.h).

use std::fs::File;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::metrics::append;
use super::protobuf::Message;
use crate::audio::Audio;
use crate::spectrogram::Picture;
use crate::{Error, Result};

/// Field numbers of `Event`.
mod event {
    pub const WALL_TIME: u32 = 1;
    pub const STEP: u32 = 2;
    pub const FILE_VERSION: u32 = 3;
    pub const SUMMARY: u32 = 5;
    pub const SESSION_LOG: u32 = 7;
}

/// Field numbers of `Summary`, `Summary.Value` and what a value can be.
mod summary {
    pub const VALUE: u32 = 1;
    pub const TAG: u32 = 1;
    pub const SIMPLE_VALUE: u32 = 2;
    pub const IMAGE: u32 = 4;
    pub const AUDIO: u32 = 6;
}

/// `SessionLog.status` and its value for a start: what was logged at its step or later, before, is void.
const SESSION_STATUS: u32 = 1;
const SESSION_START: u64 = 1;
/// `Image.colorspace` for RGB.
const RGB: u64 = 3;

/// An event file, which grows while TensorBoard watches its folder.
pub struct EventFile {
    path: PathBuf,
    file: File,
}

impl EventFile {
    /// Makes a new event file in `folder`, for a training that begins or goes on at `step`. TensorBoard shows all
    /// files of a folder as one, and forgets what the earlier ones hold of that step and later ones.
    ///
    /// # Errors
    /// Where the file cannot be made.
    pub fn create(folder: &Path, step: u64) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))?;
        // TensorBoard reads files in the order of their names: later ones must sort later, and none may be replaced.
        let nanoseconds = (wall_time_s() * 1e9) as u64;
        let path = folder.join(format!("events.out.tfevents.{nanoseconds:019}.remel"));
        let file =
            File::options().append(true).create_new(true).open(&path).map_err(|e| Error::io(&path, e))?;
        let mut events = Self { path, file };
        events.write(0, |event| event.bytes(event::FILE_VERSION, b"brain.Event:2"))?;
        let start = Message::default().integer(SESSION_STATUS, SESSION_START);
        events.write(step, |event| event.message(event::SESSION_LOG, start))?;
        Ok(events)
    }

    /// A figure, named `tag`.
    ///
    /// # Errors
    /// Where the file cannot be written; so with every other event.
    pub fn scalar(&mut self, step: u64, tag: &str, value: f64) -> Result<()> {
        self.value(step, tag, |entry| entry.float(summary::SIMPLE_VALUE, value as f32))
    }

    /// A picture, named `tag`.
    pub fn picture(&mut self, step: u64, tag: &str, picture: &Picture) -> Result<()> {
        // Image: height, width, colorspace, encoded_image_string.
        let image = Message::default()
            .integer(1, picture.height as u64)
            .integer(2, picture.width as u64)
            .integer(3, RGB)
            .bytes(4, &picture.png());
        self.value(step, tag, |entry| entry.message(summary::IMAGE, image))
    }

    /// A sound, named `tag`, in 16 bits.
    pub fn audio(&mut self, step: u64, tag: &str, audio: &Audio) -> Result<()> {
        let wav = wav(audio).map_err(|e| Error::unreadable(&self.path, format!("no sound of {tag}: {e}")))?;
        // Audio: sample_rate, num_channels, length_frames, encoded_audio_string, content_type.
        let sound = Message::default()
            .float(1, audio.rate_hz as f32)
            .integer(2, audio.channels.len() as u64)
            .integer(3, audio.samples() as u64)
            .bytes(4, &wav)
            .bytes(5, b"audio/wav");
        self.value(step, tag, |entry| entry.message(summary::AUDIO, sound))
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// An event with a summary of one value.
    fn value(&mut self, step: u64, tag: &str, fill: impl FnOnce(Message) -> Message) -> Result<()> {
        let entry = fill(Message::default().bytes(summary::TAG, tag.as_bytes()));
        let summary = Message::default().message(summary::VALUE, entry);
        self.write(step, |event| event.message(event::SUMMARY, summary))
    }

    /// An event, handed to the system as a whole.
    fn write(&mut self, step: u64, fill: impl FnOnce(Message) -> Message) -> Result<()> {
        let head = Message::default().double(event::WALL_TIME, wall_time_s()).integer(event::STEP, step);
        let event = fill(head);
        let mut whole = Vec::new();
        let attempt = record(&mut whole, event.as_bytes()).and_then(|()| append(&mut self.file, &whole));
        attempt.map_err(|e| Error::io(&self.path, e))
    }
}

/// Frames `data`: its length, the length's checksum, the data, the data's checksum.
fn record(file: &mut impl Write, data: &[u8]) -> std::io::Result<()> {
    let length = (data.len() as u64).to_le_bytes();
    file.write_all(&length)?;
    file.write_all(&masked_checksum(&length).to_le_bytes())?;
    file.write_all(data)?;
    file.write_all(&masked_checksum(data).to_le_bytes())
}

/// CRC-32C, rotated and shifted, so that the checksum of data that holds checksums is a good one too.
fn masked_checksum(data: &[u8]) -> u32 {
    crc32c::crc32c(data).rotate_right(15).wrapping_add(0xa282_ead8)
}

/// Seconds since 1970.
fn wall_time_s() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// A WAV file of 16 bits, in memory: browsers play it.
fn wav(audio: &Audio) -> Result<Vec<u8>, hound::Error> {
    let spec = hound::WavSpec {
        channels: audio.channels.len() as u16,
        sample_rate: audio.rate_hz,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec)?;
    for index in 0..audio.samples() {
        for channel in &audio.channels {
            writer.write_sample((channel[index].clamp(-1.0, 1.0) * 32767.0).round() as i16)?;
        }
    }
    writer.finalize()?;
    Ok(bytes.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records' data, each checked against its checksums.
    fn records(mut bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        while !bytes.is_empty() {
            let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
            let sum = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
            assert_eq!(sum(8), masked_checksum(&bytes[..8]));
            let data = &bytes[12..12 + length];
            assert_eq!(sum(12 + length), masked_checksum(data));
            found.push(data.to_vec());
            bytes = &bytes[16 + length..];
        }
        found
    }

    #[test]
    fn the_framing_is_tensorboards_own() {
        // {wall_time: 1.0, file_version: "brain.Event:2"}, as the RecordWriter of PyPI tensorboard 2.21 frames it.
        let event = Message::default().double(1, 1.0).bytes(3, b"brain.Event:2");
        let mut file = Vec::new();
        record(&mut file, event.as_bytes()).unwrap();
        let expected = "1800000000000000a37f4b2209000000000000f03f1a0d627261696e2e4576656e743a3286bf577a";
        let hex: String = file.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expected);
    }

    #[test]
    fn every_event_is_one_whole_record() {
        let folder = tempfile::tempdir().unwrap();
        let mut events = EventFile::create(folder.path(), 300).unwrap();
        events.scalar(301, "loss/train", 0.25).unwrap();
        events.audio(301, "sample", &Audio::mono(22_050, vec![0.0, 1.0, -1.0])).unwrap();
        let records = records(&std::fs::read(events.path()).unwrap());
        assert_eq!(records.len(), 4);
        let ends = |index: usize, tail: &[u8]| assert!(records[index].ends_with(tail), "{:?}", records[index]);
        ends(0, b"\x1a\x0dbrain.Event:2");
        // Step 300 (0xac 0x02), then a session log of two bytes.
        ends(1, b"\x10\xac\x02\x3a\x02\x08\x01");
        ends(2, b"\x0a\x0aloss/train\x15\x00\x00\x80\x3e");
        ends(3, b"audio/wav");
        assert!(records[3].windows(6).any(|w| w == [0x00, 0x00, 0xff, 0x7f, 0x01, 0x80]), "the samples");
    }

    #[test]
    fn a_resumed_training_gets_a_file_that_sorts_behind() {
        let folder = tempfile::tempdir().unwrap();
        let first = EventFile::create(folder.path(), 0).unwrap();
        let second = EventFile::create(folder.path(), 10).unwrap();
        assert!(first.path() < second.path());
    }
}
