//! Telling the main thread from others.

/// A thread, by what the operating system calls it. Asking for the current one is realtime-safe,
/// which [`std::thread::current()`] is not on threads of the host's: the first call on each of them
/// allocates.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct ThreadHandle(usize);

impl ThreadHandle {
    /// The thread that this is called on.
    pub fn current() -> Self {
        Self(current())
    }
}

#[cfg(unix)]
fn current() -> usize {
    unsafe extern "C" {
        // `pthread_t` is an integer or a pointer, both of this size
        safe fn pthread_self() -> usize;
    }

    pthread_self()
}

#[cfg(windows)]
fn current() -> usize {
    #[link(name = "kernel32")]
    unsafe extern "system" {
        safe fn GetCurrentThreadId() -> u32;
    }

    GetCurrentThreadId() as usize
}
