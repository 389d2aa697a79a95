//! What terminates a standalone application from the outside: Ctrl+C, and SIGTERM on Unix.

use std::io;

/// Call `stop` when the process is told to terminate, and then terminate it the way the signal would
/// have done that. The editor may be blocking the main thread, so this does not wait for it.
#[cfg(unix)]
pub fn on_termination(stop: impl FnOnce() + Send + 'static) -> io::Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    std::thread::Builder::new()
        .name(String::from("signals"))
        .spawn(move || {
            if let Some(signal) = signals.forever().next() {
                stop();

                // This way the parent process also learns what happened
                if let Err(err) = emulate_default_handler(signal) {
                    crate::nice_error!("Could not terminate by signal {signal}: {err}");
                    std::process::exit(128 + signal);
                }
            }
        })?;

    Ok(())
}

/// Call `stop` on Ctrl+C, and then terminate the process. The editor may be blocking the main thread,
/// so this does not wait for it.
#[cfg(not(unix))]
pub fn on_termination(stop: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let mut stop = Some(stop);
    ctrlc::set_handler(move || {
        if let Some(stop) = stop.take() {
            stop();
            std::process::exit(130);
        }
    })
    .map_err(io::Error::other)
}
