//! An expression at work on a value.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::functions;
use super::lexer::Kind;
use super::parser::Ast;
use crate::cli::python;

/// Steps and copied values of one search, at most. Chosen: `[@,@]|[@,@]|…` doubles with each step.
const BUDGET: usize = 1_000_000;

/// What `ast` finds in `value`.
pub(super) fn search(ast: &Ast, value: &Value) -> Result<Value, String> {
    let mut search = Search { budget: BUDGET };
    let found = search.visit(ast, value)?;
    search.own(found)
}

/// A search under way.
pub(super) struct Search {
    budget: usize,
}

/// A value inside the searched one, or a new one.
type Found<'v> = Cow<'v, Value>;

const NULL: Found<'static> = Cow::Owned(Value::Null);

impl Search {
    /// Counts steps, or what is about to be made: a value counts 1, and a text 1 more for 16 bytes.
    pub(super) fn spend(&mut self, amount: usize) -> Result<(), String> {
        self.budget = self
            .budget
            .checked_sub(amount)
            .ok_or("The query makes more of the answer than this terminal can hold.")?;
        Ok(())
    }

    /// A value of its own; copies count.
    pub(super) fn own(&mut self, found: Found<'_>) -> Result<Value, String> {
        if let Cow::Borrowed(value) = found {
            self.weigh(value)?;
        }
        Ok(found.into_owned())
    }

    /// Counts a value that was made.
    pub(super) fn weigh(&mut self, value: &Value) -> Result<(), String> {
        match value {
            Value::Array(items) => {
                self.spend(1)?;
                items.iter().try_for_each(|item| self.weigh(item))
            }
            Value::Object(members) => {
                self.spend(1)?;
                members.iter().try_for_each(|(name, value)| {
                    self.spend(name.len() / 16)?;
                    self.weigh(value)
                })
            }
            Value::String(text) => self.spend(1 + text.len() / 16),
            _ => self.spend(1),
        }
    }

    pub(super) fn visit<'v>(&mut self, ast: &Ast, value: &'v Value) -> Result<Found<'v>, String> {
        self.spend(1)?;
        match ast {
            Ast::Current => Ok(Cow::Borrowed(value)),
            Ast::Field(name) => Ok(value.get(name.as_str()).map_or(NULL, Cow::Borrowed)),
            Ast::Literal(literal) => self.own(Cow::Borrowed(literal)).map(Cow::Owned),
            Ast::Index(place) => Ok(item(value, *place).map_or(NULL, Cow::Borrowed)),
            Ast::Slice(parts) => self.slice(parts, value),
            Ast::Chain(steps) => self.chain(steps, value),
            Ast::Project(base, rest) => {
                let base = self.visit(base, value)?;
                let Value::Array(items) = base.as_ref() else { return Ok(NULL) };
                self.each(items.iter(), rest)
            }
            Ast::ProjectValues(base, rest) => {
                let base = self.visit(base, value)?;
                let Value::Object(members) = base.as_ref() else { return Ok(NULL) };
                self.each(members.values(), rest)
            }
            Ast::Filter(base, rest, condition) => {
                let base = self.visit(base, value)?;
                self.filter(base.as_ref(), rest, condition)
            }
            Ast::Flatten(base) => {
                let base = self.visit(base, value)?;
                self.flatten(base)
            }
            Ast::Reference(_) => Err(NOT_A_VALUE.to_owned()),
            Ast::List(_) | Ast::Object(_) if value.is_null() => Ok(NULL),
            Ast::List(items) => self.list(items, value).map(Cow::Owned),
            Ast::Object(members) => self.object(members, value).map(Cow::Owned),
            Ast::Or(..) | Ast::And(..) | Ast::Not(_) | Ast::Compare(..) => self.logic(ast, value),
            Ast::Call(name, arguments) => {
                functions::call(self, name, arguments, value).map(Cow::Owned)
            }
        }
    }

    fn filter<'v>(
        &mut self,
        base: &Value,
        rest: &Ast,
        condition: &Ast,
    ) -> Result<Found<'v>, String> {
        let Value::Array(items) = base else { return Ok(NULL) };
        let mut kept = Vec::new();
        for item in items {
            if is_true(self.visit(condition, item)?.as_ref()) {
                kept.push(item);
            }
        }
        self.each(kept.into_iter(), rest)
    }

    fn list(&mut self, items: &[Ast], value: &Value) -> Result<Value, String> {
        let mut list = Vec::with_capacity(items.len());
        for item in items {
            let found = self.visit(item, value)?;
            list.push(self.own(found)?);
        }
        Ok(Value::Array(list))
    }

    fn object(&mut self, members: &[(String, Ast)], value: &Value) -> Result<Value, String> {
        let mut object = Map::new();
        for (name, member) in members {
            let found = self.visit(member, value)?;
            object.insert(name.clone(), self.own(found)?);
        }
        Ok(Value::Object(object))
    }

    fn logic<'v>(&mut self, ast: &Ast, value: &'v Value) -> Result<Found<'v>, String> {
        match ast {
            Ast::Or(left, right) => {
                let left = self.visit(left, value)?;
                if is_true(&left) { Ok(left) } else { self.visit(right, value) }
            }
            Ast::And(left, right) => {
                let left = self.visit(left, value)?;
                if is_true(&left) { self.visit(right, value) } else { Ok(left) }
            }
            Ast::Not(inner) => {
                let inner = self.visit(inner, value)?;
                Ok(Cow::Owned(Value::Bool(!is_true(&inner))))
            }
            Ast::Compare(kind, left, right) => {
                let (left, right) = (self.visit(left, value)?, self.visit(right, value)?);
                compare(kind, &left, &right).map(Cow::Owned)
            }
            _ => Ok(NULL),
        }
    }

    fn chain<'v>(&mut self, steps: &[Ast], value: &'v Value) -> Result<Found<'v>, String> {
        let mut found = Cow::Borrowed(value);
        for step in steps {
            found = match found {
                Cow::Borrowed(value) => self.visit(step, value)?,
                Cow::Owned(value) => {
                    let next = self.visit(step, &value)?;
                    Cow::Owned(self.own(next)?)
                }
            };
        }
        Ok(found)
    }

    /// `rest` on each item; nulls are left out.
    fn each<'i, 'v>(
        &mut self,
        items: impl Iterator<Item = &'i Value>,
        rest: &Ast,
    ) -> Result<Found<'v>, String> {
        let mut found = Vec::new();
        for item in items {
            let value = self.visit(rest, item)?;
            if !value.is_null() {
                found.push(self.own(value)?);
            }
        }
        Ok(Cow::Owned(Value::Array(found)))
    }

    fn flatten<'v>(&mut self, base: Found<'_>) -> Result<Found<'v>, String> {
        let Value::Array(items) = self.own(base)? else { return Ok(NULL) };
        let mut flat = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Value::Array(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        Ok(Cow::Owned(Value::Array(flat)))
    }

    fn slice<'v>(
        &mut self,
        parts: &[Option<i64>; 3],
        value: &'v Value,
    ) -> Result<Found<'v>, String> {
        let Value::Array(items) = value else { return Ok(NULL) };
        let places = places(parts, i64::try_from(items.len()).unwrap_or(i64::MAX))?;
        let mut found = Vec::with_capacity(places.len());
        for place in places {
            if let Some(item) = items.get(place) {
                found.push(self.own(Cow::Borrowed(item))?);
            }
        }
        Ok(Cow::Owned(Value::Array(found)))
    }
}

/// What Python says of an expression that is not the argument of a function.
pub(super) const NOT_A_VALUE: &str = "Object of type _Expression is not JSON serializable";

fn item(value: &Value, place: i64) -> Option<&Value> {
    let items = value.as_array()?;
    let place = match usize::try_from(place) {
        Ok(place) => place,
        Err(_) => items.len().checked_sub(usize::try_from(place.unsigned_abs()).ok()?)?,
    };
    items.get(place)
}

/// The places that a Python slice takes from a list of `length` items.
fn places(parts: &[Option<i64>; 3], length: i64) -> Result<Vec<usize>, String> {
    let [start, end, step] = *parts;
    let step = step.unwrap_or(1);
    if step == 0 {
        return Err("slice step cannot be zero".to_owned());
    }
    let (lowest, highest) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let bound = |place: i64| {
        let place = if place < 0 { place.saturating_add(length) } else { place };
        place.clamp(lowest, highest)
    };
    let (first, last) = if step > 0 { (lowest, highest) } else { (highest, lowest) };
    let (mut at, end) = (start.map_or(first, bound), end.map_or(last, bound));
    let mut places = Vec::new();
    while (step > 0 && at < end) || (step < 0 && at > end) {
        places.extend(usize::try_from(at));
        at = at.saturating_add(step);
    }
    Ok(places)
}

/// Everything is true but null, false and what is empty. Zero is true.
pub(crate) fn is_true(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

fn compare(kind: &Kind, left: &Value, right: &Value) -> Result<Value, String> {
    let equal = || equals(left, right);
    match kind {
        Kind::Equal => return Ok(Value::Bool(equal())),
        Kind::NotEqual => return Ok(Value::Bool(!equal())),
        _ => {}
    }
    let comparable = |value: &Value| value.is_number() || value.is_string();
    if !comparable(left) || !comparable(right) {
        return Ok(Value::Null);
    }
    let Some(order) = order(left, right) else {
        return Err(format!(
            "'{}' not supported between instances of '{}' and '{}'",
            kind.name().1,
            python::type_name(left),
            python::type_name(right)
        ));
    };
    Ok(Value::Bool(match kind {
        Kind::Less => order == Ordering::Less,
        Kind::LessEqual => order != Ordering::Greater,
        Kind::Greater => order == Ordering::Greater,
        _ => order != Ordering::Less,
    }))
}

/// The order of two numbers or two texts.
pub(super) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
        },
        _ => None,
    }
}

/// Equality as in Python, where `1` is `1.0`.
pub(crate) fn equals(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(_), Value::Number(_)) => order(left, right) == Some(Ordering::Equal),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(l, r)| equals(l, r))
        }
        (Value::Object(left), Value::Object(right)) => {
            let same = |(name, value)| right.get(name).is_some_and(|other| equals(value, other));
            left.len() == right.len() && left.iter().all(same)
        }
        _ => left == right,
    }
}
