//! GPU errors. They are reported asynchronously, and failed calls return as if they had succeeded. So every
//! call is inside error scopes, which stay open from one read-back to the next, and a read-back is trusted
//! only if they caught nothing.

use std::sync::{Arc, Mutex};

use candling_core::{Error, Result};

/// All kinds of errors.
const FILTERS: [wgpu::ErrorFilter; 3] =
    [wgpu::ErrorFilter::Validation, wgpu::ErrorFilter::OutOfMemory, wgpu::ErrorFilter::Internal];

pub(crate) struct Scopes {
    open: Vec<wgpu::ErrorScopeGuard>,
    /// Why the device was lost, once it is; the callback may come from another thread.
    lost: Arc<Mutex<Option<String>>>,
}

impl Scopes {
    pub(crate) fn open(device: &wgpu::Device) -> Self {
        let lost = Arc::new(Mutex::new(None));
        let reason = Arc::clone(&lost);
        device.set_device_lost_callback(move |_, message| {
            if let Ok(mut reason) = reason.lock() {
                *reason = Some(message);
            }
        });
        Self { open: push(device), lost }
    }

    /// Closes the scopes and opens new ones; the future resolves with what they caught.
    pub(crate) fn turn(&mut self, device: &wgpu::Device) -> impl Future<Output = Result<()>> + use<> {
        // innermost first
        let closed = std::mem::take(&mut self.open).into_iter().rev();
        let caught: Vec<_> = closed.map(wgpu::ErrorScopeGuard::pop).collect();
        self.open = push(device);
        let lost = Arc::clone(&self.lost);
        async move {
            let mut first = None;
            for error in caught {
                first = first.or(error.await);
            }
            if let Some(reason) = lost.lock().ok().and_then(|reason| reason.clone()) {
                return Err(Error::BackendLost(format!("the device was lost ({})", or_unknown(&reason))));
            }
            match first {
                None => Ok(()),
                Some(wgpu::Error::OutOfMemory { .. }) => {
                    Err(Error::BackendLost("the graphics card has too little memory".into()))
                }
                Some(error) => Err(Error::BackendLost(error.to_string())),
            }
        }
    }
}

impl Drop for Scopes {
    /// Pops the scopes in reverse order, as the device requires.
    fn drop(&mut self) {
        while let Some(scope) = self.open.pop() {
            drop(scope);
        }
    }
}

fn push(device: &wgpu::Device) -> Vec<wgpu::ErrorScopeGuard> {
    FILTERS.into_iter().map(|filter| device.push_error_scope(filter)).collect()
}

fn or_unknown(reason: &str) -> &str {
    if reason.is_empty() { "for no reason that it told" } else { reason }
}
