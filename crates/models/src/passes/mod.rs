//! Rewrites of a [`Draft`], one a file: each gives a network that computes the same, with fewer kinds of
//! nodes. A format's reader writes down what its file says, and need not know what a graph can hold.

mod drop_identities;
mod fold_affines;
mod fuse_activations;
mod merge_paddings;
mod pairs;
mod rewrite_batch_norms;
#[cfg(test)]
mod tests;

use crate::draft::Draft;

/// A rewrite. What it cannot make sense of is an error that names the node.
type Pass = fn(&mut Draft) -> Result<(), String>;

/// All passes by name, in the order in which one prepares the next.
const PASSES: [(&str, Pass); 5] = [
    ("drop identities", drop_identities::run),
    ("merge paddings", merge_paddings::run),
    ("rewrite batch norms", rewrite_batch_norms::run),
    ("fold affines", fold_affines::run),
    ("fuse activations", fuse_activations::run),
];

/// Runs every pass. Constants that nothing takes any more are dropped.
///
/// # Errors
/// The pass, the node, and why.
pub(crate) fn normalise(draft: &mut Draft) -> Result<(), String> {
    for (name, pass) in PASSES {
        pass(draft).map_err(|why| format!("{name}: {why}"))?;
        let used: std::collections::HashSet<&String> =
            draft.nodes.iter().flat_map(|node| &node.inputs).collect();
        draft.constants.retain(|name, _| used.contains(name));
    }
    Ok(())
}
