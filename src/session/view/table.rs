//! The same account as tables: what the picture shows, for those who read rather than look.

use super::fields::{fields, status};
use super::picture::Names;
use super::rows::Rows;
use crate::cloud::rows::Kind;
use crate::cloud::time::SimTime;

/// One kind of thing as a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// As in `data-kind`.
    pub kind: &'static str,
    /// What it lists.
    pub caption: String,
    /// Its columns; the first names the row.
    pub columns: Vec<&'static str>,
    /// One line a thing.
    pub lines: Vec<Line>,
}

/// One thing in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// As in `data-id`.
    pub id: String,
    /// As in `data-status`.
    pub status: String,
    /// What stands in the columns.
    pub cells: Vec<String>,
}

/// A table for each kind that the account has something of. Moments count from `start`.
pub fn tables(rows: &Rows, names: &Names, start: SimTime) -> Vec<Table> {
    let kinds = Kind::ALL.iter().map(|kind| kind.word());
    kinds
        .filter(|kind| !rows.get(kind).is_empty())
        .map(|kind| table(kind, rows, names, start))
        .collect()
}

fn table(kind: &'static str, rows: &Rows, names: &Names, start: SimTime) -> Table {
    let fields: Vec<_> = fields(kind).into_iter().filter(|field| field.in_table).collect();
    let lines = rows.get(kind).iter().map(|row| {
        let status = status(kind, &row.json).to_owned();
        let mut cells: Vec<String> = fields.iter().map(|field| field.of(row, start)).collect();
        match cells.first_mut() {
            None => cells = vec![row.id.clone(), status.clone()],
            Some(name) if kind == "task" => *name = format!("{} ({name})", names.letter(&row.id)),
            Some(_) => {}
        }
        Line { id: row.id.clone(), status, cells }
    });
    let mut columns: Vec<_> = fields.iter().map(|field| field.label).collect();
    if columns.is_empty() {
        columns = vec!["Id", "Status"];
    }
    Table { kind, caption: plural(kind), columns, lines: lines.collect() }
}

/// `Task definitions` of `task-definition`.
pub fn plural(kind: &str) -> String {
    match kind {
        "repository" => "Repositories".to_owned(),
        "policy" => "Policies".to_owned(),
        "vpc" => "VPCs".to_owned(),
        "vpc-endpoint" => "VPC endpoints".to_owned(),
        "nat-gateway" => "NAT gateways".to_owned(),
        _ => {
            let words = kind.replace('-', " ");
            let first = words.chars().next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(words.chars().skip(1)).chain(['s']).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::account::{Account, Start};

    #[test]
    fn every_thing_of_the_account_has_a_line() {
        let account = Account::new(Start::DefaultVpc);
        let rows = Rows::of(&account);
        let tables = tables(&rows, &Names::of(&account), SimTime::START);
        for table in &tables {
            assert_eq!(table.lines.len(), rows.get(table.kind).len());
            assert!(table.lines.iter().all(|line| line.cells.len() == table.columns.len()));
        }
        let subnets = tables.iter().find(|table| table.kind == "subnet").unwrap();
        assert_eq!(subnets.caption, "Subnets");
        assert!(subnets.lines[0].cells.contains(&"us-east-1a".to_owned()));
    }

    #[test]
    fn captions_are_english() {
        let captions = ["task-definition", "repository", "vpc", "nat-gateway", "task"].map(plural);
        assert_eq!(captions, ["Task definitions", "Repositories", "VPCs", "NAT gateways", "Tasks"]);
    }
}
