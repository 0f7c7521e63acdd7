//! Removes nodes that change nothing: their readers read their inputs instead.

use std::collections::BTreeMap;

use crate::draft::{Draft, DraftOp};

pub(super) fn run(draft: &mut Draft) -> Result<(), String> {
    let mut instead: BTreeMap<String, String> = BTreeMap::new();
    for node in &mut draft.nodes {
        for input in &mut node.inputs {
            if let Some(source) = instead.get(input) {
                input.clone_from(source);
            }
        }
        if let (DraftOp::Identity, Some(input)) = (&node.op, node.inputs.first()) {
            instead.insert(node.name.clone(), input.clone());
        }
    }
    draft.nodes.retain(|node| !instead.contains_key(&node.name));
    for node in &mut draft.nodes {
        let gone = instead.iter().filter(|(_, source)| **source == node.name).map(|(name, _)| name.clone());
        node.aliases.extend(gone);
    }
    Ok(())
}
