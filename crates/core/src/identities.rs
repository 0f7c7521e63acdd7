//! Identities that hold exactly for any weights and picture, checked on a run of the loaded network: a test
//! of methods and kernels where no reference implementation is at hand.

use crate::attribution::{Cam, grad_cam, hires_cam};
use crate::{Backend, Error, Method, NodeId, Query, ReluRule, Result, Tape, Target, Trained, random};

/// How far two ways to one result are apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Identity {
    /// The name of the comparison, in kebab-case.
    pub name: &'static str,
    /// The difference, relative to the size of what is compared; 0 or more.
    pub residual: f64,
    /// Rounding keeps the residual below it.
    pub bound: f64,
    /// Where the residual is largest, if there are several layers.
    pub layer: Option<NodeId>,
}

/// Two ways through the last layers, each a sum of some thousand `f32` products. Measured on Lite0: up to
/// 9e-7.
const MAPS: f64 = 1e-5;

/// The sum of up to a million products with `f32` results, relative to the root of the sum of their squares.
/// Measured on Lite0: up to 1e-6. A bias that is off by a hundredth in one channel gives 2e-5 and more.
const ADJOINT: f64 = 1e-5;

/// Seed of the cotangents for the adjoint test.
const SEED: u64 = 3;

impl<B: Backend> Tape<B> {
    /// Checks the identities that apply to this network, on this picture and target; the run kept everything,
    /// and `trained` is of the network's weights.
    ///
    /// | name | what is equal |
    /// |---|---|
    /// | `cam-is-grad-cam` | ReLU(CAM) and h·w·Grad-CAM; before a global average pool and a linear layer |
    /// | `cam-is-hires-cam` | ReLU(CAM) and h·w·HiResCAM; likewise |
    /// | `hires-cam-sums-to-logit` | Σ HiResCAM before its ReLU, and `y_c` without its bias; likewise |
    /// | `counterfactual-is-negative` | the counterfactual and ReLU(−Σ_k ⟨g_k⟩ A_k) |
    /// | `adjoint` | ⟨x, vjp(dy)⟩ and ⟨z − b, dy⟩ where the activation's mask is open; every convolution and linear layer |
    /// | `margin-is-difference` | the gradient of a margin and the difference of gradients, at the default layer |
    ///
    /// `z = w ⋆ x + b`, and `dy` is random, the same each time.
    ///
    /// # Errors
    /// [`Error::UnknownClass`]; [`Error::BadArgument`] for more than one picture; [`Error::NotRetained`]; and
    /// what [`Tape::backward`] gives.
    pub async fn identities(&self, trained: &Trained, target: Target) -> Result<Vec<Identity>> {
        let pictures = self.shape(self.graph().input()).n;
        if pictures != 1 {
            return Err(Error::BadArgument(format!(
                "identities: {pictures} pictures; give it one at a time"
            )));
        }
        target.gradient(self.graph().classes())?;
        let mut found = Vec::new();
        let spatial = |&id: &NodeId| self.graph().has_positions(id);
        if let Some(pooled) = self.graph().pooled_head().map(|(_, pooled)| pooled).filter(spatial) {
            found.extend(self.head(trained, target, pooled).await?);
        }
        let usual = self.graph().default_layer();
        if let Some(layer) = usual {
            found.push(self.counterfactual(target, layer).await?);
        }
        found.extend(self.adjoint(trained).await?);
        if let Some(layer) = usual {
            found.extend(self.margin(target, layer).await?);
        }
        Ok(found)
    }

    /// The three of a global average pool and a linear layer behind `pooled`.
    async fn head(&self, trained: &Trained, target: Target, pooled: NodeId) -> Result<[Identity; 3]> {
        let area = self.shape(pooled).area() as f32;
        let map =
            async |method| Ok::<_, Error>(self.explain(&Query::new(method, target).at(pooled)).await?.data);
        let cam: Vec<f32> = map(Method::CAM).await?.iter().map(|v| v.max(0.0)).collect();
        let times_area = |map: Vec<f32>| map.into_iter().map(|v| v * area).collect::<Vec<f32>>();
        let grad_cam = times_area(map(Method::GRAD_CAM).await?);
        let hires_cam = times_area(map(Method::HIRES_CAM).await?);

        let signed = self.signed(&hires_cam::CAM, target, pooled).await?;
        let sum: f64 = signed.iter().copied().map(f64::from).sum();
        let magnitude: f64 = signed.iter().map(|&v| f64::from(v.abs())).sum();
        let bias = &trained.layer(self.graph().output()).bias;
        let expected = f64::from(target.score(&self.logits().await?)?) - f64::from(target.score(bias)?);
        Ok([
            Identity::of_maps("cam-is-grad-cam", &grad_cam, &cam),
            Identity::of_maps("cam-is-hires-cam", &hires_cam, &cam),
            Identity {
                name: "hires-cam-sums-to-logit",
                residual: relative((sum - expected).abs(), magnitude.max(expected.abs())),
                bound: MAPS,
                layer: None,
            },
        ])
    }

    async fn counterfactual(&self, target: Target, layer: NodeId) -> Result<Identity> {
        let query = Query { counterfactual: true, ..Query::new(Method::GRAD_CAM, target).at(layer) };
        let against = self.explain(&query).await?.data;
        let signed = self.signed(&grad_cam::CAM, target, layer).await?;
        let negative: Vec<f32> = signed.iter().map(|v| (-v).max(0.0)).collect();
        Ok(Identity::of_maps("counterfactual-is-negative", &against, &negative))
    }

    /// A CAM before its ReLU, from the gradient and the activation.
    async fn signed(&self, cam: &Cam, target: Target, layer: NodeId) -> Result<Vec<f32>> {
        let g = self.gradient_at(target, layer).await?;
        Ok(cam.signed_map(self.shape(layer), &self.download(layer).await?, &g))
    }

    async fn gradient_at(&self, target: Target, layer: NodeId) -> Result<Vec<f32>> {
        let gradient = self.backward(target, layer, ReluRule::Exact)?;
        self.network().backend().download(&gradient).await
    }

    /// A margin over the likeliest other class, where the target names none.
    async fn margin(&self, target: Target, layer: NodeId) -> Result<Option<Identity>> {
        let logits = self.logits().await?;
        let (class, over) = match target {
            Target::Margin { class, over } => (class, Some(over)),
            Target::Class(class) => {
                let likeliest = crate::top(&logits, 2).into_iter().map(|p| p.class);
                (class, likeliest.into_iter().find(|&other| other != class))
            }
        };
        let Some(over) = over else { return Ok(None) };
        let margin = self.gradient_at(Target::Margin { class, over }, layer).await?;
        let of = self.gradient_at(Target::Class(class), layer).await?;
        let others = self.gradient_at(Target::Class(over), layer).await?;
        let difference: Vec<f32> = of.iter().zip(others).map(|(a, b)| a - b).collect();
        Ok(Some(Identity::of_maps("margin-is-difference", &margin, &difference)))
    }

    /// The worst of all layers.
    async fn adjoint(&self, trained: &Trained) -> Result<Option<Identity>> {
        let mut worst: Option<Identity> = None;
        for id in self.graph().ids() {
            if !self.graph().node(id).op.has_bias() {
                continue;
            }
            let residual = self.adjoint_of(trained, id).await?;
            // A residual that is no number is the worst there is, whatever its sign.
            let beats = |worst: &Identity| residual.is_nan() || residual > worst.residual;
            if worst.as_ref().is_none_or(beats) {
                worst = Some(Identity { name: "adjoint", residual, bound: ADJOINT, layer: Some(id) });
            }
        }
        Ok(worst)
    }

    /// Where the mask is open, the activation's output `y` is its input `z`, and there ⟨x, wᵀ⋆dz⟩ = ⟨w⋆x, dz⟩
    /// = ⟨y − b, dz⟩ with `dz` the cotangent behind the mask.
    async fn adjoint_of(&self, trained: &Trained, id: NodeId) -> Result<f64> {
        let Some(input) = self.graph().inputs(id).next() else { return Ok(0.0) };
        let shape = self.shape(id);
        let dy = random::uniform(shape.len(), SEED.wrapping_add(id.index() as u64));
        let backend = self.network().backend();
        let dx = backend.download(&self.vjp(id, &backend.upload(shape, &dy)?)?).await?;
        let (x, y) = (self.download(input).await?, self.download(id).await?);

        let before = Products::of(x.iter().zip(&dx).map(|(&x, &dx)| (x, f64::from(dx))));
        let mask = self.graph().node(id).op.fused_activation().closed(ReluRule::Exact);
        let bias = trained.layer(id).bias.iter();
        let channels = y.chunks_exact(shape.area()).zip(dy.chunks_exact(shape.area())).zip(bias);
        let behind = Products::of(channels.flat_map(|((y, dy), &b)| {
            let open = move |(&y, &dy): (&f32, &f32)| (mask.pass(y, dy), f64::from(y) - f64::from(b));
            y.iter().zip(dy).map(open)
        }));
        Ok(relative((before.sum - behind.sum).abs(), before.spread().max(behind.spread())))
    }
}

/// A sum of products, and that of their squares.
struct Products {
    sum: f64,
    squares: f64,
}

impl Products {
    fn of(pairs: impl Iterator<Item = (f32, f64)>) -> Self {
        let mut products = Self { sum: 0.0, squares: 0.0 };
        for (a, b) in pairs {
            let product = f64::from(a) * b;
            products.sum += product;
            products.squares += product * product;
        }
        products
    }

    /// What a sum of such terms comes to if their signs are random. An error in one channel of a thousand
    /// would be lost in the sum of all magnitudes.
    fn spread(&self) -> f64 {
        self.squares.sqrt()
    }
}

impl Identity {
    /// The largest difference, relative to the largest magnitude.
    fn of_maps(name: &'static str, a: &[f32], b: &[f32]) -> Self {
        // In this order NaN comes last, and is not lost.
        let largest = |values: &mut dyn Iterator<Item = f32>| {
            f64::from(values.map(f32::abs).max_by(f32::total_cmp).unwrap_or(0.0))
        };
        let difference = largest(&mut a.iter().zip(b).map(|(a, b)| a - b));
        let magnitude = largest(&mut a.iter().chain(b).copied());
        Self { name, residual: relative(difference, magnitude), bound: MAPS, layer: None }
    }
}

/// 0 where nothing is apart: all-zero maps are equal.
fn relative(difference: f64, magnitude: f64) -> f64 {
    if difference == 0.0 { 0.0 } else { difference / magnitude }
}
