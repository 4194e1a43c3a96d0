//! The types of a model, each known by the text that spells it: `string>=1[]`, `{string:Tag}`.

use super::model::{Definitions, Ids};
use super::{Min, Shape, ShapeId};

/// Every type of a model once, and where to find it.
#[derive(Default)]
pub(super) struct Types {
    shapes: Vec<Entry>,
    sketches: Vec<(ShapeId, Shape)>,
    ids: Ids,
}

enum Entry {
    Known(Shape),
    /// A structure or enum that was named and is not defined yet.
    Promised,
    /// Defined in the part of the model that was read before.
    Before,
}

impl Types {
    /// The id of the type that `text` spells, which may be a name that is defined later.
    /// `None`: it spells none.
    pub(super) fn id(&mut self, text: &'static str) -> Option<ShapeId> {
        if let Some(id) = self.ids.get(text) {
            return Some(id);
        }
        let entry = self.read(text)?;
        let id = ShapeId(u16::try_from(self.shapes.len()).ok()?);
        self.shapes.push(entry);
        self.ids.insert(text, id);
        Some(id)
    }

    /// Says what a name means. `None`: it has a meaning already.
    pub(super) fn define(&mut self, name: &'static str, shape: Shape) -> Option<()> {
        let id = self.id(name)?;
        let entry = self.shapes.get_mut(usize::from(id.0))?;
        matches!(entry, Entry::Promised).then(|| *entry = Entry::Known(shape))
    }

    /// Says a part of what a name means; the next part of the model says all. `None`: the name makes no sense.
    pub(super) fn sketch(&mut self, name: &'static str, shape: Shape) -> Option<()> {
        let id = self.id(name)?;
        self.sketches.push((id, shape));
        Some(())
    }

    /// What is named in a part of a model, to be defined in the next.
    pub(super) fn after(first: &Definitions) -> Self {
        let entry = |shape: &Option<Shape>| match shape {
            Some(_) => Entry::Before,
            None => Entry::Promised,
        };
        let shapes = first.shapes.iter().map(entry).collect();
        Self { shapes, sketches: Vec::new(), ids: first.ids.clone() }
    }

    /// What was defined.
    pub(super) fn finish(self) -> Definitions {
        let known = |entry| if let Entry::Known(shape) = entry { Some(shape) } else { None };
        let shapes = self.shapes.into_iter().map(known).collect();
        Definitions { shapes, sketches: self.sketches, ids: self.ids }
    }

    /// A name that was never defined.
    pub(super) fn missing(&self) -> Option<&'static str> {
        let is_missing =
            |id: ShapeId| matches!(self.shapes.get(usize::from(id.0)), Some(Entry::Promised));
        self.ids.0.iter().find(|(_, id)| is_missing(*id)).map(|(name, _)| *name)
    }

    fn read(&mut self, text: &'static str) -> Option<Entry> {
        if let Some(pair) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            let (key, value) = pair.split_once(':')?;
            let shape = Shape::Map { key: self.id(key)?, value: self.id(value)? };
            return Some(Entry::Known(shape));
        }
        let (text, min) = split_min(text);
        if let Some(item) = text.strip_suffix("[]") {
            return Some(Entry::Known(Shape::List { member: self.id(item)?, min }));
        }
        Some(Entry::Known(match text {
            "string" => Shape::String { values: Vec::new(), min },
            "integer" => Shape::Integer(min),
            "long" => Shape::Long(min),
            "float" => Shape::Float(min),
            "double" => Shape::Double(min),
            _ if min.is_some() => return None,
            "boolean" => Shape::Boolean,
            "timestamp" => Shape::Timestamp,
            "blob" => Shape::Blob,
            "document" => Shape::Document,
            name => return name.chars().all(char::is_alphanumeric).then_some(Entry::Promised),
        }))
    }
}

/// Takes `>=n` off the end. In `string>=1[]` it belongs to the item and stays.
fn split_min(text: &'static str) -> (&'static str, Min) {
    match text.rsplit_once(">=") {
        Some((kind, number)) if number.parse::<i64>().is_ok() => (kind, number.parse().ok()),
        _ => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_belong_to_the_nearest_type() {
        let mut types = Types::default();
        let list = types.id("string>=1[]>=2").unwrap();
        let Definitions { shapes, ids, .. } = types.finish();
        let item = ids.get("string>=1").unwrap();
        let found = shapes[usize::from(list.0)].as_ref().unwrap();
        assert!(matches!(found, Shape::List { member, min: Some(2) } if *member == item));
        let found = shapes[usize::from(item.0)].as_ref().unwrap();
        assert!(matches!(found, Shape::String { min: Some(1), .. }));
    }

    #[test]
    fn a_promise_is_kept_once() {
        let mut types = Types::default();
        assert!(types.id("{string:Tag[]}").is_some());
        assert!(types.define("Tag", Shape::Blob).is_some());
        assert!(types.define("Tag", Shape::Blob).is_none());
        assert!(types.id("Tag>=1").is_none() && types.id("a b").is_none());
    }
}
