//! The kernels, by name, each with its WGSL.

/// A kernel; those with the same source differ in the constants of their pipelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kernel {
    Pointwise {
        transposed: bool,
    },
    Dense,
    /// By height and width of its kernel, and what positions are divided by.
    Direct {
        kernel: [usize; 2],
        divisor: [usize; 2],
    },
    Linear,
    LinearVjp,
    Affine,
    Activation,
    ActivationVjp,
    MaxPool,
    MaxPoolVjp,
    AvgPool,
    AvgPoolVjp,
    SumPositions,
    Spread,
    Add,
    CopyChannels,
}

macro_rules! shaders {
    ($($name:literal),*) => {
        [$(($name, include_str!(concat!(env!("OUT_DIR"), "/", $name, ".wgsl")))),*]
    };
}

/// Name of every file of `src/shaders`, without its ending, and its text without comments.
pub const SHADERS: [(&str, &str); 16] = shaders![
    "pointwise",
    "dense",
    "direct",
    "linear",
    "linear_vjp",
    "affine",
    "activation",
    "activation_vjp",
    "max_pool",
    "max_pool_vjp",
    "avg_pool",
    "avg_pool_vjp",
    "sum_positions",
    "spread",
    "add",
    "copy_channels"
];

impl Kernel {
    /// Name and text of its shader.
    pub(crate) fn shader(self) -> (&'static str, &'static str) {
        let place = match self {
            Self::Pointwise { .. } => 0,
            Self::Dense => 1,
            Self::Direct { .. } => 2,
            Self::Linear => 3,
            Self::LinearVjp => 4,
            Self::Affine => 5,
            Self::Activation => 6,
            Self::ActivationVjp => 7,
            Self::MaxPool => 8,
            Self::MaxPoolVjp => 9,
            Self::AvgPool => 10,
            Self::AvgPoolVjp => 11,
            Self::SumPositions => 12,
            Self::Spread => 13,
            Self::Add => 14,
            Self::CopyChannels => 15,
        };
        SHADERS[place]
    }

    /// The constants of its pipeline.
    pub(crate) fn constants(self) -> Vec<(&'static str, f64)> {
        match self {
            Self::Pointwise { transposed } => vec![("transposed", f64::from(u8::from(transposed)))],
            Self::Direct { kernel, divisor } => vec![
                ("kernel_height", kernel[0] as f64),
                ("kernel_width", kernel[1] as f64),
                ("divisor_down", divisor[0] as f64),
                ("divisor_across", divisor[1] as f64),
            ],
            _ => Vec::new(),
        }
    }
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
