//! Conditions as lessons write them: `{ task = { lastStatus = "RUNNING" }, is = 2 }`.

use toml::{Table, Value};

use crate::lesson::model::{Condition, Count, Field, Test};

const FORM: &str = "expected one of `all`, `any`, `not`, `call`, `request`, `may`, `cost` or a kind of thing such as \
     `task`, and beside it at most `is`, `at_least`, `at_most`, `distinct`";

/// Reads a condition; the error says what was expected.
pub(super) fn condition(value: &Value) -> Result<Condition, String> {
    let table = value.as_table().ok_or_else(|| format!("a condition is a table, {FORM}"))?;
    let mut heads = table.keys().filter(|key| !is_beside(key));
    let (Some(head), None) = (heads.next(), heads.next()) else {
        return Err(format!("a condition has exactly one head, {FORM}"));
    };
    let inside = table.get(head).unwrap_or(value);
    let counting = table.len() > 1;
    match head.as_str() {
        "all" if !counting => Ok(Condition::All(list(inside)?)),
        "any" if !counting => Ok(Condition::Any(list(inside)?)),
        "not" if !counting => Ok(Condition::Not(Box::new(condition(inside)?))),
        "all" | "any" | "not" => Err(format!("`{head}` is not counted, expected it alone")),
        "call" => call(inside, table),
        "may" if !counting => may(inside),
        "cost" if !counting => cost(inside),
        kind => rows(kind, inside, table),
    }
}

fn is_beside(key: &str) -> bool {
    ["is", "at_least", "at_most", "distinct"].contains(&key)
}

fn list(value: &Value) -> Result<Vec<Condition>, String> {
    let items = value.as_array().filter(|items| !items.is_empty());
    items.ok_or("expected a list of conditions")?.iter().map(condition).collect()
}

fn rows(kind: &str, inside: &Value, table: &Table) -> Result<Condition, String> {
    let inside = inside.as_table().ok_or_else(|| {
        format!("`{kind}` needs a table of fields, expected {kind} = {{ field = value }}")
    })?;
    let distinct = match table.get("distinct") {
        None => None,
        Some(Value::String(path)) => Some(path.clone()),
        Some(_) => return Err("`distinct` names a field, expected a text".to_owned()),
    };
    let (fields, count) = (inside.iter().map(field).collect::<Result<_, _>>()?, count(table)?);
    if kind == "request" {
        return Ok(Condition::Requests { fields, distinct, count });
    }
    Ok(Condition::Rows { kind: kind.to_owned(), fields, distinct, count })
}

fn call(inside: &Value, table: &Table) -> Result<Condition, String> {
    let form =
        "expected call = { service = …, operation = …, result = …, by = …, \"input.…\" = … }";
    let inside = inside.as_table().ok_or(form)?;
    let text = |name: &str| inside.get(name).and_then(Value::as_str).map(str::to_owned);
    let (Some(service), Some(operation)) = (text("service"), text("operation")) else {
        return Err(format!("a call needs a service and an operation, {form}"));
    };
    let named = |key: &str| ["service", "operation", "result"].contains(&key);
    let mut fields = Vec::new();
    for entry in inside.iter().filter(|(key, _)| !named(key)) {
        let is_side = entry.0.starts_with("input.") || entry.0.starts_with("output.");
        if entry.0 != "by" && !is_side {
            return Err(format!("unknown key `{}` in a call, {form}", entry.0));
        }
        fields.push(field(entry)?);
    }
    Ok(Condition::Calls {
        service,
        operation,
        result: text("result"),
        fields,
        count: count(table)?,
    })
}

/// `may = { role = "app", all = ["s3:GetObject arn:…"], only = [ … ] }`.
fn may(inside: &Value) -> Result<Condition, String> {
    let form = "expected may = { role = …, all = [\"service:Action arn\"], only = [ … ] }";
    let inside = inside.as_table().ok_or(form)?;
    if let Some(key) = inside.keys().find(|key| !["role", "all", "only"].contains(&key.as_str())) {
        return Err(format!("unknown key `{key}` in `may`, {form}"));
    }
    let texts = |name: &str| -> Result<Option<Vec<String>>, String> {
        let Some(value) = inside.get(name) else { return Ok(None) };
        let items = value.as_array().ok_or_else(|| format!("`{name}` is a list, {form}"))?;
        let item =
            |item: &Value| item.as_str().filter(|text| text.contains(':')).map(str::to_owned);
        let items: Option<Vec<String>> = items.iter().map(item).collect();
        items.map(Some).ok_or_else(|| format!("`{name}` has actions in it, {form}"))
    };
    let role = inside.get("role").and_then(Value::as_str).ok_or(form)?.to_owned();
    Ok(Condition::May { role, all: texts("all")?.unwrap_or_default(), only: texts("only")? })
}

/// `cost = { of = "EC2 instances", hour = { below = 100000 } }`.
fn cost(inside: &Value) -> Result<Condition, String> {
    let form = "expected cost = { of = …, hour = … }, hour in millionths of a dollar";
    let inside = inside.as_table().ok_or(form)?;
    let of = match inside.get("of") {
        None => None,
        Some(title) => Some(title.as_str().ok_or(form)?.to_owned()),
    };
    if inside.len() != 1 + usize::from(of.is_some()) {
        return Err(form.to_owned());
    }
    Ok(Condition::Cost { of, hour: test("hour", inside.get("hour").ok_or(form)?)? })
}

fn count(table: &Table) -> Result<Count, String> {
    let number = |name: &str| match table.get(name) {
        None => Ok(None),
        Some(Value::Integer(number)) => u32::try_from(*number)
            .map(Some)
            .map_err(|_| format!("`{name} = {number}`, expected a number from 0")),
        Some(_) => Err(format!("`{name}` counts, expected a whole number")),
    };
    match (number("is")?, number("at_least")?, number("at_most")?) {
        (None, None, None) => Ok(Count { at_least: Some(1), at_most: None }),
        (Some(is), None, None) => Ok(Count { at_least: Some(is), at_most: Some(is) }),
        (None, at_least, at_most) => Ok(Count { at_least, at_most }),
        _ => Err("`is` says the number already, expected no `at_least` or `at_most`".to_owned()),
    }
}

fn field((path, value): (&String, &Value)) -> Result<Field, String> {
    Ok(Field { path: path.clone(), test: test(path, value)? })
}

fn test(path: &str, value: &Value) -> Result<Test, String> {
    let form = "expected a text, a number, true, false, or one of { contains = … }, \
         { starts = … }, { ends = … }, { above = … }, { below = … }, { exists = … }";
    let single = match value {
        Value::String(text) => return Ok(Test::Is(text.as_str().into())),
        Value::Integer(number) => return Ok(Test::Is((*number).into())),
        Value::Boolean(truth) => return Ok(Test::Is((*truth).into())),
        Value::Table(table) if table.len() == 1 => table.iter().next(),
        _ => None,
    };
    match single {
        Some((key, Value::String(text))) => match key.as_str() {
            "contains" => Ok(Test::Contains(text.clone())),
            "starts" => Ok(Test::Starts(text.clone())),
            "ends" => Ok(Test::Ends(text.clone())),
            _ => Err(format!("`{key}` is not a test for `{path}`, {form}")),
        },
        Some((key, Value::Integer(number))) if key == "above" => Ok(Test::Above(*number)),
        Some((key, Value::Integer(number))) if key == "below" => Ok(Test::Below(*number)),
        Some((key, Value::Boolean(truth))) if key == "exists" => Ok(Test::Exists(*truth)),
        _ => Err(format!("no test for `{path}`, {form}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Condition, String> {
        let table: Table = toml::from_str(text).unwrap();
        condition(&table["when"])
    }

    #[test]
    fn reads_counts_and_tests() {
        let read = read("when = { task = { lastStatus = 'RUNNING' }, at_most = 2 }").unwrap();
        let Condition::Rows { kind, fields, count, .. } = read else { panic!("{read:?}") };
        assert_eq!((kind.as_str(), count.at_least, count.at_most), ("task", None, Some(2)));
        assert_eq!(fields[0].test, Test::Is("RUNNING".into()));
    }

    #[test]
    fn reads_who_called_and_what_a_role_may() {
        let text = "when = { call = { service = 's3', operation = 'GetObject', by = { contains = '/app/' } } }";
        let Condition::Calls { fields, .. } = read(text).unwrap() else { panic!("no call") };
        assert_eq!(fields[0], Field { path: "by".into(), test: Test::Contains("/app/".into()) });
        let text = "when = { may = { role = 'app', all = ['s3:GetObject *'], only = [] } }";
        let Condition::May { role, all, only } = read(text).unwrap() else { panic!("no may") };
        assert_eq!((role.as_str(), all.len(), only), ("app", 1, Some(Vec::new())));
    }

    #[test]
    fn says_what_was_expected() {
        let wrong = [
            ("when = 'two tasks'", "a condition is a table"),
            ("when = { task = {}, service = {} }", "exactly one head"),
            ("when = { task = {}, is = 1, at_least = 1 }", "expected no `at_least`"),
            ("when = { task = { cpu = { like = 'x' } } }", "`like` is not a test for `cpu`"),
            ("when = { call = { service = 'ecs' } }", "needs a service and an operation"),
            ("when = { all = [{ task = {} }], is = 2 }", "`all` is not counted"),
            ("when = { may = { role = 'app', some = [] } }", "unknown key `some` in `may`"),
            ("when = { may = { role = 'app', all = ['GetObject'] } }", "has actions in it"),
            ("when = { may = { all = [] } }", "expected may = { role"),
        ];
        for (text, said) in wrong {
            let error = read(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
