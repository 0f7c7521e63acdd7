//! Errors thrown to JavaScript.

use js_sys::Reflect;
use wasm_bindgen::{JsError, JsValue};

/// A JavaScript `Error` to be thrown.
pub struct Thrown(JsValue);

/// The result of a function that JavaScript calls.
pub type Result<T> = std::result::Result<T, Thrown>;

impl Thrown {
    /// Creates an `Error` with this message and a property `code`.
    #[must_use]
    pub fn new(code: &str, message: &str) -> Self {
        let error = JsValue::from(JsError::new(message));
        // setting a property of a fresh, extensible object cannot fail
        let _ = Reflect::set(&error, &"code".into(), &code.into());
        Self(error)
    }
}

impl From<Thrown> for JsValue {
    fn from(thrown: Thrown) -> Self {
        thrown.0
    }
}

macro_rules! thrown_from {
    ($error:ty) => {
        impl From<$error> for Thrown {
            fn from(e: $error) -> Self {
                Self::new(e.code(), &e.to_string())
            }
        }
    };
}

thrown_from!(candling_core::Error);
#[cfg(feature = "candling-head")]
thrown_from!(candling_head::Error);
#[cfg(feature = "candling-imaging")]
thrown_from!(candling_imaging::Error);
#[cfg(feature = "candling-models")]
thrown_from!(candling_models::Error);
