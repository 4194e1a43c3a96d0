//! The account as rows of AWS's describe shapes, by the word of their kind: what pictures, tables and forms are made of.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cloud::account::Account;
use crate::cloud::rows::Kind;

/// One thing of the account.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// As in `data-id`.
    pub id: String,
    /// As `describe-…` prints it.
    pub json: Value,
}

/// All rows, by kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows(BTreeMap<&'static str, Vec<Row>>);

impl Rows {
    /// Everything the account holds.
    pub fn of(account: &Account) -> Self {
        let mut rows = Self::default();
        for kind in Kind::ALL {
            rows.add(kind.word(), kind.id_member(), kind.rows(account));
        }
        rows
    }

    /// The rows of one kind, oldest first. A kind that the model does not have has none.
    pub fn get(&self, kind: &str) -> &[Row] {
        self.0.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The row with this id.
    pub fn find(&self, kind: &str, id: &str) -> Option<&Row> {
        self.get(kind).iter().find(|row| row.id == id)
    }

    /// Adds the rows of a kind; `id_member` names the member with the id.
    pub fn add(&mut self, kind: &'static str, id_member: &str, values: Vec<Value>) {
        let rows = values.into_iter().map(|json| Row { id: json.text(id_member).to_owned(), json });
        self.0.entry(kind).or_default().extend(rows);
    }
}

/// The id of the thing that events name by this one: of some kinds they know only the end of the ARN.
pub fn whole_id(account: &Account, kind: Kind, id: &str) -> Option<String> {
    let rows = kind.rows(account);
    let ids = rows.iter().map(|row| row.text(kind.id_member()));
    { ids }.find(|whole| *whole == id || tail(whole) == id).map(str::to_owned)
}

/// Reading JSON whose shape is known, where what is missing counts as empty.
pub trait Read {
    /// The value at a path of member names joined by dots; the value itself at an empty path.
    fn at(&self, path: &str) -> Option<&Value>;

    /// The text at a path.
    fn text(&self, path: &str) -> &str {
        self.at(path).and_then(Value::as_str).unwrap_or_default()
    }

    /// The whole number at a path; AWS writes some of them as text.
    fn number(&self, path: &str) -> Option<i64> {
        let value = self.at(path)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }

    /// The moment at a path in milliseconds since 1970.
    fn millis(&self, path: &str) -> Option<u64> {
        let seconds = self.at(path)?.as_f64()?;
        // Seconds with three decimals are exact up to here, and `{}` prints a float without loss.
        let (whole, fraction) =
            format!("{seconds:.3}").split_once('.').map(|(whole, fraction)| {
                (whole.parse::<u64>().unwrap_or(0), fraction.parse::<u64>().unwrap_or(0))
            })?;
        Some(whole.saturating_mul(1_000).saturating_add(fraction))
    }

    /// Whether the truth value at a path is true.
    fn flag(&self, path: &str) -> bool {
        self.at(path).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The items of the list at a path.
    fn list(&self, path: &str) -> &[Value] {
        self.at(path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

impl Read for Value {
    fn at(&self, path: &str) -> Option<&Value> {
        let mut names = path.split('.').filter(|name| !name.is_empty());
        names.try_fold(self, |value, name| value.get(name))
    }
}

/// The last part of an ARN or address: `web:2` of `arn:aws:ecs:…:task-definition/web:2`.
pub fn tail(arn: &str) -> &str {
    arn.rsplit_once('/').map_or(arn, |(_, last)| last)
}

/// The part of an ARN after the resource type, where there are two: the cluster in `…:task/dock/4f1c…`.
pub fn cluster_of(arn: &str) -> &str {
    let mut parts = arn.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(_), Some(cluster), Some(_)) => cluster,
        _ => "default",
    }
}

/// An id short enough to be said: `i-0a1b` of `i-0a1b2c3d4e5f60718`, `4f1c` of a task's id.
pub fn short(id: &str) -> &str {
    let id = tail(id);
    let end = match id.find('-') {
        Some(dash) if id.len() > dash + 9 => dash + 5,
        None if id.len() >= 32 => 4,
        Some(_) | None => id.len(),
    };
    id.get(..end).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloud::account::Start;

    #[test]
    fn what_is_missing_counts_as_empty() {
        let row = json!({ "cpu": "256", "count": 3, "at": 1_767_603_690.25, "on": true });
        assert_eq!(row.number("cpu"), Some(256));
        assert_eq!(row.number("count"), Some(3));
        assert_eq!(row.millis("at"), Some(1_767_603_690_250));
        assert!(row.flag("on") && !row.flag("off"));
        assert_eq!((row.text("a.b"), row.list("a").len()), ("", 0));
    }

    #[test]
    fn names_are_cut_out_of_arns() {
        let arn = "arn:aws:ecs:us-east-1:111122223333:task/dock/4f1c9e2b7a604d3f8e5a1b2c3d4e5f60";
        assert_eq!(cluster_of(arn), "dock");
        assert_eq!(tail(arn), "4f1c9e2b7a604d3f8e5a1b2c3d4e5f60");
        assert_eq!(short(arn), "4f1c");
        assert_eq!(short("i-0a1b2c3d4e5f60718"), "i-0a1b");
        assert_eq!(short("us-east-1a"), "us-east-1a");
        assert_eq!(short("web"), "web");
    }

    #[test]
    fn every_kind_has_rows_with_ids() {
        let rows = Rows::of(&Account::new(Start::DefaultVpc));
        for kind in Kind::ALL {
            assert!(rows.get(kind.word()).iter().all(|row| !row.id.is_empty()), "{kind:?}");
        }
        assert!(rows.get("no such kind").is_empty());
    }
}
