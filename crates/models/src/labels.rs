//! Class names, and search for a class by what a user types.

use crate::resemblance::nearest;
use crate::{Error, Result};

/// The names of a model's classes, by index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels(Vec<String>);

/// Number of names that an error message suggests.
const OFFERED: usize = 5;

impl Labels {
    /// Creates labels in the order of the logits.
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

    /// Finds a class by its whole name (`tabby cat`), its index (`282`, or `#282` if a name is a number too),
    /// or a part that only one name has (`tabby`). Case is ignored if that leaves one class.
    ///
    /// # Errors
    /// [`Error::UnknownClass`], suggesting the classes that match, those with the whole word first, or else
    /// similar names.
    pub fn find(&self, query: &str) -> Result<u32> {
        let query = query.trim();
        if query.is_empty() {
            return Err(Error::UnknownClass("class is empty; give an index or a name".into()));
        }
        let named = self.which(|name| name.trim() == query);
        if let Some(number) = index(query) {
            return self.numbered(query, number, &named);
        }
        let wanted = query.to_lowercase();
        let alike = || self.which(|name| name.trim().to_lowercase() == wanted);
        let containing = || self.which(|name| name.to_lowercase().contains(&wanted));
        let mut meant =
            std::iter::once(named).chain(std::iter::once_with(alike)).chain(std::iter::once_with(containing));
        let Some(several) = meant.find(|classes| !classes.is_empty()) else {
            return Err(Error::UnknownClass(self.unknown(query)));
        };
        if let &[one] = several.as_slice() {
            return Ok(one);
        }
        let near = self.nearest(query);
        let (mut offered, others): (Vec<u32>, Vec<u32>) = (
            near.iter().copied().filter(|class| several.contains(class)).collect(),
            several.iter().copied().filter(|class| !near.contains(class)).collect(),
        );
        offered.extend(others);
        Err(Error::UnknownClass(format!(
            "class `{query}` is ambiguous: {} names have it, for example {}",
            several.len(),
            self.offer(&offered)
        )))
    }

    /// Finds the class of a number, given the classes `named` like it. A number that could mean two classes
    /// is refused: either choice would be wrong for half of the users.
    fn numbered(&self, query: &str, number: Option<u32>, named: &[u32]) -> Result<u32> {
        let index = number.filter(|&index| (index as usize) < self.0.len());
        match (index, named) {
            (Some(index), []) => Ok(index),
            (None, &[class]) => Ok(class),
            (Some(index), &[class]) if index == class => Ok(class),
            (None, []) => Err(Error::UnknownClass(format!(
                "unknown class {query}; this model has classes 0 to {}",
                self.0.len().saturating_sub(1)
            ))),
            (index, named) => {
                let meant: Vec<u32> = named.iter().copied().chain(index).collect();
                let offers =
                    meant.iter().map(|&class| format!("#{class} for class {}", self.offer(&[class])));
                Err(Error::UnknownClass(format!(
                    "class `{query}` is ambiguous: it is the name of one class and the index of another; write {}",
                    offers.collect::<Vec<_>>().join(", ")
                )))
            }
        }
    }

    /// The classes whose names satisfy a condition.
    fn which(&self, is_so: impl Fn(&str) -> bool) -> Vec<u32> {
        (0u32..).zip(&self.0).filter(|(_, name)| is_so(name)).map(|(class, _)| class).collect()
    }

    /// The error for an unknown class, with the nearest names.
    #[must_use]
    pub fn unknown(&self, query: &str) -> String {
        match self.nearest(query).as_slice() {
            [] => format!(
                "unknown class `{query}`; none of this model's {} class names is like it: give another word for it, or an index",
                self.0.len()
            ),
            near => format!("unknown class `{query}`; the nearest are {}", self.offer(near)),
        }
    }

    /// Classes whose names are similar to what was typed, the nearest first.
    fn nearest(&self, wanted: &str) -> Vec<u32> {
        let names: Vec<_> = self.0.iter().map(String::as_str).collect();
        nearest(wanted, &names).into_iter().map(|at| at as u32).collect()
    }

    fn offer(&self, classes: &[u32]) -> String {
        let offer = |&class: &u32| format!("{class} ({})", self.name(class));
        classes.iter().take(OFFERED).map(offer).collect::<Vec<_>>().join(", ")
    }
}

/// The index that a query of digits means, with or without `#`: `Some(None)` if no index is that large,
/// `None` if the query is not a number.
fn index(query: &str) -> Option<Option<u32>> {
    let digits = query.strip_prefix('#').unwrap_or(query);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())
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
            ("#5", "unknown class #5; this model has classes 0 to 4"),
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

    /// Labels 0 to 10, in alphabetical order as of folders.
    fn numerals() -> Labels {
        Labels::new(["0", "1", "10", "2", "3"].map(str::to_owned).to_vec())
    }

    #[test]
    fn a_number_that_is_a_name_too_is_never_taken_for_the_wrong_one() {
        let found = [("0", 0), ("1", 1), ("10", 2), ("#2", 2), ("#3", 3), ("4", 4)];
        for (query, class) in found {
            assert_eq!(numerals().find(query), Ok(class), "{query}");
        }
        let refused = numerals().find("2").err().map(|e| e.to_string());
        let words = "class `2` is ambiguous: it is the name of one class and the index of another; \
                     write #3 for class 3 (2), #2 for class 2 (10)";
        assert_eq!(refused.as_deref(), Some(words));
    }

    #[test]
    fn names_that_differ_in_case_alone_are_told_apart_or_refused() {
        let labels = Labels::new(["Cat", "cat", "dog"].map(str::to_owned).to_vec());
        assert_eq!((labels.find("Cat"), labels.find("cat"), labels.find("DOG")), (Ok(0), Ok(1), Ok(2)));
        let refused = labels.find("CAT").err().map(|e| e.to_string()).unwrap_or_default();
        assert!(refused.contains("ambiguous: 2 names have it, for example 0 (Cat), 1 (cat)"), "{refused}");
    }

    #[test]
    fn a_name_that_two_classes_have_means_neither() {
        let labels = Labels::new(["crane", "crane"].map(str::to_owned).to_vec());
        assert!(labels.find("crane").is_err() && labels.find("#1") == Ok(1));
    }
}
