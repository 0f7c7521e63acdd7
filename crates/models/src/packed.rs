//! Weights packed into integers of a few bits, in the file only: unpacked to `f32` when it is read.
//!
//! The weight is viewed as a matrix: a row is an output channel, a column one of its inputs and taps. Three
//! tensors replace it:
//!
//! | tensor | type | extents | holds |
//! |---|---|---|---|
//! | `NAME.codes` | `U8` | ⌈weights / 8⌉, bits | eight codes of `bits` bits in `bits` bytes, the lowest bits first |
//! | `NAME.rows` | `F16` | the weight's first | a scale for each output channel |
//! | `NAME.columns` | `F16` | the weight's others | a scale for each input and tap |
//!
//! With L = 2^(bits − 1) − 1 and u = (c − L) / L, a code c from 0 to 2L stands for `(A·u + (1 −
//! A)·u³)·row·column`. So the weight's extents, and the number of bits, follow from the tensors' extents and
//! cannot contradict them.
//!
//! The cubic makes small steps for the many small weights, and large steps for the few large ones: on Lite0 a
//! third less squared error than uniform steps (Panter & Dite 1951, "Quantization Distortion in Pulse-Count
//! Modulation with Nonuniform Spacing of Levels"), and it needs no table in the file.
//!
//! Scales of rows alone (the usual scale per channel) are not enough: a folded network has inputs that are
//! rarely active and have large weights, and these would set the step of every weight in the row. Nagel et
//! al. 2019 ("Data-Free Quantization Through Weight Equalization and Bias Correction") move such scales into
//! the previous layer, which ReLU6 does not allow; as factors in the file they are exact.

use candling_core::Weight;
use half::f16;
use safetensors::{Dtype, SafeTensors};

use crate::widen::widen;
use crate::{Error, Result};

/// Suffixes of the three tensors' names, after the weight's name.
const CODES: &str = ".codes";
const ROWS: &str = ".rows";
const COLUMNS: &str = ".columns";

/// Allowed numbers of bits; fewer are too coarse, more are hardly shorter than `f16`.
const BITS: std::ops::RangeInclusive<usize> = 4..=12;

/// Number of codes that fill whole bytes.
const GROUP: usize = 8;

/// A in the formula above: the size of the steps at 0, relative to uniform ones.
const STEP_AT_ZERO: f32 = 0.6;

/// Rounds in which rows and columns are scaled in turn; after these they hardly change.
const ROUNDS: usize = 3;

/// Smallest scale: a normal `f16`, which has full precision.
const SMALLEST: f32 = f16::MIN_POSITIVE.to_f32_const();

/// The weight that a tensor of this name belongs to, and whether the tensor holds its codes.
pub(crate) fn part_of<'n>(name: &'n str, tensors: &SafeTensors<'_>) -> Option<(&'n str, bool)> {
    if let Some(weight) = name.strip_suffix(CODES) {
        return Some((weight, true));
    }
    let weight = name.strip_suffix(ROWS).or_else(|| name.strip_suffix(COLUMNS))?;
    tensors.tensor(&format!("{weight}{CODES}")).is_ok().then_some((weight, false))
}

/// Reads a weight whose codes are in the file.
///
/// # Errors
/// [`Error::BadModel`] if a tensor is missing, of another type or other extents, or a scale is not finite and
/// above 0.
pub(crate) fn read(name: &str, tensors: &SafeTensors<'_>) -> Result<Weight> {
    let part = |suffix: &str, dtype: Dtype| {
        let part = format!("{name}{suffix}");
        let view = tensors.tensor(&part).map_err(|_| {
            Error::BadModel(format!(
                "weight `{name}`: its `{part}` is missing; packed weights have three parts"
            ))
        })?;
        if view.dtype() != dtype {
            return Err(Error::BadModel(format!("`{part}` is {:?}, needed {dtype:?}", view.dtype())));
        }
        Ok(view)
    };
    let scales = |suffix: &str| {
        let view = part(suffix, Dtype::F16)?;
        let scales = widen(view.data());
        match scales.iter().position(|scale| !(scale.is_finite() && *scale > 0.0)) {
            None => Ok((view.shape().to_vec(), scales)),
            Some(at) => Err(Error::BadModel(format!(
                "`{name}{suffix}` is {} at element {at}; a scale is finite and above 0",
                scales[at]
            ))),
        }
    };
    let (rows_shape, rows) = scales(ROWS)?;
    let (columns_shape, columns) = scales(COLUMNS)?;
    let codes = part(CODES, Dtype::U8)?;
    let groups = rows.len().checked_mul(columns.len()).map(|n| n.div_ceil(GROUP));
    let bits = match *codes.shape() {
        [n, bits] if Some(n) == groups && BITS.contains(&bits) && rows_shape.len() == 1 => bits,
        _ => {
            return Err(Error::BadModel(format!(
                "weight `{name}` has rows {rows_shape:?}, columns {columns_shape:?} and codes {:?}; needed are codes of \
                 a group for every {GROUP} weights by {} to {} bits",
                codes.shape(),
                BITS.start(),
                BITS.end()
            )));
        }
    };
    let levels = levels(bits);
    let mut data: Vec<f32> = Vec::with_capacity(rows.len() * columns.len() + GROUP);
    for group in codes.data().chunks_exact(bits) {
        let mut bytes = [0; 16];
        bytes[..bits].copy_from_slice(group);
        let group = u128::from_le_bytes(bytes);
        data.extend((0..GROUP).map(|at| levels[(group >> (at * bits)) as usize & (levels.len() - 1)]));
    }
    data.truncate(rows.len() * columns.len());
    if !columns.is_empty() {
        for (values, row) in data.chunks_exact_mut(columns.len()).zip(&rows) {
            values.iter_mut().zip(&columns).for_each(|(value, column)| *value *= row * column);
        }
    }
    Ok(Weight { shape: [rows_shape, columns_shape].concat(), data })
}

/// A weight's parts by name, with their extents and bytes.
pub(crate) fn write(name: &str, weight: &Weight, bits: usize) -> [(String, Dtype, Vec<usize>, Vec<u8>); 3] {
    let (first, others) = weight.shape.split_first().map_or((1, &[][..]), |(first, others)| (*first, others));
    let width = others.iter().product();
    let (rows, columns) = scales(&weight.data, first, width);
    let levels = levels(bits);
    let code =
        |at: usize| nearest(&levels, weight.data[at] / (rows[at / width] * columns[at % width])) as u128;
    let mut codes = Vec::new();
    for start in (0..weight.data.len()).step_by(GROUP) {
        let end = weight.data.len().min(start + GROUP);
        let group = (start..end).fold(0, |group, at| group | code(at) << ((at - start) * bits));
        codes.extend(&group.to_le_bytes()[..bits]);
    }
    let halves = |scales: &[f32]| scales.iter().flat_map(|&s| f16::from_f32(s).to_le_bytes()).collect();
    [
        (format!("{name}{CODES}"), Dtype::U8, vec![codes.len() / bits, bits], codes),
        (format!("{name}{ROWS}"), Dtype::F16, vec![first], halves(&rows)),
        (format!("{name}{COLUMNS}"), Dtype::F16, others.to_vec(), halves(&columns)),
    ]
}

/// The value of each code before scaling: from −1 to 1, in rising order. The last of the 2^bits is never
/// written.
fn levels(bits: usize) -> Vec<f32> {
    let largest = (1i32 << (bits - 1)) - 1;
    let level = |code: i32| {
        let u = (code - largest) as f32 / largest as f32;
        u * (STEP_AT_ZERO + (1.0 - STEP_AT_ZERO) * u * u)
    };
    (0..1 << bits).map(level).collect()
}

/// The code whose level is nearest to a value.
fn nearest(levels: &[f32], value: f32) -> usize {
    let above = levels.partition_point(|&level| level < value).clamp(1, levels.len() - 2);
    if value - levels[above - 1] < levels[above] - value { above - 1 } else { above }
}

/// Scales under which the largest weight of every row is 1 and that of every column nearly so.
fn scales(data: &[f32], rows: usize, width: usize) -> (Vec<f32>, Vec<f32>) {
    let half = |scale: f32| f16::from_f32(scale).to_f32().max(SMALLEST);
    let mut columns = vec![1.0; width];
    let row_scales = |columns: &[f32]| -> Vec<f32> {
        let row =
            |row: &[f32]| row.iter().zip(columns).fold(0.0, |most: f32, (w, c)| most.max((w / c).abs()));
        (0..rows).map(|r| half(row(&data[r * width..][..width]))).collect()
    };
    for _ in 0..ROUNDS {
        let scales = row_scales(&columns);
        let mut largest = vec![0.0f32; width];
        for (at, w) in data.iter().enumerate() {
            let (row, column) = (at / width, at % width);
            largest[column] = largest[column].max((w / scales[row]).abs());
        }
        columns = largest.into_iter().map(half).collect();
    }
    (row_scales(&columns), columns)
}
