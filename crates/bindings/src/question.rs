//! Queries from the plain values that JavaScript passes.

use candling_core::{Graph, Method, NodeId, Query, Result, Target};

/// The target of a class, or of its margin over another.
#[must_use]
pub fn target_of(class: u32, over: Option<u32>) -> Target {
    match over {
        None => Target::Class(class),
        Some(over) => Target::Margin { class, over },
    }
}

/// The query for a run of `graph`, at `default_layer` if a method takes a layer and none is named.
///
/// # Errors
/// `bad-argument` for an unknown method, `unknown-layer`.
pub fn question(
    graph: &Graph,
    default_layer: NodeId,
    method: &str,
    target: Target,
    layer: Option<&str>,
    counterfactual: bool,
) -> Result<Query> {
    let method = method.parse::<Method>()?;
    let layer = match layer {
        Some(name) => Some(graph.find(name)?),
        None => method.takes_layer().then_some(default_layer),
    };
    Ok(Query { method, target, layer, counterfactual })
}
