//! A layer in the file, and its conversion to and from a [`Node`].
//!
//! An op is written as its name, `"add"`, or as its name and fields, `{"conv2d": {"stride": [1, 1], ...}}`;
//! the op itself states its fields. Channel counts are not written: they follow from the weights' extents, so
//! that the two cannot disagree.

use candling_core::ops::Fields;
use candling_core::{Node, Op, Weights};
use serde::de::{DeserializeOwned, Error as _};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::file::malformed;
use crate::{Error, Result};

/// One layer; its weights are the tensors `NAME.weight` and `NAME.bias`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Layer {
    pub name: String,
    pub op: LayerOp,
    pub inputs: Vec<String>,
}

/// An op's name and fields, in their order.
#[derive(Debug, Clone)]
pub(crate) struct LayerOp {
    name: String,
    /// `None` if only the name is given.
    fields: Option<Vec<(String, Value)>>,
}

impl Layer {
    /// Converts the layer to a node, with the channel counts of `weights`.
    pub(crate) fn into_node(self, weights: &Weights) -> Result<Node> {
        let name = self.op.name;
        let kinds = Op::kinds();
        let Some(mut op) = kinds.iter().copied().find(|kind| kind.name() == name) else {
            let names: Vec<&str> = kinds.iter().map(Op::name).collect();
            return Err(malformed(unknown("variant", &name, &names)));
        };
        let mut reader =
            Reader { layer: &self.name, given: self.op.fields, known: Vec::new(), weights, error: None };
        op.fields(&mut reader);
        reader.finish(&name)?;
        Ok(Node { name: self.name, op, inputs: self.inputs })
    }

    /// Converts a node to a layer.
    pub(crate) fn from_node(node: &Node) -> Result<Self> {
        let name = node.op.name();
        if !Op::kinds().iter().any(|kind| kind.name() == name) {
            return Err(Error::BadModel(format!("`{name}` is not written into a file")));
        }
        let mut fields = Vec::new();
        let mut op = node.op;
        op.fields(&mut Writer(&mut fields));
        let op = LayerOp { name: name.to_owned(), fields: Some(fields).filter(|fields| !fields.is_empty()) };
        Ok(Self { name: node.name.clone(), op, inputs: node.inputs.clone() })
    }
}

/// Names the given and the allowed values, as serde's errors do.
fn unknown(what: &str, given: &str, known: &[&str]) -> String {
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    format!("unknown {what} `{given}`, expected one of {}", known.join(", "))
}

/// Sets an op's fields from the document, and its channel counts from the weights.
struct Reader<'a> {
    layer: &'a str,
    /// The fields that were not read yet.
    given: Option<Vec<(String, Value)>>,
    /// Names of the fields that were read.
    known: Vec<&'static str>,
    weights: &'a Weights,
    /// The first error.
    error: Option<Error>,
}

impl Reader<'_> {
    fn fail(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }

    fn take<T: DeserializeOwned>(&mut self, name: &'static str) -> Option<T> {
        let value = self.take_value(name)?;
        serde_json::from_value(value).map_err(|error| self.fail(malformed(error))).ok()
    }

    fn take_value(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        let given = self.given.as_mut()?;
        match given.iter().position(|(key, _)| key == name) {
            Some(place) => Some(given.remove(place).1),
            None => {
                self.fail(malformed(format!("missing field `{name}`")));
                None
            }
        }
    }

    /// Fails for the first error, or for fields that the op does not have.
    fn finish(self, op: &str) -> Result<()> {
        let known = &self.known;
        if let Some(error) = self.error {
            return Err(error);
        }
        match self.given.as_ref().map(|rest| rest.first()) {
            None if !known.is_empty() => Err(malformed(format!(
                "invalid type: unit variant, expected a map: `{op}` has {}",
                known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            ))),
            Some(_) if known.is_empty() => {
                Err(malformed(format!("invalid type: map, expected a unit variant: `{op}` has no fields")))
            }
            Some(Some((other, _))) => Err(malformed(unknown("field", other, known))),
            None | Some(None) => Ok(()),
        }
    }
}

impl Fields for Reader<'_> {
    fn number(&mut self, name: &'static str, value: &mut usize) {
        *value = self.take(name).unwrap_or(*value);
    }

    fn numbers(&mut self, name: &'static str, values: &mut [usize]) {
        let Some(given) = self.take::<Vec<usize>>(name) else { return };
        let (length, right) = (given.len(), values.len());
        if length == right {
            values.copy_from_slice(&given);
        } else {
            self.fail(malformed(format!(
                "invalid length {length}, expected an array of length {right} for `{name}`"
            )));
        }
    }

    fn flag(&mut self, name: &'static str, value: &mut bool) {
        *value = self.take(name).unwrap_or(*value);
    }

    fn choice(&mut self, name: &'static str, place: &mut usize, names: &[&'static str]) {
        let Some(given) = self.take::<String>(name) else { return };
        match names.iter().position(|name| *name == given) {
            Some(found) => *place = found,
            None => self.fail(malformed(unknown("variant", &given, names))),
        }
    }

    fn extents(&mut self, parameter: &'static str, extents: &mut [&mut usize]) {
        let (layer, rank) = (self.layer, extents.len());
        let name = format!("{layer}.{parameter}");
        let error = match self.weights.get(&name) {
            None => format!("layer `{layer}`: its {parameter} `{name}` is missing"),
            Some(weight) if weight.shape.len() != rank => {
                format!("layer `{layer}`: `{name}` has extents {:?}, needed {rank} of them", weight.shape)
            }
            Some(weight) => {
                extents.iter_mut().zip(&weight.shape).for_each(|(to, from)| **to = *from);
                return;
            }
        };
        self.fail(Error::BadModel(error));
    }
}

/// Collects an op's fields.
struct Writer<'a>(&'a mut Vec<(String, Value)>);

impl Writer<'_> {
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.0.push((name.to_owned(), value.into()));
    }
}

impl Fields for Writer<'_> {
    fn number(&mut self, name: &'static str, value: &mut usize) {
        self.put(name, *value);
    }

    fn numbers(&mut self, name: &'static str, values: &mut [usize]) {
        self.put(name, values.to_vec());
    }

    fn flag(&mut self, name: &'static str, value: &mut bool) {
        self.put(name, *value);
    }

    fn choice(&mut self, name: &'static str, place: &mut usize, names: &[&'static str]) {
        self.put(name, names.get(*place).copied());
    }

    fn extents(&mut self, _parameter: &'static str, _extents: &mut [&mut usize]) {}
}

impl Serialize for LayerOp {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        /// A map that keeps its order, unlike serde's.
        struct InOrder<'a>(&'a [(String, Value)]);

        impl Serialize for InOrder<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
            }
        }

        let Some(fields) = &self.fields else { return serializer.serialize_str(&self.name) };
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(&self.name, &InOrder(fields))?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for LayerOp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let (name, fields) = match Value::deserialize(deserializer)? {
            Value::String(name) => (name, None),
            Value::Object(map) if map.len() == 1 => match map.into_iter().next() {
                Some((name, Value::Object(fields))) => (name, Some(fields.into_iter().collect())),
                _ => return Err(D::Error::custom("invalid type: an op's fields are a map")),
            },
            _ => {
                return Err(D::Error::custom(
                    "invalid type: an op is its name, or a map of its name to its fields",
                ));
            }
        };
        Ok(Self { name, fields })
    }
}
