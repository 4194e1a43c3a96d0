//! What the goals of a step still lack, for drawing.

use serde_json::Value;

use super::Ghost;
use crate::lesson::model::{Condition, Field, Goal, Test};
use crate::session::view::rows::tail;
use crate::session::{GoalView, Session};

/// Of one goal, at most so many are drawn.
const MOST: u32 = 3;

/// What the goals of the step at work still lack.
pub fn ghosts(session: &Session) -> Vec<Ghost> {
    let goals = session.current().map_or(&[][..], |step| step.goals());
    let standings = session.goals();
    let open = goals.iter().zip(&standings).filter(|(_, view)| !view.met);
    open.flat_map(|(goal, view)| missing(goal, view)).collect()
}

/// What one goal lacks: what its lesson says, or else the rows that its condition counts.
fn missing(goal: &Goal, view: &GoalView) -> Vec<Ghost> {
    let (kind, say) = match (&goal.ghost, &goal.when) {
        (Some(ghost), _) => (ghost.kind.clone(), ghost.say.clone()),
        (None, Condition::Rows { kind, fields, count, .. }) if count.at_least.is_some() => {
            (kind.clone(), words(fields))
        }
        (None, _) => return Vec::new(),
    };
    let count = view.want.saturating_sub(view.got).clamp(u32::from(goal.ghost.is_some()), MOST);
    let ghost = Ghost { goal: goal.id.clone(), kind, say };
    (0..count).map(|_| ghost.clone()).collect()
}

/// The values that a row should have: `web, RUNNING`, for a group of tasks `of service web, RUNNING`; numbers and truth
/// values with the name of their member: `desiredCount 4`.
fn words(fields: &[Field]) -> String {
    let mut words: Vec<String> = Vec::new();
    for field in fields {
        let member = field.path.rsplit('.').next().unwrap_or_default();
        let text = match &field.test {
            Test::Is(Value::String(text))
            | Test::Contains(text)
            | Test::Starts(text)
            | Test::Ends(text) => text,
            other => {
                words.extend(number(member, other));
                continue;
            }
        };
        match (member, text.split_once(':')) {
            ("group", Some(("service", name))) => words.insert(0, format!("of service {name}")),
            ("group", Some((_, name))) => words.insert(0, format!("of {name}")),
            // Of an ARN, the end is the name.
            _ => words.push(tail(text.trim_end_matches('/')).to_owned()),
        }
    }
    words.join(", ")
}

/// What a number or a truth value should be.
fn number(member: &str, test: &Test) -> Option<String> {
    match test {
        Test::Is(value) => Some(format!("{member} {value}")),
        Test::Above(bound) => Some(format!("{member} above {bound}")),
        Test::Below(bound) => Some(format!("{member} below {bound}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lesson::model::{Count, Html};

    fn goal(got: u32) -> (Goal, GoalView) {
        let status = Field { path: "lastStatus".to_owned(), test: Test::Is(json!("RUNNING")) };
        let goal = Goal {
            id: "two".to_owned(),
            say: Html("Two tasks run".to_owned()),
            when: Condition::Rows {
                kind: "task".to_owned(),
                fields: vec![status],
                distinct: None,
                count: Count { at_least: Some(2), at_most: None },
            },
            hold: None,
            ghost: None,
        };
        let view = GoalView {
            id: goal.id.clone(),
            say: goal.say.0.clone(),
            met: false,
            got,
            want: 2,
            hold: None,
            broke_at: None,
        };
        (goal, view)
    }

    #[test]
    fn as_many_ghosts_as_are_missing() {
        let (goal, view) = goal(1);
        let ghosts = missing(&goal, &view);
        assert_eq!(ghosts.len(), 1);
        assert_eq!((ghosts[0].kind.as_str(), ghosts[0].say.as_str()), ("task", "RUNNING"));
    }

    #[test]
    fn what_is_wanted_is_said_plainly() {
        let wants = |kind: &str, fields: &[(&str, &str)]| {
            let (mut goal, view) = goal(1);
            let field = |(path, value): &(&str, &str)| Field {
                path: (*path).to_owned(),
                test: match value.strip_prefix('…') {
                    Some(end) => Test::Ends(end.to_owned()),
                    None => Test::Is(value.parse::<u32>().map_or(json!(value), |n| json!(n))),
                },
            };
            if let Condition::Rows { kind: rows, fields: tests, .. } = &mut goal.when {
                (*rows, *tests) = (kind.to_owned(), fields.iter().map(field).collect());
            }
            missing(&goal, &view)[0].phrase()
        };
        let running = ("lastStatus", "RUNNING");
        assert_eq!(
            wants("task", &[running, ("group", "service:web")]),
            "task of service web, RUNNING"
        );
        assert_eq!(wants("task", &[("group", "family:web"), running]), "task of web, RUNNING");
        assert_eq!(wants("service", &[("serviceName", "web")]), "service web");
        assert_eq!(wants("target-group", &[("TargetGroupName", "web")]), "target group web");
        assert_eq!(wants("task", &[("clusterArn", "…cluster/pier")]), "task pier");
        assert_eq!(wants("cluster", &[]), "cluster");
        let four = [("serviceName", "work"), ("desiredCount", "4")];
        assert_eq!(wants("service", &four), "service work, desiredCount 4");
    }

    #[test]
    fn a_goal_that_only_has_to_hold_lacks_nothing() {
        let (mut goal, view) = goal(2);
        assert_eq!(missing(&goal, &view).len(), 0);
        goal.ghost =
            Some(crate::lesson::model::Ghost { kind: "target".to_owned(), say: "60 s".to_owned() });
        assert_eq!(missing(&goal, &view).len(), 1);
    }
}
