//! What the goals of a step still lack, for drawing.

use super::Ghost;
use crate::lesson::model::{Condition, Field, Goal, Test};
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

/// The values that a row should have: `web, RUNNING`.
fn words(fields: &[Field]) -> String {
    let word = |field: &Field| match &field.test {
        Test::Is(value) => value.as_str().map(str::to_owned),
        Test::Contains(text) | Test::Starts(text) | Test::Ends(text) => Some(text.clone()),
        Test::Above(_) | Test::Below(_) | Test::Exists(_) => None,
    };
    fields.iter().filter_map(word).collect::<Vec<_>>().join(", ")
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
    fn a_goal_that_only_has_to_hold_lacks_nothing() {
        let (mut goal, view) = goal(2);
        assert_eq!(missing(&goal, &view).len(), 0);
        goal.ghost =
            Some(crate::lesson::model::Ghost { kind: "target".to_owned(), say: "60 s".to_owned() });
        assert_eq!(missing(&goal, &view).len(), 1);
    }
}
