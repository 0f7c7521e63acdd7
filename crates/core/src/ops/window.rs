//! Sliding windows: the geometry that convolution and pooling share.

use super::Fields;
use crate::{Error, Result, Shape};

/// Rows and columns of zeros (for max-pooling −∞) around a picture. The sides may differ: TensorFlow's `SAME`
/// pads a stride-2 3×3 on an even size with nothing before and one after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Padding {
    /// Rows above.
    pub top: usize,
    /// Rows below.
    pub bottom: usize,
    /// Columns to the left.
    pub left: usize,
    /// Columns to the right.
    pub right: usize,
}

impl Padding {
    /// The same on all four sides.
    #[must_use]
    pub const fn all(p: usize) -> Self {
        Self { top: p, bottom: p, left: p, right: p }
    }

    /// Reads or writes the field `padding` of an op: top, bottom, left, right.
    pub(super) fn field(&mut self, fields: &mut dyn Fields) {
        let mut sides = [self.top, self.bottom, self.left, self.right];
        fields.numbers("padding", &mut sides);
        let [top, bottom, left, right] = sides;
        *self = Self { top, bottom, left, right };
    }
}

/// A window that slides over height and width; pairs are `[vertical, horizontal]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// Extent, each at least 1.
    pub kernel: [usize; 2],
    /// Step, each at least 1.
    pub stride: [usize; 2],
    /// Padding around the picture.
    pub padding: Padding,
    /// Distance between neighbouring taps, each at least 1.
    pub dilation: [usize; 2],
}

/// Largest extent of a window; keeps all later arithmetic far from overflow.
const MAX_EXTENT: usize = 1 << 16;

impl Window {
    /// A dense window without padding.
    #[must_use]
    pub const fn new(kernel: [usize; 2], stride: [usize; 2]) -> Self {
        Self { kernel, stride, padding: Padding::all(0), dilation: [1, 1] }
    }

    /// Number of taps.
    #[must_use]
    pub const fn taps(&self) -> usize {
        self.kernel[0] * self.kernel[1]
    }

    /// Whether output positions are input positions: 1×1, stride 1, no padding.
    #[must_use]
    pub fn is_pointwise(&self) -> bool {
        *self == Self { dilation: self.dilation, ..Self::new([1, 1], [1, 1]) }
    }

    /// Rows and columns of the output for an input of shape `x`. With `ceil`, an overhanging last window
    /// counts if it starts inside the picture or its leading padding (PyTorch's `ceil_mode`).
    ///
    /// # Errors
    /// [`Error::BadShape`] if an extent is out of range or the window does not fit into the padded picture.
    pub fn output(&self, x: Shape, ceil: bool) -> Result<[usize; 2]> {
        let Padding { top, bottom, left, right } = self.padding;
        let axis = |name: &str, i: usize, size: usize, before: usize, after: usize| {
            let (kernel, stride, dilation) = (self.kernel[i], self.stride[i], self.dilation[i]);
            let in_range = |v: usize| (1..=MAX_EXTENT).contains(&v);
            if ![kernel, stride, dilation].into_iter().all(in_range) || before.max(after) > MAX_EXTENT {
                return Err(Error::BadShape {
                    what: format!("{name} of the window"),
                    given: format!(
                        "kernel {kernel}, stride {stride}, dilation {dilation}, padding {before} and {after}"
                    ),
                    needed: format!(
                        "kernel, stride and dilation 1 to {MAX_EXTENT}, padding at most {MAX_EXTENT}"
                    ),
                });
            }
            let span = dilation * (kernel - 1) + 1;
            let Some(room) = (size + before + after).checked_sub(span) else {
                return Err(Error::BadShape {
                    what: format!("{name} of the input"),
                    given: format!("{size} (and padding {before} and {after})"),
                    needed: format!("at least the window's {span}"),
                });
            };
            let floor = room / stride + 1;
            let overhangs = ceil && room % stride != 0 && floor * stride < size + before;
            Ok(floor + usize::from(overhangs))
        };
        Ok([axis("height", 0, x.h, top, bottom)?, axis("width", 1, x.w, left, right)?])
    }

    /// The output's shape of a pooling; `ceil` as for [`Window::output`].
    ///
    /// # Errors
    /// [`Error::BadShape`] where `output` gives it, or if a window could contain only padding.
    pub(super) fn pooled(&self, x: Shape, ceil: bool) -> Result<Shape> {
        self.check_padding()?;
        let [h, w] = self.output(x, ceil)?;
        Ok(Shape::new(x.n, x.c, h, w))
    }

    /// Refuses windows that could contain only padding: a maximum of −∞, a mean over no element. PyTorch
    /// allows padding of at most half the kernel, and so do we; with dilated taps that is not enough, so
    /// padding and dilation exclude each other.
    fn check_padding(&self) -> Result<()> {
        let p = self.padding;
        let [kh, kw] = self.kernel;
        let given = || format!("{} {} {} {} (top bottom left right)", p.top, p.bottom, p.left, p.right);
        if p.top.max(p.bottom) > kh / 2 || p.left.max(p.right) > kw / 2 {
            return Err(Error::BadShape {
                what: "padding".into(),
                given: given(),
                needed: format!("at most half the {kh}x{kw} kernel"),
            });
        }
        if self.dilation != [1, 1] && p != Padding::all(0) {
            return Err(Error::BadShape {
                what: "padding".into(),
                given: given(),
                needed: "none, since the window is dilated".into(),
            });
        }
        Ok(())
    }

    /// Input row of tap `k` of output row `o`, if it is inside a picture of `h` rows.
    #[must_use]
    #[inline]
    pub fn row(&self, o: usize, k: usize, h: usize) -> Option<usize> {
        (o * self.stride[0] + k * self.dilation[0]).checked_sub(self.padding.top).filter(|&y| y < h)
    }

    /// Input column of tap `k` of output column `o`, if it is inside a picture of `w` columns.
    #[must_use]
    #[inline]
    pub fn column(&self, o: usize, k: usize, w: usize) -> Option<usize> {
        (o * self.stride[1] + k * self.dilation[1]).checked_sub(self.padding.left).filter(|&x| x < w)
    }
}
