//! What happens on Ctrl-C, and when a terminal is closed or the command is told to end: unfinished files are taken away.

use candling_core::Error as CoreError;

use crate::error::Result;
use crate::output;

/// As shells have it: 128 and the number of the signal, SIGINT.
const INTERRUPTED: i32 = 130;

/// From here on, no half file is left behind. Signals that the command was started to ignore, as `nohup` does, stay ignored.
///
/// # Errors
/// If the system does not allow it.
pub fn watch() -> Result<()> {
    let watched = ctrlc::try_set_handler(|| {
        output::abandon();
        std::process::exit(INTERRUPTED);
    });
    match watched {
        Ok(()) | Err(ctrlc::Error::MultipleHandlers) => Ok(()),
        Err(e) => Err(CoreError::Backend(format!("signals: {e}")).into()),
    }
}
