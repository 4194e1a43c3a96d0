//! Patterns with `*` (any run of characters) and `?` (one character), as filters, policies and path rules have them.

/// The text matches the pattern from beginning to end; case matters.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where the last `*` stands, and how much of the text it has swallowed so far.
    let mut star: Option<(usize, usize)> = None;
    while let Some(letter) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(wanted) if *wanted == '?' || wanted == letter => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, swallowed)) = star else { return false };
                star = Some((at, swallowed + 1));
                (p, t) = (at + 1, swallowed + 1);
            }
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_swallow_any_run_and_question_marks_one_character() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("run*", "running", true),
            ("r?n", "run", true),
            ("r?n", "ran!", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*ab", "aab", true),
            ("a*b", "ac", false),
            ("", "a", false),
            ("Run", "run", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }
}
