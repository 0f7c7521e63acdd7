//! The walk that most passes are made of: two nodes in a row become one.

use std::collections::HashMap;

use crate::draft::{Constants, Draft, DraftNode};

/// Merges every node into the one before it, where `rule` makes one of the two: of `before`, and of `behind`,
/// which takes its output as its first input and is alone in taking it. The merged node knows the names of
/// both.
///
/// # Errors
/// What `rule` says.
pub(super) fn merge(
    draft: &mut Draft,
    rule: impl Fn(&DraftNode, &DraftNode, &mut Constants) -> Result<Option<DraftNode>, String>,
) -> Result<(), String> {
    let mut readers: HashMap<String, usize> = HashMap::new();
    let inputs = draft.nodes.iter().flat_map(|node| &node.inputs);
    inputs.for_each(|input| *readers.entry(input.clone()).or_default() += 1);
    // Nodes that are done, each with the number of its readers, and where each name is found among them.
    let mut done: Vec<(DraftNode, usize)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for mut node in std::mem::take(&mut draft.nodes) {
        for input in &mut node.inputs {
            if let Some(&at) = places.get(input) {
                input.clone_from(&done[at].0.name);
            }
        }
        let count = readers.get(&node.name).copied().unwrap_or_default();
        let before = node.inputs.first().and_then(|input| places.get(input).copied());
        let merged = match before.filter(|&at| done[at].1 == 1) {
            Some(at) => rule(&done[at].0, &node, &mut draft.constants)?.map(|merged| (at, merged)),
            None => None,
        };
        match merged {
            Some((at, mut merged)) => {
                merged.aliases = [&done[at].0, &node].into_iter().flat_map(names).collect();
                merged.aliases.retain(|alias| *alias != merged.name);
                places.insert(node.name, at);
                done[at] = (merged, count);
            }
            None => {
                places.insert(node.name.clone(), done.len());
                done.push((node, count));
            }
        }
    }
    draft.nodes = done.into_iter().map(|(node, _)| node).collect();
    Ok(())
}

fn names(node: &DraftNode) -> impl Iterator<Item = String> {
    std::iter::once(&node.name).chain(&node.aliases).cloned()
}
