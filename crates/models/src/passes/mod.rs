//! Rewrites of a [`Draft`], one per file: each gives a network that computes the same with fewer kinds of
//! nodes. A format's reader translates its file literally, and need not know which ops a graph has.

mod drop_identities;
mod fold_affines;
mod fuse_activations;
mod merge_paddings;
mod pairs;
mod rewrite_batch_norms;
#[cfg(test)]
mod tests;

use crate::draft::Draft;

/// A rewrite. An invalid node is an error that names it.
type Pass = fn(&mut Draft) -> Result<(), String>;

/// All passes by name, in an order in which one prepares the next.
const PASSES: [(&str, Pass); 5] = [
    ("drop identities", drop_identities::run),
    ("merge paddings", merge_paddings::run),
    ("rewrite batch norms", rewrite_batch_norms::run),
    ("fold affines", fold_affines::run),
    ("fuse activations", fuse_activations::run),
];

/// Runs every pass, then drops unused constants.
///
/// # Errors
/// Names the pass and the node, and says why.
pub(crate) fn normalise(draft: &mut Draft) -> Result<(), String> {
    for (name, pass) in PASSES {
        pass(draft).map_err(|why| format!("{name}: {why}"))?;
        let used: std::collections::HashSet<&String> =
            draft.nodes.iter().flat_map(|node| &node.inputs).collect();
        draft.constants.retain(|name, _| used.contains(name));
    }
    Ok(())
}
