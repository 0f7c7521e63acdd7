//! The kernels by name, each with its WGSL and its uniforms.

use std::marker::PhantomData;

use crate::uniforms::{self, Field, Uniforms};

/// A shader.
pub struct Shader {
    /// Name of its file in `src/shaders`, without extension.
    pub name: &'static str,
    /// Source text, with includes resolved and comments removed.
    pub text: &'static str,
    /// Names of its pipeline constants.
    pub constants: &'static [&'static str],
}

/// The uniforms of a shader, for a test: no part of [`Shader`], so that no page loads the names.
pub struct Layout {
    /// Fields of its uniforms.
    pub fields: &'static [Field],
    /// Size of its uniforms in bytes.
    pub size: usize,
}

/// The index of a shader, with the type of its uniforms.
pub(crate) struct Kernel<U> {
    pub(crate) place: usize,
    uniforms: PhantomData<U>,
}

/// Values of a shader's constants, in order, filled up with 0.
pub(crate) type Constants = [u32; 4];

/// Constants of a shader that has none.
pub(crate) const NONE: Constants = [0; 4];

macro_rules! kernels {
    ($($name:ident = $file:literal, $uniforms:ident $(, $constant:literal)*;)*) => {
        /// All shaders, by index.
        pub const SHADERS: &[Shader] = &[$(Shader {
            name: $file,
            text: include_str!(concat!(env!("OUT_DIR"), "/", $file, ".wgsl")),
            constants: &[$($constant),*],
        }),*];

        /// The uniforms of each shader.
        pub const LAYOUTS: &[Layout] = &[$(Layout {
            fields: <uniforms::$uniforms as Uniforms>::FIELDS,
            size: size_of::<uniforms::$uniforms>(),
        }),*];

        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Place { $($name),* }

        $(pub(crate) const $name: Kernel<uniforms::$uniforms> =
            Kernel { place: Place::$name as usize, uniforms: PhantomData };)*
    };
}

kernels! {
    POINTWISE = "pointwise", Pointwise, "transposed";
    DENSE = "dense", Dense;
    DIRECT = "direct", Direct, "kernel_height", "kernel_width", "divisor_down", "divisor_across";
    LINEAR = "linear", Linear;
    LINEAR_VJP = "linear_vjp", LinearVjp;
    AFFINE = "affine", Affine;
    ACTIVATION = "activation", Activation;
    GATED = "gated", Gated;
    UNARY = "unary", Unary;
    BINARY = "binary", Binary;
    MAX_POOL = "max_pool", Window;
    MAX_POOL_VJP = "max_pool_vjp", Window;
    AVG_POOL = "avg_pool", Window;
    AVG_POOL_VJP = "avg_pool_vjp", Window;
    REDUCE = "reduce", Reduce;
    SPREAD = "spread", Spread;
    COPY_CHANNELS = "copy_channels", CopyChannels;
    GATHER = "gather", Gather;
}

/// Workgroup size of kernels with one invocation per value.
pub(crate) const FLAT: usize = 256;

/// Side of the tile of sums that a workgroup of a matrix product computes.
pub const TILE: usize = 32;

/// Terms of each sum that such a workgroup loads at a time.
pub const DEPTH: usize = 16;

/// A grid of at least `count` workgroups, which the kernel counts row by row: a device allows so many along
/// each axis.
pub(crate) fn grid(count: usize) -> [usize; 3] {
    /// Workgroups per axis that WebGPU guarantees.
    const MOST: usize = 65535;
    let across = count.min(MOST);
    [across, count.div_ceil(across.max(1)), 1]
}
