//! A thing as the inspector shows it: its key fields in words, and all of it as JSON.

use super::fields::{fields, status};
use super::picture::Names;
use super::rows::{Row, short};
use crate::cloud::time::SimTime;

/// The form of a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// What it is, in a few words.
    pub title: String,
    /// Its status word.
    pub status: String,
    /// Its fields that have a value: name and value.
    pub fields: Vec<(&'static str, String)>,
}

/// The key fields of a row.
pub fn form(kind: &str, row: &Row, names: &Names, start: SimTime) -> Form {
    let fields = fields(kind).into_iter().map(|field| (field.label, field.of(row, start)));
    let word = kind.replace('-', " ");
    let name = match kind {
        "task" => format!("{} ({})", names.letter(&row.id), short(&row.id)),
        _ => short(&row.id).to_owned(),
    };
    Form {
        title: format!("{word} {name}"),
        status: status(kind, &row.json).to_owned(),
        fields: fields.filter(|(_, value)| !value.is_empty()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::account::{Account, Start};
    use crate::session::view::rows::Rows;

    #[test]
    fn a_form_says_only_what_there_is() {
        let account = Account::new(Start::DefaultVpc);
        let rows = Rows::of(&account);
        let subnet = &rows.get("subnet")[0];
        let form = form("subnet", subnet, &Names::default(), SimTime::START);
        assert!(form.title.starts_with("subnet subnet-"));
        assert!(form.fields.iter().any(|(name, value)| *name == "Zone" && value == "us-east-1a"));
        assert!(form.fields.iter().all(|(_, value)| !value.is_empty()));
    }
}
