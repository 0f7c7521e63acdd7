//! The kernels, by name, each with its WGSL.

/// A kernel; those with the same source differ in the constants of their pipelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// File name, without its ending, and text of every shader.
pub const SHADERS: [(&str, &str); 16] = [
    ("pointwise", include_str!("shaders/pointwise.wgsl")),
    ("dense", include_str!("shaders/dense.wgsl")),
    ("direct", include_str!("shaders/direct.wgsl")),
    ("linear", include_str!("shaders/linear.wgsl")),
    ("linear_vjp", include_str!("shaders/linear_vjp.wgsl")),
    ("affine", include_str!("shaders/affine.wgsl")),
    ("activation", include_str!("shaders/activation.wgsl")),
    ("activation_vjp", include_str!("shaders/activation_vjp.wgsl")),
    ("max_pool", include_str!("shaders/max_pool.wgsl")),
    ("max_pool_vjp", include_str!("shaders/max_pool_vjp.wgsl")),
    ("avg_pool", include_str!("shaders/avg_pool.wgsl")),
    ("avg_pool_vjp", include_str!("shaders/avg_pool_vjp.wgsl")),
    ("sum_positions", include_str!("shaders/sum_positions.wgsl")),
    ("spread", include_str!("shaders/spread.wgsl")),
    ("add", include_str!("shaders/add.wgsl")),
    ("copy_channels", include_str!("shaders/copy_channels.wgsl")),
];

impl Kernel {
    /// Its place in [`SHADERS`].
    pub(crate) fn shader(self) -> usize {
        match self {
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
        }
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
pub(crate) const TILE: usize = 32;

/// A grid of at least `count` workgroups, which the kernel counts row by row: a device allows so many along each axis.
pub(crate) fn grid(count: usize) -> [usize; 3] {
    /// WebGPU guarantees as many.
    const MOST: usize = 65535;
    let across = count.min(MOST);
    [across, count.div_ceil(across.max(1)), 1]
}
