//! Letters for tasks: `a` is the account's first. A letter is easier to say than an id and never passes to another task.

use std::collections::BTreeMap;

use crate::cloud::account::Account;
use crate::session::view::rows::tail;

/// Which letter each task has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<String, usize>);

impl Names {
    /// Letters in the order in which the account's tasks first appear in its story.
    pub fn of(account: &Account) -> Self {
        let mut names = Self::default();
        for event in account.story.iter().filter(|event| event.kind == "task") {
            names.meet(&event.id);
        }
        names
    }

    /// Gives a task (its ARN or its id) the next letter if it has none.
    pub fn meet(&mut self, task: &str) {
        let next = self.0.len();
        self.0.entry(tail(task).to_owned()).or_insert(next);
    }

    /// The letter of a task: `a` to `z`, then `aa`.
    pub fn letter(&self, task: &str) -> String {
        let mut number = self.0.get(tail(task)).copied().unwrap_or(self.0.len());
        let mut letters = Vec::new();
        loop {
            letters.push(char::from(b'a' + u8::try_from(number % 26).unwrap_or(0)));
            if number < 26 {
                break;
            }
            number = number / 26 - 1;
        }
        letters.iter().rev().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        let mut names = Names::default();
        for number in 0..30 {
            names.meet(&number.to_string());
        }
        names.meet("0");
        let letters: Vec<_> = ["0", "1", "25", "26", "29"].map(|id| names.letter(id)).into();
        assert_eq!(letters, ["a", "b", "z", "aa", "ad"]);
    }
}
