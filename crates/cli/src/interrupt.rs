//! Handling of Ctrl-C, of a closed terminal and of termination: temporary files are removed.

use candling_core::Error as CoreError;

use crate::error::Result;
use crate::output;

/// Exit code as in shells: 128 plus the number of the signal, SIGINT.
const INTERRUPTED: i32 = 130;

/// Installs the signal handlers. Signals that the command was started to ignore, as by `nohup`, stay ignored.
///
/// # Errors
/// If the system does not allow it.
pub fn watch() -> Result<()> {
    let watched = ctrlc::try_set_handler(|| {
        output::remove_unfinished();
        std::process::exit(INTERRUPTED);
    });
    match watched {
        Ok(()) | Err(ctrlc::Error::MultipleHandlers) => Ok(()),
        Err(e) => Err(CoreError::Backend(format!("signals: {e}")).into()),
    }
}
