//! Long work whose caller can stop waiting for it.

use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// How often it is asked whether to stop.
const PATIENCE: Duration = Duration::from_millis(50);
/// Memory for what the work calls: what a program's first thread has.
const STACK_BYTES: usize = 8 << 20;

/// Work on a thread of its own. One that nobody waits for any more goes on until its work is done, whose result is dropped:
/// it must not write anything.
pub struct Background<T> {
    thread: JoinHandle<()>,
    result: Receiver<T>,
}

impl<T: Send + 'static> Background<T> {
    /// Begins `work`.
    ///
    /// # Panics
    /// Where the system gives no thread.
    pub fn start(work: impl FnOnce() -> T + Send + 'static) -> Self {
        let (sender, result) = mpsc::channel();
        let thread = Builder::new().stack_size(STACK_BYTES).spawn(move || {
            // Nobody may wait any more.
            let _ = sender.send(work());
        });
        Self { thread: thread.expect("the system gives a thread"), result }
    }

    /// The result; none as soon as it is `stopped`.
    ///
    /// # Panics
    /// As the work did.
    pub fn wait(self, stopped: &mut dyn FnMut() -> bool) -> Option<T> {
        loop {
            match self.result.recv_timeout(PATIENCE) {
                Ok(result) => return Some(result),
                Err(RecvTimeoutError::Timeout) if stopped() => return None,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    let panic = self.thread.join().expect_err("a thread without a result panicked");
                    resume_unwind(panic)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::time::Instant;

    use super::*;

    #[test]
    fn it_is_waited_for_until_it_is_done_or_stopped_and_its_panics_are_the_callers() {
        assert_eq!(Background::start(|| 7).wait(&mut || false), Some(7));
        let begun = Instant::now();
        let long = Background::start(|| std::thread::sleep(Duration::from_secs(20)));
        assert!(long.wait(&mut || true).is_none() && begun.elapsed() < Duration::from_secs(5));
        let broken = AssertUnwindSafe(|| Background::start(|| std::panic::panic_any(7)).wait(&mut || false));
        assert!(catch_unwind(broken).is_err());
    }
}
