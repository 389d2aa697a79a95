//! How the stream under a running callback is exchanged for another: opened and dropped elsewhere, crossfaded here.

use crossbeam_channel::{Receiver, Sender, bounded};

use super::stream::SideChain;
use super::{Controls, StreamAudio};

/// How long the old stream fades into the new one, in frames.
const FADE_FRAMES: usize = 1024;
/// The most channels that a stream has.
const CHANNELS: usize = 2;

/// The audio thread's end: a place for one stream, which the [`StreamSupply`] fills.
pub struct StreamSlot {
    current: Option<Box<StreamAudio>>,
    /// The stream that is fading out, and for how many frames it has been.
    leaving: Option<(Box<StreamAudio>, usize)>,
    /// What the leaving stream sounds like, `[CHANNELS, FADE_FRAMES]`.
    scratch: [Vec<f32>; CHANNELS],
    offered: Receiver<Box<StreamAudio>>,
    retired: Sender<Box<StreamAudio>>,
}

/// The other end, for any thread that may allocate: here streams are opened and dropped.
pub struct StreamSupply {
    offered: Sender<Box<StreamAudio>>,
    retired: Receiver<Box<StreamAudio>>,
}

impl StreamSlot {
    /// A slot with `first` in it, and its supply.
    pub fn new(first: Option<StreamAudio>) -> (Self, StreamSupply) {
        let (offer, offered) = bounded(1);
        let (retire, retired) = bounded(1);
        let slot = Self {
            current: first.map(Box::new),
            leaving: None,
            scratch: [vec![0.0; FADE_FRAMES], vec![0.0; FADE_FRAMES]],
            offered,
            retired: retire,
        };
        (slot, StreamSupply { offered: offer, retired })
    }

    /// [`StreamAudio::process`] of the stream in the slot, after exchanging it if there is a new one: the old
    /// one's sound is crossfaded into the new one's, which begins with the old one's dry past. With no stream,
    /// `main` stays as it is. Real-time.
    pub fn process(&mut self, main: &mut [&mut [f32]], side: Option<&[&[f32]]>, controls: &Controls) {
        self.exchange();
        let frames = main.first().map_or(0, |channel| channel.len());
        let side = SideChain { channels: side.unwrap_or(&[]), start: 0 };
        let faded = self.fade(main, frames, side, controls);
        if let Some(stream) = &mut self.current
            && faded < frames
        {
            stream.process_part(main, faded, frames - faded, SideChain { start: faded, ..side }, controls);
        }
    }

    /// The stream in the slot.
    pub fn stream(&mut self) -> Option<&mut StreamAudio> {
        self.current.as_deref_mut()
    }

    /// Resets the stream in the slot; one that is fading out is silenced. Real-time.
    pub fn reset(&mut self) {
        if let Some((_, faded)) = &mut self.leaving {
            *faded = FADE_FRAMES;
        }
        self.retire();
        if let Some(stream) = &mut self.current {
            stream.reset();
        }
    }

    /// Takes the stream that was offered, once the one before has been retired and collected.
    fn exchange(&mut self) {
        if self.leaving.is_some() || self.retired.is_full() {
            return;
        }
        let Ok(mut stream) = self.offered.try_recv() else { return };
        if let Some(old) = self.current.take() {
            stream.inherit(&old);
            self.leaving = Some((old, 0));
        }
        self.current = Some(stream);
    }

    /// Processes as much of the block as the fade still takes. How many frames that is.
    fn fade(&mut self, main: &mut [&mut [f32]], frames: usize, side: SideChain, controls: &Controls) -> usize {
        let (Some((old, faded)), Some(new)) = (&mut self.leaving, &mut self.current) else { return 0 };
        let part = frames.min(FADE_FRAMES - *faded);
        let channels = main.len().min(CHANNELS);
        for (scratch, main) in self.scratch.iter_mut().zip(&*main) {
            let there = part.min(main.len());
            scratch[..there].copy_from_slice(&main[..there]);
        }
        let [left, right] = &mut self.scratch;
        let mut scratch = [&mut left[..part], &mut right[..part]];
        old.process_part(&mut scratch[..channels], 0, part, side, controls);
        new.process_part(main, 0, part, side, controls);
        for (main, old) in main.iter_mut().zip(&scratch) {
            for (index, (new, &old)) in main.iter_mut().zip(&**old).enumerate() {
                let weight = (*faded + index + 1) as f32 / FADE_FRAMES as f32;
                *new = old + weight * (*new - old);
            }
        }
        *faded += part;
        self.retire();
        part
    }

    /// Sends the old stream off to be dropped, when it is silent.
    fn retire(&mut self) {
        if let Some((old, faded)) = self.leaving.take_if(|(_, faded)| *faded >= FADE_FRAMES)
            && let Err(refused) = self.retired.try_send(old)
        {
            // The supply is gone, and nobody else may drop it: it stays, silent.
            self.leaving = Some((refused.into_inner(), faded));
        }
    }
}

impl StreamSupply {
    /// Sends `stream` to the slot, and drops what has come back from there.
    ///
    /// # Errors
    /// The slot has not taken the stream before this one yet: here is `stream` back.
    pub fn offer(&mut self, stream: StreamAudio) -> Result<(), Box<StreamAudio>> {
        self.collect();
        self.offered.try_send(Box::new(stream)).map_err(|refused| refused.into_inner())
    }

    /// Drops the streams that came back. To be called now and then; a slot exchanges no stream while an old one
    /// waits to be collected.
    pub fn collect(&mut self) {
        while let Ok(old) = self.retired.try_recv() {
            drop(old);
        }
    }
}
