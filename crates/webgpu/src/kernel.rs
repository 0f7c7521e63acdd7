//! The kernels, by name, each with its WGSL and what it is told.

use std::marker::PhantomData;

use crate::uniforms::{self, Field, Uniforms};

/// A shader.
pub struct Shader {
    /// Name of its file in `src/shaders`, without the ending.
    pub name: &'static str,
    /// Its text, with what it includes and without comments.
    pub text: &'static str,
    /// The constants that its pipelines differ in.
    pub constants: &'static [&'static str],
}

/// What a shader is told, as a test compares it: no part of [`Shader`], so that no page loads the names.
pub struct Layout {
    /// The fields of its uniforms.
    pub fields: &'static [Field],
    /// Bytes of its uniforms.
    pub size: usize,
}

/// A shader's place among all, with the type of its uniforms.
pub(crate) struct Kernel<U> {
    pub(crate) place: usize,
    uniforms: PhantomData<U>,
}

/// Values of a shader's constants, in their order; what follows them is 0.
pub(crate) type Constants = [u32; 4];

/// For a shader without.
pub(crate) const NONE: Constants = [0; 4];

macro_rules! kernels {
    ($($name:ident = $file:literal, $uniforms:ident $(, $constant:literal)*;)*) => {
        /// Every shader, by its place.
        pub const SHADERS: &[Shader] = &[$(Shader {
            name: $file,
            text: include_str!(concat!(env!("OUT_DIR"), "/", $file, ".wgsl")),
            constants: &[$($constant),*],
        }),*];

        /// What each of them is told.
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

/// Invocations in a workgroup of the kernels that have one for each value.
pub(crate) const FLAT: usize = 256;

/// Side of the tile of sums that a workgroup of a matrix product computes.
pub const TILE: usize = 32;

/// Terms of each sum that such a workgroup fetches at a time.
pub const DEPTH: usize = 16;

/// A grid of at least `count` workgroups, which the kernel counts row by row: a device allows so many along each axis.
pub(crate) fn grid(count: usize) -> [usize; 3] {
    /// WebGPU guarantees as many.
    const MOST: usize = 65535;
    let across = count.min(MOST);
    [across, count.div_ceil(across.max(1)), 1]
}
