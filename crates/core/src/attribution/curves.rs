//! Deletion and insertion: does the map's order of the picture's tiles matter to the network (Petsiuk et al.
//! 2018, "RISE", §4.1)?
//!
//! *Deletion* takes the tiles away, those that the map holds for most important first; with a good map the
//! class's probability falls at once, and the area under it is small. *Insertion* gives them back to a
//! blurred picture in the same order; the area is large. The paper removes pixels, each map at its own
//! resolution; here every map and the random orders beside it go by the same tiles and steps, or their curves
//! could not be compared.

use super::passes::{Alteration, Plan, Read, check_one_picture, check_values};
use super::perturbation::merge;
use super::{Fill, Tiling};
use crate::{Error, Result, Shape, random};

/// What errors call them.
const NAME: &str = "curves";

/// A curve has about as many steps, of as many tiles each as that takes: 7 of 196.
const STEPS: usize = 28;

/// Seed of the random orders, which are the same each time.
const ORDERS_SEED: u64 = 2;

/// More random orders than this only cost time: they are a tenth as far apart as single ones then.
const MAX_RANDOM: usize = 100;

/// The curves of one map and of random orders beside it: which passes they are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Curves {
    tiling: Tiling,
    /// The map's, then random ones; each holds every tile once.
    orders: Vec<Vec<u32>>,
}

/// A probability over the share of the picture that was taken away, or given back.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// From 0 to 1, counted in tiles: of the picture, where the side of a tile divides the input's.
    pub shares: Vec<f32>,
    /// The class's softmax probability at each of them.
    pub probabilities: Vec<f32>,
    /// Under the curve, by trapezoids, 0 to 1.
    pub area: f32,
}

/// A curve in the map's order, and the mean of those in random ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// In the map's order.
    pub map: Curve,
    /// The mean over the random orders.
    pub random: Curve,
}

/// Both experiments.
#[derive(Debug, Clone, PartialEq)]
pub struct Causal {
    /// Tiles are taken away; a good map's area is below the random one.
    pub deletion: Compared,
    /// Tiles are given back; a good map's area is above the random one.
    pub insertion: Compared,
}

/// What one pass shows the network.
enum Pass<'a> {
    Whole,
    Taken(Fill),
    /// Without these tiles.
    Without(&'a [u32]),
    /// Nothing but these tiles.
    Only(&'a [u32]),
}

/// Passes whose picture is the same for all orders; they come first.
const ENDS: usize = 3;

impl Curves {
    /// The curves of a map that ranks the tiles like this, and of `random` orders, 1 to 100.
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

    /// The same again from its [orders](Self::orders), for another worker.
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

    /// The orders, the map's first.
    #[must_use]
    pub fn orders(&self) -> &[Vec<u32>] {
        &self.orders
    }

    /// Tiles of one step; the last may have fewer.
    fn stride(&self) -> usize {
        self.tiling.len().div_ceil(STEPS)
    }

    /// Steps from the first point of a curve to its last.
    fn steps(&self) -> usize {
        self.tiling.len().div_ceil(self.stride())
    }

    /// How many forward passes the curves are made of. They know nothing of one another.
    #[must_use]
    pub fn passes(&self) -> usize {
        ENDS + self.orders.len() * 2 * (self.steps() - 1)
    }

    /// After the ends: for each order deletion, then insertion, each without its ends.
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

    /// The curves, from the probabilities of all passes.
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

/// The passes of the curves of one picture and one class.
pub struct CurvesPlan {
    picture: Vec<f32>,
    grey: Vec<f32>,
    blurred: Vec<f32>,
    class: u32,
    curves: Curves,
}

impl Curves {
    /// The passes that these curves of a class are made of: `shape` `[1, c, h, w]`, the picture's values
    /// row-major.
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
