//! A priority for threads that make audio in time: above ordinary work, below every host's audio thread.
//!
//! None of it is a real-time class, which would hold up a host whose own audio thread has none. Whatever the system
//! refuses is left as it is: nothing depends on it but how much else the machine may do meanwhile.

use std::cell::Cell;

thread_local! {
    static RAISED: Cell<bool> = const { Cell::new(false) };
}

/// Raises this thread's priority as far as the system grants it, once.
pub fn raise_priority() {
    // Miri makes no such system calls.
    if !RAISED.replace(true) && !cfg!(miri) {
        raise();
    }
}

/// Whether this thread has asked for a raised priority.
pub(super) fn is_raised() -> bool {
    RAISED.get()
}

/// A lower nice value: `setpriority` without a process means the calling thread here. One is granted to root and
/// down to `RLIMIT_NICE`, which studio distributions give to the group `audio`.
#[cfg(target_os = "linux")]
fn raise() {
    use rustix::process::{getpriority_process, setpriority_process};

    /// Some ten times the share of an ordinary thread.
    const NICE: i32 = -10;

    let Ok(now) = getpriority_process(None) else { return };
    // Who runs the host at a low priority has a reason.
    if now <= 0 {
        let _granted = (NICE..now).find(|nice| setpriority_process(None, *nice).is_ok());
    }
}

/// The class of what the user waits for at this moment, which keeps to the fast cores.
#[cfg(target_vendor = "apple")]
fn raise() {
    // SAFETY: changes the scheduling of the calling thread, and nothing else.
    unsafe { libc::pthread_set_qos_class_self_np(libc::qos_class_t::QOS_CLASS_USER_INTERACTIVE, 0) };
}

/// The highest priority below that of multimedia threads.
#[cfg(windows)]
fn raise() {
    use windows_sys::Win32::System::Threading::{GetCurrentThread, SetThreadPriority, THREAD_PRIORITY_HIGHEST};

    // SAFETY: changes the scheduling of the calling thread, whose pseudo-handle is always valid.
    unsafe { SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_HIGHEST) };
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple", windows)))]
fn raise() {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn a_thread_raises_itself_alone_and_twice_is_once() {
        let raised = thread::spawn(|| {
            assert!(!is_raised());
            raise_priority();
            raise_priority();
            is_raised()
        });
        assert!(raised.join().unwrap());
        assert!(!is_raised());
    }

    #[test]
    #[cfg(all(target_os = "linux", not(miri)))]
    fn the_nice_value_falls_as_far_as_the_system_grants_it_and_for_no_other_thread() {
        use rustix::process::{getpriority_process, setpriority_process};

        let before = getpriority_process(None).unwrap();
        let raised = thread::spawn(|| {
            raise_priority();
            let after = getpriority_process(None).unwrap();
            (after, setpriority_process(None, after - 1).is_ok())
        });
        let (after, goes_further) = raised.join().unwrap();
        assert_eq!(getpriority_process(None).unwrap(), before, "the thread that made it");
        if before > 0 {
            assert_eq!(after, before, "who asked for less gets less");
        } else {
            assert!(after <= before && after >= before.min(-10), "{before} → {after}");
            assert!(after <= -10 || !goes_further, "more than {after} would have been granted");
        }
    }
}
