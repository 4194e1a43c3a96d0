//! Why a command did not work: what the AWS CLI prints to standard error, and its exit status.

use super::suggest::close_matches;

/// A command that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fail {
    /// What standard error gets, to the last newline.
    pub text: String,
    /// The exit status.
    pub status: i32,
}

/// The exit status of the AWS CLI for a command that was written wrongly.
pub(super) const USAGE_STATUS: i32 = 252;
/// Its exit status for what a service refuses.
pub(super) const SERVICE_STATUS: i32 = 254;
/// Its exit status for everything else, such as a waiter that gives up.
pub(super) const OTHER_STATUS: i32 = 255;

/// What the AWS CLI prints first when it cannot make sense of a command.
pub(super) const USAGE: &str = "\
usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
To see help text, you can run:

  aws help
  aws <command> help
  aws <command> <subcommand> help
";

impl Fail {
    /// A message with the empty line that the AWS CLI puts before it.
    #[inline(never)]
    fn new(message: impl std::fmt::Display, status: i32) -> Self {
        Self { text: format!("\n{message}\n"), status }
    }

    /// The words do not fit: the usage, and what does not fit.
    #[inline(never)]
    pub(super) fn usage(message: impl std::fmt::Display) -> Self {
        Self::new(format_args!("{USAGE}\naws: error: {message}\n"), USAGE_STATUS)
    }

    /// Words that belong to nothing. `known` are flags that may have been meant.
    #[inline(never)]
    pub(super) fn unknown_options<'a>(
        words: &[String],
        known: impl Iterator<Item = &'a str> + Clone,
    ) -> Self {
        let list = words.join(", ");
        let fail = Self::new(format_args!("{USAGE}\nUnknown options: {list}\n"), USAGE_STATUS);
        let flags = words.iter().filter(|word| word.starts_with("--")).take(3);
        let meant: Vec<&str> = flags.flat_map(|word| close_matches(word, known.clone())).collect();
        if meant.is_empty() {
            return fail;
        }
        fail.with_note(&format!("Maybe you meant: {}", meant.join(", ")))
    }

    /// Adds a sentence of this terminal to what the AWS CLI says.
    #[inline(never)]
    pub(super) fn with_note(mut self, note: &str) -> Self {
        if !note.is_empty() {
            self.text.push_str(note);
            self.text.push('\n');
        }
        self
    }

    /// A parameter has a value that it cannot have.
    #[inline(never)]
    pub(super) fn param(message: impl std::fmt::Display) -> Self {
        Self::new(message, USAGE_STATUS)
    }

    /// A value of a flag cannot be read; `flag` is written with its dashes.
    #[inline(never)]
    pub(super) fn parsing(flag: &str, message: impl std::fmt::Display) -> Self {
        Self::param(format_args!("Error parsing parameter '{flag}': {message}"))
    }

    /// A service refused the call.
    #[inline(never)]
    pub(super) fn service(code: &str, operation: &str, message: &str) -> Self {
        Self::new(
            format_args!(
                "An error occurred ({code}) when calling the {operation} operation: {message}"
            ),
            SERVICE_STATUS,
        )
    }

    /// Something else went wrong.
    #[inline(never)]
    pub(super) fn other(message: impl std::fmt::Display) -> Self {
        Self::new(message, OTHER_STATUS)
    }

    /// A sentence of this terminal, not of the AWS CLI: no empty line before it.
    #[inline(never)]
    pub(super) fn honest(message: impl std::fmt::Display, status: i32) -> Self {
        Self { text: format!("{message}\n"), status }
    }
}
