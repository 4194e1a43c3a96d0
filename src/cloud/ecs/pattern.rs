//! Patterns of the cluster query language: the part of regular expressions that names of instance types and zones need.
//!
//! Letters stand for themselves, `.` for any letter, `[a-c]` for one of some; `*`, `+` and `?` repeat what stands before
//! them, `|` separates alternatives, `\` takes the meaning away. The whole text must match, as in Java's `matches`.

/// Whether the whole of `text` matches `pattern`.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    pattern.split('|').any(|one| {
        let pattern: Vec<char> = one.chars().collect();
        here(&items(&pattern), &text)
    })
}

/// What one place of the text may hold, and how often.
struct Item {
    one: One,
    least: usize,
    many: bool,
}

enum One {
    Any,
    Letter(char),
    Among(Vec<(char, char)>, bool),
}

fn items(pattern: &[char]) -> Vec<Item> {
    let mut found = Vec::new();
    let mut rest = pattern;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let one = match first {
            '.' => One::Any,
            '[' => {
                let (among, after) = among(rest);
                rest = after;
                among
            }
            '\\' => match rest.split_first() {
                Some((next, after)) => {
                    rest = after;
                    One::Letter(*next)
                }
                None => One::Letter('\\'),
            },
            letter => One::Letter(*letter),
        };
        let (least, many, used) = match rest.first() {
            Some('*') => (0, true, 1),
            Some('+') => (1, true, 1),
            Some('?') => (0, false, 1),
            _ => (1, false, 0),
        };
        rest = rest.get(used..).unwrap_or_default();
        found.push(Item { one, least, many });
    }
    found
}

/// `a-c5]…`: the ranges up to the bracket, and what follows it.
fn among(pattern: &[char]) -> (One, &[char]) {
    let end = pattern.iter().position(|letter| *letter == ']').unwrap_or(pattern.len());
    let inside = pattern.get(..end).unwrap_or_default();
    let (negated, mut inside) = match inside.split_first() {
        Some(('^', rest)) => (true, rest),
        _ => (false, inside),
    };
    let mut ranges = Vec::new();
    loop {
        inside = match inside {
            [from, '-', to, rest @ ..] => {
                ranges.push((*from, *to));
                rest
            }
            [one, rest @ ..] => {
                ranges.push((*one, *one));
                rest
            }
            [] => break,
        };
    }
    (One::Among(ranges, negated), pattern.get(end + 1..).unwrap_or_default())
}

impl One {
    fn accepts(&self, letter: char) -> bool {
        match self {
            Self::Any => true,
            Self::Letter(own) => *own == letter,
            Self::Among(ranges, negated) => {
                ranges.iter().any(|(from, to)| (*from..=*to).contains(&letter)) != *negated
            }
        }
    }
}

/// Which places of the text can be reached after each item: a set of places, so the work is bounded by both lengths.
fn here(items: &[Item], text: &[char]) -> bool {
    let mut places = vec![false; text.len() + 1];
    if let Some(first) = places.first_mut() {
        *first = true;
    }
    for item in items {
        let mut next = vec![false; text.len() + 1];
        for (start, _) in places.iter().enumerate().filter(|(_, reached)| **reached) {
            let accepted = text.iter().skip(start).take_while(|letter| item.one.accepts(**letter));
            let most = if item.many { accepted.count() } else { accepted.take(1).count() };
            for length in item.least..=most {
                if let Some(place) = next.get_mut(start + length) {
                    *place = true;
                }
            }
        }
        places = next;
    }
    places.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_the_whole_text() {
        assert!(matches("t3.*", "t3.medium"));
        assert!(!matches("t3", "t3.medium"));
        assert!(matches("t[23]\\.(.*)|m5.+", "m5.large"));
        assert!(matches("us-east-1[a-c]", "us-east-1b"));
        assert!(!matches("us-east-1[^b]", "us-east-1b"));
        assert!(matches("a?b+", "bb") && !matches("a?b+", "aab"));
    }

    #[test]
    fn a_hard_pattern_takes_no_longer_than_an_easy_one() {
        let text = "a".repeat(200);
        assert!(!matches(&format!("{}b", "a*".repeat(100)), &text));
    }
}
