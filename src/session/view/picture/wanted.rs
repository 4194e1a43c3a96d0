//! What the goals of a step still lack, for drawing.

use super::Ghost;
use crate::lesson::model::Goal;
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

/// What one goal lacks: what its lesson says. A goal can be about a thing that is there already, or about a call; so
/// nothing is drawn that no lesson names.
fn missing(goal: &Goal, view: &GoalView) -> Vec<Ghost> {
    let Some(ghost) = &goal.ghost else { return Vec::new() };
    let count = view.want.saturating_sub(view.got).clamp(1, MOST);
    let ghost = Ghost { goal: goal.id.clone(), kind: ghost.kind.clone(), say: ghost.say.clone() };
    (0..count).map(|_| ghost.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::model::{Condition, Html};

    fn goal(got: u32) -> (Goal, GoalView) {
        let wanted = crate::lesson::model::Ghost { kind: "task".to_owned(), say: "web".to_owned() };
        let goal = Goal {
            id: "two".to_owned(),
            say: Html("Two tasks run".to_owned()),
            when: Condition::All(Vec::new()),
            hold: None,
            ghost: Some(wanted),
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
        let (goal, view) = goal(0);
        let ghosts = missing(&goal, &view);
        assert_eq!(ghosts.len(), 2);
        assert_eq!((ghosts[0].kind.as_str(), ghosts[0].say.as_str()), ("task", "web"));
    }

    #[test]
    fn a_goal_that_only_has_to_hold_has_one() {
        let (goal, view) = goal(2);
        assert_eq!(missing(&goal, &view).len(), 1);
    }

    #[test]
    fn nothing_is_drawn_that_no_lesson_names() {
        let (goal, view) = goal(0);
        assert!(missing(&Goal { ghost: None, ..goal }, &view).is_empty());
    }
}
