//! Paths into a row: `containers[name=web].exitCode`.

use serde_json::Value;

/// A member on the way, and which items of its list are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The member's name.
    pub name: &'a str,
    /// Only items of the list in which this member has this value.
    pub only: Option<(&'a str, &'a str)>,
}

/// The members of a path, in order.
pub fn segments(path: &str) -> impl Iterator<Item = Segment<'_>> {
    let mut in_brackets = false;
    let is_dot = move |letter: char| {
        in_brackets = (in_brackets || letter == '[') && letter != ']';
        letter == '.' && !in_brackets
    };
    path.split(is_dot).map(segment)
}

/// `containers[name=web]`, or only a name.
pub fn segment(text: &str) -> Segment<'_> {
    let filtered = text.strip_suffix(']').and_then(|text| text.split_once('['));
    let only = filtered.and_then(|(_, filter)| filter.split_once('='));
    Segment { name: filtered.map_or(text, |(name, _)| name), only }
}

/// All values at a path. A list on the way, or at its end, stands for its items.
pub fn values<'a>(row: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut values = vec![row];
    for segment in segments(path) {
        let members = values.into_iter().filter_map(|value| value.get(segment.name));
        values = members.flat_map(items).filter(|item| segment.is_meant(item)).collect();
    }
    values
}

impl Segment<'_> {
    /// Whether an item passes the filter.
    pub fn is_meant(&self, item: &Value) -> bool {
        let Some((member, wanted)) = self.only else { return true };
        match item.get(member) {
            Some(Value::String(text)) => text == wanted,
            Some(value) => value.as_i64().is_some() && value.as_i64() == wanted.parse().ok(),
            None => false,
        }
    }
}

fn items(value: &Value) -> std::slice::Iter<'_, Value> {
    value.as_array().map_or_else(|| std::slice::from_ref(value).iter(), |items| items.iter())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_filter_chooses_items_of_a_list() {
        let row = json!({ "containers": [
            { "name": "web", "exitCode": 0 }, { "name": "helper", "exitCode": 1 },
        ] });
        let codes = |path: &str| values(&row, path).into_iter().cloned().collect::<Vec<_>>();
        assert_eq!(codes("containers.exitCode"), [json!(0), json!(1)]);
        assert_eq!(codes("containers[name=helper].exitCode"), [json!(1)]);
        assert_eq!(codes("containers[exitCode=0].name"), [json!("web")]);
        assert!(codes("containers[name=gone].exitCode").is_empty());
        let dotted = json!({ "attributes": [{ "name": "ecs.os-type", "value": "linux" }] });
        assert_eq!(values(&dotted, "attributes[name=ecs.os-type].value"), [&json!("linux")]);
    }
}
