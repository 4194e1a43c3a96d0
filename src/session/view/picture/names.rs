//! Letters for tasks: `a` is the account's first. A letter is easier to say than an id and never passes to another task.

use crate::cloud::account::Account;
use crate::cloud::ecs::task::Task;
use crate::cloud::map::Map;
use crate::cloud::table::Table;
use crate::session::view::rows::tail;

/// Which letter each task has.
#[derive(Clone, Debug, Default)]
pub struct Names {
    tasks: Table<Task>,
    met: Map<String, usize>,
}

impl Names {
    /// Letters in the order in which the account's tasks were made.
    pub fn of(account: &Account) -> Self {
        Self { tasks: account.tasks.clone(), ..Self::default() }
    }

    /// Gives a task (its ARN or its id) that the account does not know the next letter if it has none.
    pub fn meet(&mut self, task: &str) {
        let next = self.met.len();
        self.met.at(tail(task).to_owned(), || next);
    }

    /// The letter of a task: `a` to `z`, then `aa`.
    pub fn letter(&self, task: &str) -> String {
        let id = tail(task);
        let made = || usize::try_from(self.tasks.id(id)?.number().checked_sub(1)?).ok();
        let mut number = self.met.get(id).copied().or_else(made).unwrap_or_else(|| self.next());
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

    /// The number that the next task would have.
    fn next(&self) -> usize {
        self.met.len() + usize::try_from(self.tasks.created()).unwrap_or(0)
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
