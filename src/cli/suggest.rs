//! "Maybe you meant": the close matches that Python's difflib finds, as the AWS CLI prints them.

use crate::cloud::sort;

/// At most three of `choices` that are at least 80 % like `word`, the most similar first.
pub(super) fn close_matches<'a>(
    word: &str,
    choices: impl IntoIterator<Item = &'a str>,
) -> Vec<&'a str> {
    const CUTOFF_PERCENT: usize = 80;
    if word.len() > LONGEST_WORD {
        return Vec::new();
    }
    let word: Vec<char> = word.chars().collect();
    let mut found: Vec<(Likeness, &str)> = Vec::new();
    for choice in choices {
        let letters: Vec<char> = choice.chars().collect();
        let total = letters.len() + word.len();
        let likeness = Likeness { same: 2 * common(&letters, &word), total: total.max(1) };
        if likeness.same * 100 >= likeness.total * CUTOFF_PERCENT {
            found.push((likeness, choice));
        }
    }
    sort::by(&mut found, |a, b| b.0.compare(&a.0).then_with(|| b.1.cmp(a.1)));
    found.into_iter().take(3).map(|(_, choice)| choice).collect()
}

/// Nobody mistypes a name this long, and the comparison takes time with the square of it.
const LONGEST_WORD: usize = 100;

/// A share of equal letters, kept as a fraction.
struct Likeness {
    same: usize,
    total: usize,
}

impl Likeness {
    fn compare(&self, other: &Self) -> std::cmp::Ordering {
        (self.same * other.total).cmp(&(other.same * self.total))
    }
}

/// The letters that match: the longest common run, and the same again on both sides of it.
fn common(a: &[char], b: &[char]) -> usize {
    let (at_a, at_b, length) = longest_run(a, b);
    if length == 0 {
        return 0;
    }
    let before = common(a.get(..at_a).unwrap_or(&[]), b.get(..at_b).unwrap_or(&[]));
    let after =
        common(a.get(at_a + length..).unwrap_or(&[]), b.get(at_b + length..).unwrap_or(&[]));
    length + before + after
}

/// The longest run of letters in both, the one that starts first in `a`, then first in `b`.
fn longest_run(a: &[char], b: &[char]) -> (usize, usize, usize) {
    let mut best = (0, 0, 0);
    for at_a in 0..a.len() {
        for at_b in 0..b.len() {
            let pairs = a.iter().skip(at_a).zip(b.iter().skip(at_b));
            let length = pairs.take_while(|(a, b)| a == b).count();
            if length > best.2 {
                best = (at_a, at_b, length);
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::close_matches;

    /// The expectations are `difflib.get_close_matches(word, choices, cutoff=0.8)`.
    #[test]
    fn matches_are_difflibs() {
        let choices = ["run-task", "start-task", "stop-task", "list-tasks", "list-clusters"];
        assert_eq!(close_matches("run-tsk", choices), ["run-task"]);
        assert_eq!(close_matches("stat-task", choices), ["start-task"]);
        assert_eq!(close_matches("list-cluster", choices), ["list-clusters"]);
        assert!(close_matches("describe", choices).is_empty());
        assert!(close_matches("", choices).is_empty());
    }
}
