//! Uniforms of the kernels: for every `Params` of a shader a struct with the same fields, in the same order
//! and of the same types. `tests/shaders.rs` checks that they agree.

use bytemuck::{Pod, Zeroable};

/// A field and its place in the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Name of the field.
    pub name: &'static str,
    /// Type: `u32`, `i32` or `f32`.
    pub kind: &'static str,
    /// Offset in bytes.
    pub offset: usize,
}

/// The types of fields: four bytes, any bits of which are a value.
trait Word {
    const NAME: &'static str;
}

impl Word for u32 {
    const NAME: &'static str = "u32";
}

impl Word for i32 {
    const NAME: &'static str = "i32";
}

impl Word for f32 {
    const NAME: &'static str = "f32";
}

/// A struct of words that a uniform buffer holds.
pub(crate) trait Uniforms: Pod {
    const FIELDS: &'static [Field];
}

macro_rules! uniforms {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ident),* $(,)? })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy)]
            #[repr(C)]
            pub(crate) struct $name {
                $(pub(crate) $field: $kind),*
            }

            // SAFETY: zero bits are a value of each type that a field may have
            unsafe impl Zeroable for $name {}

            // SAFETY: `repr(C)` lays words out without gaps; any bits of them are values
            unsafe impl Pod for $name {}

            const _: () = assert!(size_of::<$name>() == 4 * <$name as Uniforms>::FIELDS.len());

            impl Uniforms for $name {
                const FIELDS: &'static [Field] = &[$(Field {
                    name: stringify!($field),
                    kind: <$kind as Word>::NAME,
                    offset: std::mem::offset_of!($name, $field),
                }),*];
            }
        )*
    };
}

uniforms! {
    Pointwise { halves: u32, rows: u32, depth: u32, columns: u32, end: u32, activation: u32, rule: u32 }
    Dense {
        halves: u32, rows: u32, channels: u32, groups: u32,
        x_height: u32, x_width: u32, y_height: u32, y_width: u32, kernel_height: u32, kernel_width: u32,
        step_down: i32, step_across: i32, tap_down: i32, tap_across: i32, shift_down: i32, shift_across: i32,
        divisor_down: i32, divisor_across: i32, w_row: u32, w_channel: u32,
        end: u32, activation: u32, rule: u32,
    }
    Direct {
        halves: u32, values: u32, rows: u32, channels: u32, groups: u32,
        x_height: u32, x_width: u32, y_height: u32, y_width: u32,
        step_down: i32, step_across: i32, tap_down: i32, tap_across: i32, shift_down: i32, shift_across: i32,
        w_row: u32, w_channel: u32,
        end: u32, activation: u32, rule: u32,
    }
    Linear { halves: u32, sums: u32, outputs: u32, inputs: u32 }
    LinearVjp { halves: u32, values: u32, outputs: u32, inputs: u32 }
    Affine { values: u32, channels: u32, area: u32, shifted: u32 }
    Activation { values: u32, activation: u32 }
    Gated { values: u32, activation: u32, rule: u32 }
    Unary { values: u32, function: u32, back: u32 }
    Binary { values: u32, of_a: u32, of_b: u32, function: u32 }
    Window {
        values: u32, x_height: u32, x_width: u32, y_height: u32, y_width: u32,
        kernel_height: i32, kernel_width: i32, stride_down: i32, stride_across: i32, dilation_down: i32, dilation_across: i32,
        top: i32, left: i32, bottom: i32, right: i32, include_padding: u32,
    }
    Reduce { sums: u32, area: u32, scale: f32 }
    Spread { values: u32, area: u32, scale: f32 }
    CopyChannels { values: u32, part: u32, y_picture: u32, y_start: u32 }
    Gather {
        values: u32, x_channels: u32, x_height: u32, x_width: u32, y_channels: u32, y_height: u32, y_width: u32,
    }
}

/// Converts a size to a word. Shapes have at most 2²⁸ elements, and windows are no larger than 2¹⁶.
pub(crate) fn word(size: usize) -> u32 {
    size as u32
}

/// Converts a size that is added to values that may be negative.
pub(crate) fn signed(size: usize) -> i32 {
    size as i32
}
