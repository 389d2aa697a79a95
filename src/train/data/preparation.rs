//! Bringing recordings into the cache.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::time::Duration;

use super::cache::{Cache, Cached, Found};
use super::files::AudioFile;
use crate::train::observer::Observer;
use crate::{Error, Result};

/// How often it is asked whether to stop.
const PATIENCE: Duration = Duration::from_millis(50);

/// A file's number, and what the cache has of it.
type Answer = (usize, Result<Found>);

/// Every file's cached audio, or why there is none, made on all processors.
///
/// Where the observer wants to stop, that is at once: files that are being decoded are given up by threads which end by
/// themselves. These write nothing, so that nothing is left half-written if the process ends before them.
///
/// # Errors
/// Where the cache cannot be written, or the observer wants to stop.
pub(super) fn prepared(
    files: &[AudioFile],
    cache: &Arc<Cache>,
    observer: &mut dyn Observer,
) -> Result<Vec<Result<Cached>>> {
    let answers = decoded(files, cache);
    let mut cached: Vec<Option<Result<Cached>>> = files.iter().map(|_| None).collect();
    let mut done = 0;
    while done < files.len() {
        match answers.recv_timeout(PATIENCE) {
            Ok((index, answer)) => {
                cached[index] = Some(match answer {
                    Ok(Found::Cached(audio)) => Ok(audio),
                    Ok(Found::Decoded(audio)) => {
                        let source = files[index].path.display();
                        audio.told.iter().for_each(|what| observer.warned(&format!("{source}: {what}")));
                        Ok(cache.store(audio)?)
                    }
                    Err(error) => Err(error),
                });
                done += 1;
                observer.prepared(done, files.len());
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => unreachable!("threads answer for every file"),
        }
        if done < files.len() && observer.stopped() {
            let reason =
                format!("stopped when {done} of {} files were prepared: nothing was trained", files.len());
            return Err(Error::unreadable(cache.folder(), reason));
        }
    }
    Ok(cached.into_iter().map(|answer| answer.expect("every file was answered for")).collect())
}

/// What the cache has of `files`, or could have, as soon as it is decoded.
fn decoded(files: &[AudioFile], cache: &Arc<Cache>) -> mpsc::Receiver<Answer> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(files.len());
    // Decoded audio waits for the disk, not in memory.
    let (sender, receiver) = mpsc::sync_channel(1);
    let next = Arc::new(AtomicUsize::new(0));
    let paths: Arc<[_]> = files.iter().map(|file| file.path.clone()).collect();
    for _ in 0..threads {
        let (paths, cache, next) = (Arc::clone(&paths), Arc::clone(cache), Arc::clone(&next));
        let sender: SyncSender<Answer> = sender.clone();
        std::thread::spawn(move || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(path) = paths.get(index) else { return };
                // Nobody listens once the cache has failed or the training is stopped.
                if sender.send((index, cache.find(path))).is_err() {
                    return;
                }
            }
        });
    }
    receiver
}
