//! Class names, and finding a class by what a person types.

use crate::resemblance::nearest;
use crate::{Error, Result};

/// The names of a model's classes, by index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels(Vec<String>);

/// How many names an error message offers.
const OFFERED: usize = 5;

impl Labels {
    /// Labels in the order of the logits.
    #[must_use]
    pub fn new(names: Vec<String>) -> Self {
        Self(names)
    }

    /// All names.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// The name of a class; empty if there is no such class.
    #[must_use]
    pub fn name(&self, class: u32) -> &str {
        self.0.get(class as usize).map_or("", String::as_str)
    }

    /// The class that `query` means: an index (`282`), a whole name (`tabby cat`), or a part that only one name
    /// has (`tabby`). Upper and lower case are one.
    ///
    /// # Errors
    /// [`Error::UnknownClass`], offering the classes that have the part, whole words first, or else names that are spelt alike.
    pub fn find(&self, query: &str) -> Result<u32> {
        let wanted = query.trim().to_lowercase();
        if wanted.is_empty() {
            return Err(Error::UnknownClass("class is empty; give an index or a name".into()));
        }
        if wanted.bytes().all(|b| b.is_ascii_digit()) {
            return match wanted.parse::<u32>() {
                Ok(index) if (index as usize) < self.0.len() => Ok(index),
                _ => Err(Error::UnknownClass(format!(
                    "unknown class {wanted}; this model has classes 0 to {}",
                    self.0.len().saturating_sub(1)
                ))),
            };
        }
        let names = || (0u32..).zip(&self.0).map(|(i, name)| (i, name.to_lowercase()));
        if let Some((index, _)) = names().find(|(_, name)| *name == wanted) {
            return Ok(index);
        }
        let mut containing: Vec<u32> =
            names().filter(|(_, name)| name.contains(&wanted)).map(|(i, _)| i).collect();
        match containing.as_slice() {
            &[one] => Ok(one),
            [] => Err(Error::UnknownClass(self.unknown(query))),
            _ => {
                let near = self.nearest(query);
                containing.sort_by_key(|class| near.iter().position(|n| n == class).unwrap_or(near.len()));
                Err(Error::UnknownClass(format!(
                    "class `{query}` is ambiguous: {} names have it, for example {}",
                    containing.len(),
                    self.offer(&containing)
                )))
            }
        }
    }

    /// What is said of a class that there is not.
    fn unknown(&self, query: &str) -> String {
        match self.nearest(query).as_slice() {
            [] => format!(
                "unknown class `{query}`; none of this model's {} class names is like it: give another word for it, or an index",
                self.0.len()
            ),
            near => format!("unknown class `{query}`; the nearest are {}", self.offer(near)),
        }
    }

    /// Classes whose names are near to what was typed, the nearest first.
    fn nearest(&self, wanted: &str) -> Vec<u32> {
        nearest(wanted, &(0u32..).zip(self.0.iter().map(String::as_str)).collect::<Vec<_>>())
    }

    fn offer(&self, classes: &[u32]) -> String {
        let offer = |&class: &u32| format!("{class} ({})", self.name(class));
        classes.iter().take(OFFERED).map(offer).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Labels {
        let names = ["tabby cat", "tiger cat", "German Shepherd Dog", "cat", "container ship"];
        Labels::new(names.map(str::to_owned).to_vec())
    }

    #[test]
    fn finds_by_index_name_and_part() {
        let cases = [("0", 0), (" 4 ", 4), ("Tabby Cat", 0), ("TABBY", 0), ("shepherd", 2), ("cat", 3)];
        for (query, class) in cases {
            assert_eq!(labels().find(query), Ok(class), "{query}");
        }
    }

    #[test]
    fn an_error_offers_what_there_is() {
        let message = |query: &str| labels().find(query).err().map(|e| e.to_string());
        let cases = [
            ("5", "unknown class 5; this model has classes 0 to 4"),
            ("99999999999", "unknown class 99999999999; this model has classes 0 to 4"),
            ("", "class is empty; give an index or a name"),
            (
                "er",
                "class `er` is ambiguous: 3 names have it, for example 1 (tiger cat), 2 (German Shepherd Dog), 4 (container ship)",
            ),
        ];
        for (query, expected) in cases {
            assert_eq!(message(query).as_deref(), Some(expected), "{query}");
        }
        let misspelt = message("tabbi");
        assert!(
            misspelt.as_deref().is_some_and(|m| m.ends_with("nearest are 0 (tabby cat)")),
            "{misspelt:?}"
        );
        let nothing = message("person");
        assert!(
            nothing.as_deref().is_some_and(|m| m.contains("none of this model's 5 class names is like it")),
            "{nothing:?}"
        );
    }
}
