//! What a person types at the terminal, which does not show it.

use std::io;

use zeroize::Zeroizing;

use crate::failure::Failure;

pub(crate) fn typed(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    interruptible(|| rpassword::prompt_password(prompt).map(Zeroizing::new)).map_err(Failure::Terminal)
}

/// Ctrl-C ends the program, but only once the terminal is as it was: rpassword sends itself the signal while it is not.
#[cfg(unix)]
fn interruptible<T>(ask: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    use signal_hook::{consts::SIGINT, flag, low_level};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    let interrupted = Arc::<AtomicBool>::default();
    let held = flag::register(SIGINT, Arc::clone(&interrupted))?;
    let answer = ask();
    low_level::unregister(held);
    if interrupted.load(Ordering::SeqCst) {
        low_level::emulate_default_handler(SIGINT)?;
    }
    answer
}

#[cfg(not(unix))]
fn interruptible<T>(ask: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    ask()
}
