//! What the Tab key does in the terminal, and what is offered while somebody types.

use crate::cli::{self, Completion};
use crate::cloud::Cloud;

/// Letters of a word that must stand there before Tab completes it: with fewer, Tab goes on to the next control.
const LETTERS_LEAST: usize = 2;

/// What may stand there next, once the word has begun.
pub fn offers(cloud: &Cloud, text: &str) -> Vec<Completion> {
    if last_word(text).chars().count() < LETTERS_LEAST {
        return Vec::new();
    }
    cli::complete(cloud, text)
}

/// The text after Tab: as much as all offers have in common. None if Tab has nothing to add.
pub fn tab(cloud: &Cloud, text: &str) -> Option<String> {
    let offers = offers(cloud, text);
    let (first, rest) = offers.split_first()?;
    let mut common = first.text.as_str();
    for other in rest {
        let same = common.chars().zip(other.text.chars()).take_while(|(one, two)| one == two);
        let length: usize = same.map(|(letter, _)| letter.len_utf8()).sum();
        common = common.get(..length).unwrap_or_default();
    }
    let end = if rest.is_empty() { " " } else { "" };
    let done = format!("{}{common}{end}", text.get(..first.replace_from)?);
    (done.len() > text.len()).then_some(done)
}

/// The text with an offer taken.
pub fn take(text: &str, offer: &Completion) -> String {
    format!("{}{} ", text.get(..offer.replace_from).unwrap_or_default(), offer.text)
}

fn last_word(text: &str) -> &str {
    text.rsplit(char::is_whitespace).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::account::Start;

    #[test]
    fn tab_adds_what_is_certain() {
        let cloud = Cloud::new(1, Start::DefaultVpc);
        assert_eq!(tab(&cloud, "aws ecs create-clu").as_deref(), Some("aws ecs create-cluster "));
        let some = tab(&cloud, "aws ecs describe-t").unwrap();
        assert_eq!(some, "aws ecs describe-task");
        assert!(offers(&cloud, &some).len() > 1);
        assert_eq!(tab(&cloud, &some), None, "nothing more is certain: Tab goes on");
    }

    #[test]
    fn tab_never_traps() {
        let cloud = Cloud::new(1, Start::DefaultVpc);
        for text in ["", "a", "aws ", "aws e", "no such word", "aws ecs create-cluster "] {
            assert_eq!(tab(&cloud, text), None, "{text:?}");
        }
    }

    #[test]
    fn an_offer_is_taken_with_a_space() {
        let cloud = Cloud::new(1, Start::DefaultVpc);
        let offers = offers(&cloud, "aws ecs create-clu");
        assert_eq!(take("aws ecs create-clu", &offers[0]), "aws ecs create-cluster ");
    }
}
