//! `--output text`: tab-separated lines, members in alphabetical order, the name of a list in front
//! of each of its lines (awscli/text.py).

use serde_json::{Map, Value};

use crate::cli::python;
use crate::cloud::sort;

/// The lines of an answer. The error is what Python says of a list with structures and other things in it.
#[inline(never)]
pub(super) fn document(value: &Value) -> Result<String, String> {
    if let Some(odd) = odd_one(value) {
        return Err(format!("'{}' object has no attribute 'items'", python::type_name(odd)));
    }
    let mut out = String::new();
    write(value, None, None, &mut out);
    Ok(out)
}

/// The first thing that is no structure in a list with structures.
fn odd_one(value: &Value) -> Option<&Value> {
    match value {
        Value::Array(items) => {
            let mixed = items.iter().any(Value::is_object);
            let odd = items.iter().find(|item| mixed && !item.is_object());
            odd.or_else(|| items.iter().find_map(odd_one))
        }
        Value::Object(members) => members.values().find_map(odd_one),
        _ => None,
    }
}

fn write(value: &Value, name: Option<&str>, columns: Option<&[&str]>, out: &mut String) {
    match value {
        Value::Object(members) => object(members, name, columns, out),
        Value::Array(items) => list(items, name, out),
        scalar => line(&[python::text(scalar)], out),
    }
}

fn line(cells: &[String], out: &mut String) {
    out.push_str(&cells.join("\t"));
    out.push('\n');
}

fn list(items: &[Value], name: Option<&str>, out: &mut String) {
    if items.is_empty() {
        return;
    }
    if items.iter().any(Value::is_object) {
        let columns = scalar_columns(items);
        for item in items {
            write(item, name, Some(&columns), out);
        }
        return;
    }
    let (inner, scalars): (Vec<&Value>, Vec<&Value>) =
        items.iter().partition(|item| item.is_array());
    match name {
        _ if scalars.is_empty() => {}
        Some(name) => {
            for item in scalars {
                line(&[name.to_uppercase(), python::text(item)], out);
            }
        }
        None => {
            let cells: Vec<String> = scalars.into_iter().map(python::text).collect();
            line(&cells, out);
        }
    }
    for item in inner {
        write(item, name, None, out);
    }
}

/// The names under which any of the objects has a single value.
fn scalar_columns(items: &[Value]) -> Vec<&str> {
    let members = items.iter().filter_map(Value::as_object).flatten();
    let mut names: Vec<&str> =
        members.filter(|(_, value)| is_scalar(value)).map(|(name, _)| name.as_str()).collect();
    sort::plain(&mut names);
    names.dedup();
    names
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn object(
    members: &Map<String, Value>,
    name: Option<&str>,
    columns: Option<&[&str]>,
    out: &mut String,
) {
    let mut names: Vec<&str> = members.keys().map(String::as_str).collect();
    sort::plain(&mut names);
    let own: Vec<&str>;
    let columns = if let Some(columns) = columns {
        columns
    } else {
        own = names
            .iter()
            .copied()
            .filter(|name| members.get(*name).is_some_and(is_scalar))
            .collect();
        &own
    };
    let cell = |name: &&str| members.get(*name).map(python::text).unwrap_or_default();
    let mut cells: Vec<String> = columns.iter().map(cell).collect();
    if !cells.is_empty() {
        if let Some(name) = name {
            cells.insert(0, name.to_uppercase());
        }
        line(&cells, out);
    }
    for name in names {
        if let Some(value) = members.get(name)
            && !columns.contains(&name)
        {
            write(value, Some(name), None, out);
        }
    }
}
