//! How the stream under a running callback is exchanged for another: opened and dropped elsewhere, crossfaded here.

use std::ops::Range;

use rtrb::{Consumer, Producer, PushError, RingBuffer};

use super::input::SideChain;
use super::{Controls, Stream};

/// How long the old stream fades into the new one, in frames.
const FADE_FRAMES: usize = 1024;
/// The most channels that a stream has.
const CHANNELS: usize = 2;

/// The audio thread's end: a place for one stream, which the [`StreamSupply`] fills.
pub struct StreamSlot {
    current: Option<Box<Stream>>,
    /// The stream that is fading out, and for how many frames it has been.
    leaving: Option<(Box<Stream>, usize)>,
    /// What the leaving stream sounds like, `[CHANNELS, FADE_FRAMES]`.
    scratch: [Vec<f32>; CHANNELS],
    /// Whether the host renders offline, where it has said so since the streams were opened.
    offline: Option<bool>,
    offered: Consumer<Box<Stream>>,
    retired: Producer<Box<Stream>>,
}

/// The other end, for any thread that may allocate: here streams are opened and dropped.
pub struct StreamSupply {
    offered: Producer<Box<Stream>>,
    retired: Consumer<Box<Stream>>,
}

impl StreamSlot {
    /// A slot with `first` in it, and its supply.
    pub fn new(first: Option<Stream>) -> (Self, StreamSupply) {
        let (offer, offered) = RingBuffer::new(1);
        let (retire, retired) = RingBuffer::new(1);
        let slot = Self {
            current: first.map(Box::new),
            leaving: None,
            scratch: [vec![0.0; FADE_FRAMES], vec![0.0; FADE_FRAMES]],
            offline: None,
            offered,
            retired: retire,
        };
        (slot, StreamSupply { offered: offer, retired })
    }

    /// [`Stream::process`] of the stream in the slot, after exchanging it if there is a new one: the old one's sound is
    /// crossfaded into the new one's, which takes over the old one's dry past. With no stream, `main` stays as it is.
    /// Real-time.
    pub fn process(&mut self, main: &mut [&mut [f32]], side: Option<&[&[f32]]>, controls: &Controls) {
        self.exchange();
        let Some(current) = &mut self.current else { return };
        let frames = main.first().map_or(0, |channel| channel.len());
        let side = side.unwrap_or(&[]);
        if self.leaving.is_none() {
            return current.process(main, Some(side), controls);
        }
        current.begin_block(main, controls);
        if let Some((old, _)) = &mut self.leaving {
            old.begin_block(main, controls);
        }
        let mut done = 0;
        while done < frames {
            done = self.process_part(main, done..frames, side, controls);
        }
        if let Some(current) = &self.current {
            current.end_block(main);
        }
    }

    /// Whether the host renders offline from here on: its streams may wait as long as it takes. Real-time.
    pub fn set_offline(&mut self, offline: bool) {
        self.offline = Some(offline);
        let leaving = self.leaving.as_mut().map(|(old, _)| old);
        self.current.iter_mut().chain(leaving).for_each(|stream| stream.set_offline(offline));
    }

    /// The stream in the slot.
    pub fn stream(&mut self) -> Option<&mut Stream> {
        self.current.as_deref_mut()
    }

    /// Whether the stream in the slot sleeps: what comes out is silence until something sounds again. Real-time.
    pub fn is_asleep(&self) -> bool {
        self.leaving.is_none() && self.current.as_ref().is_some_and(|stream| stream.is_asleep())
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
        let Ok(mut stream) = self.offered.pop() else { return };
        if let Some(offline) = self.offline {
            stream.set_offline(offline);
        }
        if let Some(mut old) = self.current.take() {
            stream.inherit(&mut old);
            self.leaving = Some((old, 0));
        }
        self.current = Some(stream);
    }

    /// Processes as much of the frames `rest` of a block as can be at once. The frame after that.
    fn process_part(
        &mut self,
        main: &mut [&mut [f32]],
        rest: Range<usize>,
        side: &[&[f32]],
        controls: &Controls,
    ) -> usize {
        let Some(current) = &mut self.current else { return rest.end };
        let mut frames = rest.len().min(current.max_block_frames());
        let leaving = self.leaving.as_mut().filter(|(_, faded)| *faded < FADE_FRAMES);
        if let Some((old, faded)) = &leaving {
            frames = frames.min(old.max_block_frames()).min(FADE_FRAMES - faded);
        }
        let part = rest.start..rest.start + frames;
        let dry = current.delayed(main, part.clone());
        if let Some((old, faded)) = leaving {
            let channels = main.len().min(CHANNELS);
            for (scratch, main) in self.scratch.iter_mut().zip(&*main) {
                let main = main.get(part.clone()).unwrap_or_default();
                scratch[..main.len()].copy_from_slice(main);
            }
            let [left, right] = &mut self.scratch;
            let mut scratch = [&mut left[..frames], &mut right[..frames]];
            let behind = SideChain { channels: side, start: part.start };
            old.process_part(&mut scratch[..channels], 0..frames, behind, controls, &dry);
            let side = SideChain { channels: side, start: 0 };
            current.process_part(main, part.clone(), side, controls, &dry);
            for (main, old) in main.iter_mut().zip(&scratch) {
                let main = main.get_mut(part.clone()).unwrap_or_default();
                for (index, (new, &old)) in main.iter_mut().zip(&**old).enumerate() {
                    let weight = (*faded + index + 1) as f32 / FADE_FRAMES as f32;
                    *new = old + weight * (*new - old);
                }
            }
            *faded += frames;
        } else {
            current.process_part(main, part.clone(), SideChain { channels: side, start: 0 }, controls, &dry);
        }
        current.dry = dry;
        self.retire();
        part.end
    }

    /// Sends the old stream off to be dropped, when it is silent.
    fn retire(&mut self) {
        if let Some((old, faded)) = self.leaving.take_if(|(_, faded)| *faded >= FADE_FRAMES)
            && let Err(PushError::Full(refused)) = self.retired.push(old)
        {
            // Nobody has collected the one before, and nobody else may drop it: it stays, silent.
            self.leaving = Some((refused, faded));
        }
    }
}

impl StreamSupply {
    /// Sends `stream` to the slot, and drops what has come back from there.
    ///
    /// # Errors
    /// The slot has not taken the stream before this one yet: here is `stream` back.
    pub fn offer(&mut self, stream: Stream) -> Result<(), Box<Stream>> {
        self.collect();
        self.offered.push(Box::new(stream)).map_err(|PushError::Full(refused)| refused)
    }

    /// Drops the streams that came back. To be called now and then; a slot exchanges no stream while an old one
    /// waits to be collected.
    pub fn collect(&mut self) {
        while let Ok(old) = self.retired.pop() {
            drop(old);
        }
    }
}
