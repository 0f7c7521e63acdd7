//! Deletion and insertion: does the map's order of the picture's tiles matter to the network? (Petsiuk et al.
//! 2018, "RISE", §4.1)
//!
//! *Deletion* removes the tiles, those with the highest map values first; with a good map the class's
//! probability drops at once and the area under the curve is small. *Insertion* restores them to a blurred
//! picture in the same order; a good map's area is large. The paper removes pixels, at the resolution of each
//! map; here all maps and random orders share the same tiles and steps, so that their curves are comparable.

use super::passes::{Alteration, Plan, Read, check_one_picture, check_values};
use super::perturbation::merge;
use super::{Fill, Tiling};
use crate::{Error, Result, Shape, random};

/// Name in error messages.
const NAME: &str = "curves";

/// Approximate number of steps of a curve; 28 steps of 7 tiles for 196 tiles.
const STEPS: usize = 28;

/// Seed of the random orders; fixed so that results are reproducible.
const ORDERS_SEED: u64 = 2;

/// Largest number of random orders: the error of their mean is then a tenth of the spread of one.
const MAX_RANDOM: usize = 100;

/// Tile orders of one map and of random baselines, and the passes that their curves need.
#[derive(Debug, Clone, PartialEq)]
pub struct Curves {
    tiling: Tiling,
    /// The map's order, then random ones; each holds every tile once.
    orders: Vec<Vec<u32>>,
}

/// Probability against the share of the picture that was removed or restored.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Shares from 0 to 1, counted in tiles; shares of the picture if the side of a tile divides the input's.
    pub shares: Vec<f32>,
    /// The class's softmax probability at each share.
    pub probabilities: Vec<f32>,
    /// Area under the curve by the trapezoidal rule, 0 to 1.
    pub area: f32,
}

/// The curve in the map's order, and the mean curve of random orders.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The curve in the map's order.
    pub map: Curve,
    /// The mean curve of the random orders.
    pub random: Curve,
}

/// Both experiments.
#[derive(Debug, Clone, PartialEq)]
pub struct Causal {
    /// Tiles are removed; a good map's area is below the random one.
    pub deletion: Compared,
    /// Tiles are restored; a good map's area is above the random one.
    pub insertion: Compared,
}

/// The picture of one forward pass.
enum Pass<'a> {
    Whole,
    Taken(Fill),
    /// The picture without these tiles.
    Without(&'a [u32]),
    /// Only these tiles.
    Only(&'a [u32]),
}

/// Number of passes that all orders share; they come first.
const ENDS: usize = 3;

impl Curves {
    /// Prepares the curves of a map with this ranking of the tiles and of `random` random orders, 1 to 100.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for another number of them, or a ranking that is not a permutation of the
    /// tiles.
    pub fn of(tiling: Tiling, ranking: Vec<u32>, random: usize) -> Result<Self> {
        if random == 0 || random > MAX_RANDOM {
            return Err(Error::BadArgument(format!("random orders: {random}; it is 1 to {MAX_RANDOM}")));
        }
        let mut orders = vec![ranking];
        orders.extend(random::orders(tiling.len(), random, ORDERS_SEED));
        Self::new(tiling, orders)
    }

    /// Recreates the curves from their [orders](Self::orders), for another worker.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for fewer than two orders, or one that is not a permutation of the tiles.
    pub fn new(tiling: Tiling, orders: Vec<Vec<u32>>) -> Result<Self> {
        for (i, order) in orders.iter().enumerate() {
            let mut there = vec![false; tiling.len()];
            for &tile in order {
                if let Some(there) = there.get_mut(tile as usize) {
                    *there = true;
                }
            }
            if order.len() != tiling.len() || there.contains(&false) {
                return Err(Error::BadArgument(format!(
                    "order {i}: not each of the {} tiles once",
                    tiling.len()
                )));
            }
        }
        if orders.len() < 2 {
            return Err(Error::BadArgument(format!(
                "orders: {}; they are the map's and at least one random",
                orders.len()
            )));
        }
        Ok(Self { tiling, orders })
    }

    /// The tile orders, the map's first.
    #[must_use]
    pub fn orders(&self) -> &[Vec<u32>] {
        &self.orders
    }

    /// Number of tiles in one step; the last may have fewer.
    fn stride(&self) -> usize {
        self.tiling.len().div_ceil(STEPS)
    }

    /// Number of steps of a curve.
    fn steps(&self) -> usize {
        self.tiling.len().div_ceil(self.stride())
    }

    /// Number of forward passes that the curves need. They are independent of one another.
    #[must_use]
    pub fn passes(&self) -> usize {
        ENDS + self.orders.len() * 2 * (self.steps() - 1)
    }

    /// The pass of this index. After the shared ones, each order has its deletion, then its insertion, both
    /// without the ends.
    fn pass(&self, index: usize) -> Pass<'_> {
        let Some(inner) = index.checked_sub(ENDS) else {
            return match index {
                0 => Pass::Whole,
                1 => Pass::Taken(Fill::Grey),
                _ => Pass::Taken(Fill::Blur),
            };
        };
        let between = self.steps() - 1;
        let tiles = &self.orders[inner / between / 2][..(inner % between + 1) * self.stride()];
        if (inner / between).is_multiple_of(2) { Pass::Without(tiles) } else { Pass::Only(tiles) }
    }

    /// Computes the curves from the probabilities of all passes.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for another number of them.
    pub fn trace(&self, probabilities: &[f32]) -> Result<Causal> {
        check_values(NAME, probabilities, self.passes())?;
        let [whole, grey, blur] = [0, 1, 2].map(|end| probabilities[end]);
        let between = self.steps() - 1;
        let compared = |experiment: usize, first: f32, last: f32| {
            let curve = |order: usize| {
                let inner = &probabilities[ENDS + (2 * order + experiment) * between..][..between];
                [&[first], inner, &[last]].concat()
            };
            let random: Vec<Vec<f32>> = (1..self.orders.len()).map(curve).collect();
            Compared { map: self.curve(curve(0)), random: self.curve(mean(&random)) }
        };
        Ok(Causal { deletion: compared(0, whole, grey), insertion: compared(1, blur, whole) })
    }

    fn curve(&self, probabilities: Vec<f32>) -> Curve {
        let tiles = self.tiling.len();
        let share = |step: usize| (step * self.stride()).min(tiles) as f32 / tiles as f32;
        let shares: Vec<f32> = (0..=self.steps()).map(share).collect();
        let area = shares
            .windows(2)
            .zip(probabilities.windows(2))
            .map(|(s, p)| f64::from(s[1] - s[0]) * f64::from(p[0] + p[1]) / 2.0)
            .sum::<f64>() as f32;
        Curve { shares, probabilities, area }
    }
}

/// The mean of curves, point by point.
fn mean(curves: &[Vec<f32>]) -> Vec<f32> {
    let points = curves.first().map_or(0, Vec::len);
    let at = |i: usize| curves.iter().map(|curve| f64::from(curve[i])).sum::<f64>() / curves.len() as f64;
    (0..points).map(|i| at(i) as f32).collect()
}

/// The passes for the curves of one picture and one class.
pub struct CurvesPlan {
    picture: Vec<f32>,
    grey: Vec<f32>,
    blurred: Vec<f32>,
    class: u32,
    curves: Curves,
}

impl Curves {
    /// Plans the passes of these curves for a class: `shape` `[1, c, h, w]`, the picture's values row-major.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for more than one picture, or curves for another size; [`Error::BadShape`].
    pub fn plan(self, shape: Shape, picture: Vec<f32>, class: u32) -> Result<CurvesPlan> {
        check_one_picture(NAME, shape, &picture)?;
        let (height, width) = self.tiling.size();
        if (height, width) != (shape.h, shape.w) {
            return Err(Error::BadArgument(format!(
                "curves: tiles of {height}x{width}; the input is {}x{}",
                shape.h, shape.w
            )));
        }
        let [grey, blurred] = [Fill::Grey, Fill::Blur].map(|fill| fill.instead_of(&picture, shape));
        Ok(CurvesPlan { picture, grey, blurred, class, curves: self })
    }
}

impl Alteration for CurvesPlan {
    fn name(&self) -> &'static str {
        NAME
    }

    fn pieces(&self) -> usize {
        self.curves.passes()
    }

    fn read(&self) -> Read {
        Read::Probability(self.class)
    }

    fn alter(&self, piece: usize, shown: &mut [f32]) {
        let mask = |tiles| self.curves.tiling.mask(tiles);
        let seen = match self.curves.pass(piece) {
            Pass::Whole => return,
            Pass::Taken(Fill::Grey) => &self.grey,
            Pass::Taken(Fill::Blur) => &self.blurred,
            Pass::Without(tiles) => &merge(&self.picture, &self.grey, &mask(tiles)),
            Pass::Only(tiles) => &merge(&self.blurred, &self.picture, &mask(tiles)),
        };
        shown.copy_from_slice(seen);
    }
}

impl Plan for CurvesPlan {
    type Whole = Causal;

    fn finish(&self, values: &[f32]) -> Result<Causal> {
        self.curves.trace(values)
    }
}
