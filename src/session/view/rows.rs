//! The account as rows of AWS's describe shapes, by the word of their kind: what pictures, tables and forms are made of.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::picture::Brief;
use crate::cloud::account::Account;
use crate::cloud::ecs::task::Task;
use crate::cloud::rows::Kind;
use crate::cloud::table::Table;

/// One thing of the account, shared between accounts in which it is the same.
#[derive(Clone, Debug)]
pub struct Row(Arc<Fields>);

/// What a row holds.
#[derive(Debug)]
pub struct Fields {
    /// As in `data-id`.
    pub id: String,
    /// As `describe-…` prints it.
    pub json: Value,
    brief: OnceLock<Brief>,
}

/// All rows, by kind. Those of a kind are made when they are first asked for.
#[derive(Debug, Default)]
pub struct Rows {
    account: Account,
    kinds: Vec<(&'static str, OnceLock<Vec<Row>>)>,
    tasks: OnceLock<Arc<Tasks>>,
    /// Rows of an earlier account: tasks that are the same have the same rows.
    before: Option<Arc<Tasks>>,
}

/// The tasks of an account with their rows, in the same order.
#[derive(Debug, Default)]
struct Tasks {
    table: Table<Task>,
    /// How many container instances there have been and are: with both the same, the same ones are there.
    hosts: (u32, usize),
    rows: Vec<Row>,
}

impl Row {
    /// A row of its own.
    pub fn new(id: String, json: Value) -> Self {
        Self(Arc::new(Fields { id, json, brief: OnceLock::new() }))
    }

    /// What the picture asks of every task: read once.
    pub fn brief(&self) -> &Brief {
        self.0.brief.get_or_init(|| Brief::of(&self.json))
    }
}

impl Deref for Row {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        &self.0
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (self.id == other.id && self.json == other.json)
    }
}

impl Rows {
    /// Everything the account holds.
    pub fn of(account: &Account) -> Self {
        let kinds = Kind::ALL.iter().map(|kind| (kind.word(), OnceLock::new())).collect();
        Self { account: account.clone(), kinds, tasks: OnceLock::new(), before: None }
    }

    /// Everything the account holds. Tasks that have not changed since keep their rows.
    pub fn after(before: &Self, account: &Account) -> Self {
        let known = before.tasks.get().or(before.before.as_ref());
        Self { before: known.cloned(), ..Self::of(account) }
    }

    /// The rows of one kind, oldest first. A kind that the model does not have has none.
    pub fn get(&self, kind: &str) -> &[Row] {
        let known = self.kinds.iter().find(|(word, _)| *word == kind);
        let Some((word, rows)) = known else { return &[] };
        if *word == Kind::Task.word() && rows.get().is_none() {
            return &self.tasks.get_or_init(|| self.tasks()).rows;
        }
        rows.get_or_init(|| {
            let kind = Kind::ALL.iter().find(|kind| kind.word() == *word);
            kind.map_or_else(Vec::new, |kind| {
                rows_of(kind.id_member(), kind.rows(&self.account)).collect()
            })
        })
    }

    /// The row with this id.
    pub fn find(&self, kind: &str, id: &str) -> Option<&Row> {
        self.get(kind).iter().find(|row| row.id == id)
    }

    /// Adds the rows of a kind; `id_member` names the member with the id.
    pub fn add(&mut self, kind: &'static str, id_member: &str, values: Vec<Value>) {
        let known = self.kinds.iter().position(|(word, _)| *word == kind);
        let known = known.map(|at| self.kinds.swap_remove(at).1);
        let mut rows = known.and_then(OnceLock::into_inner).unwrap_or_default();
        rows.extend(rows_of(id_member, values));
        self.kinds.push((kind, OnceLock::from(rows)));
    }

    /// Whether these are the rows of an account in which no row has changed.
    pub fn same_as(&self, other: &Self) -> bool {
        self.account.has_tables_of(&other.account)
    }

    fn tasks(&self) -> Arc<Tasks> {
        let account = &self.account;
        let table = &account.container_instances;
        let hosts = (table.created(), table.len());
        let before = self.before.as_ref().filter(|before| before.hosts == hosts);
        let before = before.cloned().unwrap_or_default();
        if before.hosts == hosts && before.table.same_as(&account.tasks) {
            return before;
        }
        let mut known = before.table.iter().zip(&before.rows).peekable();
        let row = |(id, task): (_, &Arc<Task>)| {
            while known.next_if(|((old, _), _)| *old < id).is_some() {}
            if let Some((_, row)) = known.peek().filter(|((_, old), _)| Arc::ptr_eq(old, task)) {
                return (*row).clone();
            }
            let json = task.describe(account);
            Row::new(json.text(Kind::Task.id_member()).to_owned(), json)
        };
        let rows = account.tasks.iter().map(row).collect();
        Arc::new(Tasks { rows, table: account.tasks.clone(), hosts })
    }
}

fn rows_of(id_member: &str, values: Vec<Value>) -> impl Iterator<Item = Row> {
    values.into_iter().map(move |json| Row::new(json.text(id_member).to_owned(), json))
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
    fn tasks_that_have_not_changed_keep_their_rows() {
        let mut cloud = crate::cloud::Cloud::new(1, Start::DefaultVpc);
        let run = "aws ecs run-task --cluster dock --task-definition web --launch-type FARGATE \
             --network-configuration awsvpcConfiguration={subnets=[subnet-0a1a1a1a1a1a1a1a1],assignPublicIp=ENABLED}";
        for line in [
            "aws ecs create-cluster --cluster-name dock",
            "aws ecs register-task-definition --family web --network-mode awsvpc --requires-compatibilities FARGATE \
             --cpu 256 --memory 512 --container-definitions name=web,image=nginx",
            run,
            "wait 5m",
            run,
        ] {
            assert_eq!(crate::cli::run(&mut cloud, line).status, 0, "{line}");
        }
        let first = Rows::of(cloud.account());
        assert_eq!(first.get("task").len(), 2);
        crate::cli::run(&mut cloud, "wait 1m");
        let second = Rows::after(&first, cloud.account());
        let third = Rows::after(&Rows::after(&second, cloud.account()), cloud.account());
        for rows in [&second, &third] {
            let fresh = Rows::of(cloud.account());
            assert_eq!(rows.get("task"), fresh.get("task"));
            let kept = |at: usize| Arc::ptr_eq(&first.get("task")[at].0, &rows.get("task")[at].0);
            assert_eq!((kept(0), kept(1)), (true, false));
        }
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
