//! The reference backend: naive loops in `f64` that follow the formulas of `candling_core::ops` one by one.
//! Slow, and meant to be read.

mod conv2d;
mod pool;
mod walk;

pub use walk::{parameters, walk_on};

use std::rc::Rc;

use candling_core::ops::{AvgPool, Binary, Conv2d, IndexMap, MaxPool, Reduce, Unary};
use candling_core::{Activation, Backend, Gate, ReluRule, Result, Shape};

/// The backend; it has no state.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reference;

/// An activation in `f64`.
#[derive(Debug, Clone)]
pub struct Array {
    /// Shape of the activation.
    pub shape: Shape,
    /// Row-major NCHW values.
    pub data: Rc<Vec<f64>>,
}

impl Array {
    /// Creates an array from values.
    ///
    /// # Panics
    /// If the number of values does not fit the shape.
    #[must_use]
    pub fn new(shape: Shape, data: Vec<f64>) -> Self {
        assert_eq!(data.len(), shape.len());
        Self { shape, data: Rc::new(data) }
    }

    fn zeros(shape: Shape) -> Vec<f64> {
        vec![0.0; shape.len()]
    }

    fn map(&self, f: impl Fn(f64) -> f64) -> Self {
        Self::new(self.shape, self.data.iter().map(|&v| f(v)).collect())
    }

    fn zip(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let pairs = self.data.iter().zip(other.data.iter());
        Self::new(self.shape, pairs.map(|(&a, &b)| f(a, b)).collect())
    }

    /// Maps each value with its channel.
    fn by_channel(&self, f: impl Fn(usize, f64) -> f64) -> Self {
        let Shape { c, .. } = self.shape;
        let area = self.shape.area();
        let value = |(i, &v): (usize, &f64)| f(i / area % c, v);
        Self::new(self.shape, self.data.iter().enumerate().map(value).collect())
    }
}

/// Index of an element in row-major NCHW.
fn at(s: Shape, n: usize, c: usize, y: usize, x: usize) -> usize {
    ((n * s.c + c) * s.h + y) * s.w + x
}

fn widen(values: &[f32]) -> Vec<f64> {
    values.iter().copied().map(f64::from).collect()
}

/// A convolution's parameters in `f64`.
pub struct Conv {
    op: Conv2d,
    w: Vec<f64>,
    b: Vec<f64>,
}

/// A linear layer's parameters in `f64`.
pub struct Linear {
    w: Vec<f64>,
    b: Vec<f64>,
}

/// An affine layer's parameters in `f64`.
pub struct Affine {
    scale: Vec<f64>,
    shift: Vec<f64>,
}

fn activate(a: Activation, x: f64) -> f64 {
    match a {
        Activation::None => x,
        // `f64::max` would turn NaN into 0; `clamp` keeps it
        Activation::Relu => x.clamp(0.0, f64::INFINITY),
        Activation::Relu6 => x.clamp(0.0, 6.0),
    }
}

/// A function of one number.
type Scalar = fn(f64) -> f64;

/// A function and its slope; the slope takes `x` or `y`, as [`Unary::keeps_input`] says.
fn unary(f: Unary) -> (Scalar, Scalar) {
    match f {
        Unary::Sigmoid => (sigmoid, |y| y * (1.0 - y)),
        Unary::Silu => (|x| x * sigmoid(x), |x| sigmoid(x) + x * sigmoid(x) * sigmoid(-x)),
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn binary(f: Binary) -> fn(f64, f64) -> f64 {
    match f {
        Binary::Add => |a, b| a + b,
        Binary::Mul => |a, b| a * b,
    }
}

/// The divisor of a sum over positions.
fn parts(reduce: Reduce, x: Shape) -> f64 {
    match reduce {
        Reduce::Sum => 1.0,
        Reduce::Mean => x.area() as f64,
    }
}

/// Calls `f(index in y, index in x)` for all values of `y` that have a source in `x`.
fn for_each_pair(map: &IndexMap, mut f: impl FnMut(usize, usize)) {
    let [channels, rows, columns] = &map.axes;
    for n in 0..map.x.n {
        for (c, &from_c) in channels.iter().enumerate() {
            for (i, &from_i) in rows.iter().enumerate() {
                for (j, &from_j) in columns.iter().enumerate() {
                    if ![from_c, from_i, from_j].contains(&IndexMap::NOTHING) {
                        let [c_x, i_x, j_x] = [from_c, from_i, from_j].map(|from| from as usize);
                        f(at(map.y(), n, c, i, j), at(map.x, n, c_x, i_x, j_x));
                    }
                }
            }
        }
    }
}

impl Backend for Reference {
    type Tensor = Array;
    type Conv = Conv;
    type Linear = Linear;
    type Affine = Affine;
    type Argmax = Rc<Vec<usize>>;

    fn upload(&self, shape: Shape, data: &[f32]) -> Result<Array> {
        shape.check_count("tensor", data)?;
        Ok(Array::new(shape, widen(data)))
    }

    async fn download(&self, x: &Array) -> Result<Vec<f32>> {
        Ok(x.data.iter().map(|&v| v as f32).collect())
    }

    fn shape(&self, x: &Array) -> Shape {
        x.shape
    }

    fn prepare_conv2d(&self, op: &Conv2d, w: &[f32], b: &[f32]) -> Result<Conv> {
        Ok(Conv { op: *op, w: widen(w), b: widen(b) })
    }

    fn conv2d(&self, x: &Array, conv: &Conv, y: Shape) -> Result<Array> {
        Ok(conv2d::forward(x, conv, y).map(|z| activate(conv.op.activation, z)))
    }

    fn conv2d_vjp(&self, dz: &Array, conv: &Conv, x: Shape, gate: Option<Gate<'_, Array>>) -> Result<Array> {
        let dx = conv2d::vjp(dz, conv, x);
        match gate {
            Some(gate) => self.gated(&dx, gate),
            None => Ok(dx),
        }
    }

    fn prepare_linear(&self, w: &[f32], b: &[f32]) -> Result<Linear> {
        Ok(Linear { w: widen(w), b: widen(b) })
    }

    fn linear(&self, x: &Array, linear: &Linear) -> Result<Array> {
        let (inputs, outputs) = (x.shape.c, linear.b.len());
        let mut y = Vec::new();
        for n in 0..x.shape.n {
            for o in 0..outputs {
                let dot = |i: usize| linear.w[o * inputs + i] * x.data[n * inputs + i];
                y.push(linear.b[o] + (0..inputs).map(dot).sum::<f64>());
            }
        }
        Ok(Array::new(Shape::vector(x.shape.n, outputs), y))
    }

    fn linear_vjp(&self, dy: &Array, linear: &Linear) -> Result<Array> {
        let outputs = linear.b.len();
        let inputs = linear.w.len() / outputs;
        let mut dx = Vec::new();
        for n in 0..dy.shape.n {
            for i in 0..inputs {
                let dot = |o: usize| linear.w[o * inputs + i] * dy.data[n * outputs + o];
                dx.push((0..outputs).map(dot).sum::<f64>());
            }
        }
        Ok(Array::new(Shape::vector(dy.shape.n, inputs), dx))
    }

    fn prepare_affine(&self, scale: &[f32], shift: &[f32]) -> Result<Affine> {
        Ok(Affine { scale: widen(scale), shift: widen(shift) })
    }

    fn affine(&self, x: &Array, affine: &Affine) -> Result<Array> {
        Ok(x.by_channel(|c, v| affine.scale[c] * v + affine.shift[c]))
    }

    fn affine_vjp(&self, dy: &Array, affine: &Affine) -> Result<Array> {
        Ok(dy.by_channel(|c, v| affine.scale[c] * v))
    }

    fn activation(&self, x: &Array, a: Activation) -> Result<Array> {
        Ok(x.map(|v| activate(a, v)))
    }

    fn gated(&self, dy: &Array, Gate { y, activation, rule }: Gate<'_, Array>) -> Result<Array> {
        let rectify = |dy: f64, y: f64| {
            let flat = match activation {
                Activation::None => return dy,
                Activation::Relu => y <= 0.0,
                Activation::Relu6 => y <= 0.0 || y >= 6.0,
            };
            let positive = if dy < 0.0 { 0.0 } else { dy };
            match rule {
                ReluRule::Exact | ReluRule::Guided if flat => 0.0,
                ReluRule::Exact => dy,
                ReluRule::Guided | ReluRule::Deconv => positive,
            }
        };
        Ok(dy.zip(y, rectify))
    }

    fn unary(&self, x: &Array, f: Unary) -> Result<Array> {
        Ok(x.map(unary(f).0))
    }

    fn unary_vjp(&self, dy: &Array, kept: &Array, f: Unary) -> Result<Array> {
        Ok(dy.zip(kept, |dy, kept| unary(f).1(kept) * dy))
    }

    fn binary(&self, a: &Array, b: &Array, f: Binary, y: Shape) -> Result<Array> {
        let value = |i: usize, x: &Array| x.data[i / (y.len() / x.shape.len())];
        Ok(Array::new(y, (0..y.len()).map(|i| binary(f)(value(i, a), value(i, b))).collect()))
    }

    fn reduce(&self, x: &Array, to: Reduce) -> Result<Array> {
        let sums = x.data.chunks(x.shape.area()).map(|plane| plane.iter().sum::<f64>() / parts(to, x.shape));
        Ok(Array::new(Shape::vector(x.shape.n, x.shape.c), sums.collect()))
    }

    fn spread(&self, dy: &Array, from: Reduce, x: Shape) -> Result<Array> {
        let spread = |&dy: &f64| std::iter::repeat_n(dy / parts(from, x), x.area());
        Ok(Array::new(x, dy.data.iter().flat_map(spread).collect()))
    }

    fn max_pool(&self, x: &Array, op: &MaxPool, y: Shape) -> Result<(Array, Rc<Vec<usize>>)> {
        Ok(pool::max(x, op, y))
    }

    fn max_pool_vjp(&self, dy: &Array, argmax: &Rc<Vec<usize>>, x: Shape) -> Result<Array> {
        let mut dx = Array::zeros(x);
        dy.data.iter().zip(argmax.iter()).for_each(|(dy, &winner)| dx[winner] += dy);
        Ok(Array::new(x, dx))
    }

    fn avg_pool(&self, x: &Array, op: &AvgPool, y: Shape) -> Result<Array> {
        Ok(pool::avg(x, op, y))
    }

    fn avg_pool_vjp(&self, dy: &Array, op: &AvgPool, x: Shape) -> Result<Array> {
        Ok(pool::avg_vjp(dy, op, x))
    }

    fn concat(&self, xs: &[Array]) -> Result<Array> {
        let first = xs[0].shape;
        let shape = Shape { c: xs.iter().map(|x| x.shape.c).sum(), ..first };
        let mut y = Vec::new();
        for n in 0..first.n {
            for x in xs {
                let picture = x.shape.len() / first.n;
                y.extend_from_slice(&x.data[n * picture..][..picture]);
            }
        }
        Ok(Array::new(shape, y))
    }

    fn gather(&self, x: &Array, map: &IndexMap) -> Result<Array> {
        let mut y = Array::zeros(map.y());
        for_each_pair(map, |to, from| y[to] = x.data[from]);
        Ok(Array::new(map.y(), y))
    }

    fn scatter(&self, dy: &Array, map: &IndexMap) -> Result<Array> {
        let mut dx = Array::zeros(map.x);
        for_each_pair(map, |to, from| dx[from] += dy.data[to]);
        Ok(Array::new(map.x, dx))
    }

    fn reshape(&self, x: &Array, y: Shape) -> Result<Array> {
        Ok(Array { shape: y, data: Rc::clone(&x.data) })
    }
}
