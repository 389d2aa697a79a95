//! What happens when the program is told to end.

/// From now on, whoever ends the program (Ctrl-C, a closed terminal, `kill`) leaves no unfinished file behind. It still ends as
/// it would have: a shell's loop over files stops only if the program died of the signal.
///
/// # Errors
/// Where the system has no room for a handler.
#[cfg(unix)]
pub fn clean_up_when_told_to_end() -> std::io::Result<()> {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    // Nobody asks whether it came: a file that outgrows `ulimit -f` is then an error of writing, and not the program's end.
    signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    let ignored = ignored();
    let heard =
        [SIGINT, SIGTERM, SIGQUIT, SIGHUP].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let mut signals = Signals::new(heard)?;
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        for signal in signals.forever() {
            remel::audio::abandon_writes();
            let _ = emulate_default_handler(signal);
        }
    })?;
    Ok(())
}

/// The signals that this process was started to ignore, a bit each: `nohup` and shells' background jobs rely on that.
#[cfg(unix)]
fn ignored() -> u64 {
    // The C library tells only through unsafe functions. Where there is no such file, none is ignored.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// From now on, Ctrl-C and a closed console leave no unfinished file behind.
///
/// # Errors
/// Where the system has no room for a handler.
#[cfg(not(unix))]
pub fn clean_up_when_told_to_end() -> std::io::Result<()> {
    /// `STATUS_CONTROL_C_EXIT`, with which programs end at Ctrl-C.
    const CONTROL_C: i32 = 0xC000_013A_u32 as i32;
    let handler = || {
        remel::audio::abandon_writes();
        std::process::exit(CONTROL_C);
    };
    ctrlc::set_handler(handler).map_err(std::io::Error::other)
}
