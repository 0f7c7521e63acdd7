//! Summaries of an audit by class and group.

use std::collections::BTreeMap;

use candling_audit::Mean;

use super::row::Row;

/// Bootstrap seed; fixed so that repeated audits report identical intervals.
const SEED: u64 = 1;

/// Name of the row for photos that are in no group of their class.
const NO_GROUP: &str = "(no group)";

/// The summary of a set of photos.
pub struct Summary {
    /// `None` for all photos.
    pub class: Option<String>,
    /// `None` for all photos of a class; empty for those in none of its groups.
    pub group: Option<String>,
    pub photos: usize,
    /// The accuracy.
    pub accuracy: Option<Mean>,
    /// The mean share of evidence in the masks.
    pub evidence: Option<Mean>,
    /// Baseline: the mean share that uniform maps would have, over the same photos.
    pub evenly: Option<f64>,
}

impl Summary {
    /// The name of the group, or the text that stands for no group; `None` for a class or all photos.
    pub fn group_name(&self) -> Option<&str> {
        self.group.as_deref().map(|group| if group.is_empty() { NO_GROUP } else { group })
    }

    fn of(rows: &[Row], class: Option<&str>, group: Option<&str>) -> Self {
        let of: Vec<&Row> = rows
            .iter()
            .filter(|row| row.error.is_empty())
            .filter(|row| {
                class.is_none_or(|class| row.class == class) && group.is_none_or(|group| row.group == group)
            })
            .collect();
        let right = of.iter().filter(|row| row.correct).count();
        let evidence: Vec<f64> = of.iter().filter_map(|row| row.evidence).collect();
        let evenly: Vec<f64> = of.iter().filter_map(|row| row.evenly).collect();
        Self {
            class: class.map(str::to_owned),
            group: group.map(str::to_owned),
            photos: of.len(),
            accuracy: Mean::of_answers(right, of.len()),
            evidence: Mean::of_shares(&evidence, SEED),
            evenly: (!evenly.is_empty()).then(|| evenly.iter().sum::<f64>() / evenly.len() as f64),
        }
    }
}

/// The summaries of all photos, then of each class, then of each group of a class and of its photos in no
/// group.
pub fn summaries(classes: &[String], rows: &[Row]) -> Vec<Summary> {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in rows {
        let of = groups.entry(&row.class).or_default();
        if !of.contains(&row.group.as_str()) {
            of.push(&row.group);
        }
    }
    for of in groups.values_mut() {
        of.sort_by_key(|group| group.is_empty());
    }
    let mut all = vec![Summary::of(rows, None, None)];
    for class in classes {
        all.push(Summary::of(rows, Some(class), None));
        // a class without groups has one row
        let of_class = groups.get(class.as_str()).filter(|groups| ***groups != [""]);
        all.extend(of_class.into_iter().flatten().map(|group| Summary::of(rows, Some(class), Some(group))));
    }
    all
}
