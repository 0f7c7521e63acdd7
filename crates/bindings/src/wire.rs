//! A graph as bytes, on its way from one wasm module to another: the module for graphics cards reads no model files, which the other one
//! has read already. Both are of one build; this is no file format.
//!
//! Words of four bytes, little-endian; a name is its length in bytes and then these. The input's shape, the place of the default layer,
//! the number of layers, and of each its name, its inputs' places, and its op: the place of its kind among
//! all and then its fields, extents included.

use candling_core::ops::Fields;
use candling_core::{Error, Graph, Node, NodeId, Op, Result, Shape, Weight, Weights};

/// The bytes.
#[must_use]
pub fn encode(graph: &Graph, default_layer: NodeId) -> Vec<u8> {
    let mut out = Writer(Vec::new());
    let Shape { n, c, h, w } = graph.shape(graph.input());
    out.words(&[n, c, h, w, default_layer.index(), graph.nodes().len() - 1]);
    for id in graph.ids().skip(1) {
        let node = graph.node(id);
        out.words(&[node.name.len()]);
        out.0.extend_from_slice(node.name.as_bytes());
        let inputs: Vec<usize> = graph.inputs(id).map(NodeId::index).collect();
        out.words(&[inputs.len()]);
        out.words(&inputs);
        // One that is none of these is refused by `decode`.
        let kinds = Op::kinds();
        out.words(&[kinds.iter().position(|op| op.name() == node.op.name()).unwrap_or(kinds.len())]);
        let mut op = node.op;
        op.fields(&mut out);
    }
    out.0
}

/// The graph and its default layer.
///
/// # Errors
/// [`Error::InvalidGraph`] for bytes that are cut short or no graph's; what [`Graph::new`] gives.
pub fn decode(bytes: &[u8]) -> Result<(Graph, NodeId)> {
    let mut from = Reader { rest: bytes, valid: true };
    let [n, c, h, w, default, count] = from.words()?;
    let mut layers: Vec<Node> = Vec::new();
    for _ in 0..count {
        let name = from.name()?;
        let [inputs] = from.words()?;
        let named = |place: usize| match place.checked_sub(1) {
            None => Ok(candling_core::INPUT.to_owned()),
            Some(place) => layers.get(place).map(|node| node.name.clone()).ok_or_else(invalid),
        };
        let inputs =
            (0..inputs).map(|_| from.words().and_then(|[place]| named(place))).collect::<Result<_>>()?;
        layers.push(Node { name, op: from.op()?, inputs });
    }
    let graph = Graph::new(Shape::new(n, c, h, w), layers)?;
    let default = graph.ids().nth(default).ok_or_else(invalid)?;
    Ok((graph, default))
}

/// All parameters, one after the other, in the order of the layers.
#[must_use]
pub fn flatten(graph: &Graph, weights: &Weights) -> Vec<f32> {
    parameters(graph)
        .filter_map(|(name, _)| weights.get(&name))
        .flat_map(|weight| weight.data.iter().copied())
        .collect()
}

/// The parameters of what [`flatten`] gave.
///
/// # Errors
/// [`Error::MissingWeight`] where there are too few values.
pub fn unflatten(graph: &Graph, mut values: &[f32]) -> Result<Weights> {
    let mut weights = Weights::new();
    for (name, shape) in parameters(graph) {
        let data =
            values.split_off(..shape.iter().product()).ok_or_else(|| Error::MissingWeight(name.clone()))?;
        weights.insert(name, Weight { shape, data: data.to_vec() });
    }
    Ok(weights)
}

/// Names and extents.
fn parameters(graph: &Graph) -> impl Iterator<Item = (String, Vec<usize>)> + '_ {
    graph.nodes().iter().flat_map(|node| {
        let of_layer = node.op.parameters().into_iter();
        of_layer.map(|(suffix, shape)| (format!("{}.{suffix}", node.name), shape))
    })
}

fn invalid() -> Error {
    Error::InvalidGraph("the bytes that it came in are no graph's".into())
}

struct Writer(Vec<u8>);

impl Writer {
    fn words(&mut self, words: &[usize]) {
        self.0.extend(words.iter().flat_map(|&word| (word as u32).to_le_bytes()));
    }
}

impl Fields for Writer {
    fn number(&mut self, _name: &'static str, value: &mut usize) {
        self.words(&[*value]);
    }

    fn numbers(&mut self, _name: &'static str, values: &mut [usize]) {
        self.words(values);
    }

    fn flag(&mut self, _name: &'static str, value: &mut bool) {
        self.words(&[usize::from(*value)]);
    }

    fn choice(&mut self, _name: &'static str, place: &mut usize, _names: &[&'static str]) {
        self.words(&[*place]);
    }

    fn extents(&mut self, _parameter: &'static str, extents: &mut [&mut usize]) {
        extents.iter().for_each(|extent| self.words(&[**extent]));
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    /// Whether an op's fields were all there.
    valid: bool,
}

impl Reader<'_> {
    fn words<const N: usize>(&mut self) -> Result<[usize; N]> {
        let mut words = [0; N];
        for word in &mut words {
            let (four, rest) = self.rest.split_first_chunk().ok_or_else(invalid)?;
            *word = u32::from_le_bytes(*four) as usize;
            self.rest = rest;
        }
        Ok(words)
    }

    fn name(&mut self) -> Result<String> {
        let [length] = self.words()?;
        let bytes = self.rest.split_off(..length).ok_or_else(invalid)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| invalid())
    }

    fn op(&mut self) -> Result<Op> {
        let [kind] = self.words()?;
        let mut op = Op::kind(kind).ok_or_else(invalid)?;
        op.fields(self);
        if self.valid { Ok(op) } else { Err(invalid()) }
    }

    /// The next word, if it is at most so much.
    fn field(&mut self, most: usize) -> usize {
        match self.words() {
            Ok([word]) if word <= most => word,
            _ => {
                self.valid = false;
                0
            }
        }
    }
}

impl Fields for Reader<'_> {
    fn number(&mut self, _name: &'static str, value: &mut usize) {
        *value = self.field(usize::MAX);
    }

    fn numbers(&mut self, _name: &'static str, values: &mut [usize]) {
        values.iter_mut().for_each(|value| *value = self.field(usize::MAX));
    }

    fn flag(&mut self, _name: &'static str, value: &mut bool) {
        *value = self.field(1) != 0;
    }

    fn choice(&mut self, _name: &'static str, place: &mut usize, names: &[&'static str]) {
        *place = self.field(names.len().saturating_sub(1));
    }

    fn extents(&mut self, _parameter: &'static str, extents: &mut [&mut usize]) {
        extents.iter_mut().for_each(|extent| **extent = self.field(usize::MAX));
    }
}
