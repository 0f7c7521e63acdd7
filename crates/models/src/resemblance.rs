//! Which names are near to what a person typed.

use strsim::osa_distance;

/// Letters of a word that is looked for by itself: of shorter ones, such as `a` or `my`, nothing follows.
const SHORTEST: usize = 3;

/// How near a name is, the nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    Same,
    /// It is a word of the name, or some of its words in a row.
    Word,
    /// A word of the name begins with it.
    Beginning,
    /// It stands somewhere in the name.
    Part,
    /// Number of letters left out, inserted, changed, or swapped with the next.
    Misspelt(usize),
}

/// The names that are near to `wanted`, the nearest first and as they came where they are alike: the same
/// name, then those that have it as a word, as the beginning of a word, as a part, and at last near
/// misspellings. Where there is none, its words are looked for one by one. Upper and lower case are one, and
/// so is what stands between words.
///
/// Returns their places in `names`.
pub(crate) fn nearest(wanted: &str, names: &[&str]) -> Vec<usize> {
    let wanted = plain(wanted);
    let near = |wanted: &[&str]| {
        let nearness = |name: &str| {
            let name = plain(name);
            wanted.iter().filter_map(|wanted| nearness(&name, wanted)).min()
        };
        let named = names.iter().enumerate();
        let mut found: Vec<_> = named.filter_map(|(at, name)| Some((nearness(name)?, at))).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, at)| at).collect::<Vec<_>>()
    };
    let found = near(&[&wanted]);
    if !found.is_empty() {
        return found;
    }
    near(&wanted.split(' ').filter(|word| word.chars().count() >= SHORTEST).collect::<Vec<_>>())
}

/// Words in lower case, with a space between them.
fn plain(text: &str) -> String {
    let text = text.to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// The nearness of two normalised texts.
fn nearness(name: &str, wanted: &str) -> Option<Nearness> {
    if wanted.is_empty() {
        return None;
    }
    if name == wanted {
        return Some(Nearness::Same);
    }
    let found = name.match_indices(wanted).map(|(at, _)| {
        let begins = name[..at].chars().next_back().is_none_or(|before| before == ' ');
        let ends = name[at + wanted.len()..].chars().next().is_none_or(|behind| behind == ' ');
        match (begins, ends) {
            (true, true) => Nearness::Word,
            (true, false) => Nearness::Beginning,
            _ => Nearness::Part,
        }
    });
    found.min().or_else(|| misspelt(name, wanted))
}

/// Against the whole name and as many words in a row as are wanted: one letter in four may be wrong, and one
/// in any case.
fn misspelt(name: &str, wanted: &str) -> Option<Nearness> {
    let letters = wanted.chars().count();
    let words: Vec<&str> = name.split(' ').collect();
    let rows = words.windows(wanted.split(' ').count()).map(|row| row.join(" "));
    let distance = rows.chain([name.to_owned()]).map(|row| osa_distance(&row, wanted)).min()?;
    (distance <= (letters / 4).max(1) && distance < letters).then_some(Nearness::Misspelt(distance))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 9] = [
        "Persian cat",
        "prison",
        "sports car",
        "Cardigan Welsh Corgi",
        "streetcar",
        "freight car",
        "tabby cat",
        "German Shepherd Dog",
        "birdhouse",
    ];

    fn near(wanted: &str) -> Vec<&'static str> {
        nearest(wanted, &NAMES).into_iter().map(|at| NAMES[at]).collect()
    }

    #[test]
    fn words_come_before_beginnings_and_these_before_parts() {
        let literal = ["sports car", "freight car", "Cardigan Welsh Corgi", "streetcar"];
        assert_eq!(near("car")[..4], literal);
        assert_eq!(near("car")[4..], ["Persian cat", "tabby cat"], "misspellings last");
        assert_eq!(near("house"), ["birdhouse"]);
    }

    #[test]
    fn only_near_misspellings_are_offered() {
        assert!(near("person").is_empty(), "neither a Persian cat nor a prison");
        assert_eq!(near("tabbi"), ["tabby cat"]);
        assert_eq!(near("germna shepard"), ["German Shepherd Dog"]);
        assert!(near("x").is_empty() && near("").is_empty() && near("?!").is_empty());
    }

    #[test]
    fn case_and_what_stands_between_words_are_one() {
        assert_eq!(near("TABBY_CAT"), ["tabby cat"]);
        assert_eq!(near("  german-shepherd"), ["German Shepherd Dog"]);
    }

    #[test]
    fn where_the_whole_is_not_known_its_words_may_be() {
        assert_eq!(near("tabby kitten"), ["tabby cat"]);
        assert_eq!(near("my corgi"), ["Cardigan Welsh Corgi"]);
    }
}
