//! How many tasks (facts/scaling §4): whole numbers throughout.

use crate::cloud::watch::number::Milli;

/// How a step changes the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjustment {
    /// By so many.
    Change,
    /// To so many.
    Exact,
    /// By so many percent.
    Percent,
}

/// One step: bounds are relative to the alarm's threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// None: from as low as can be.
    pub lower: Option<Milli>,
    /// None: as high as can be.
    pub upper: Option<Milli>,
    /// What it does.
    pub by: i64,
}

/// Target tracking: so many that the metric would be at the target, in whole tasks upward.
pub(in crate::cloud) fn track(running: u32, metric: Milli, target: Milli) -> u32 {
    let needed = i128::from(running) * i128::from(metric.max(0));
    let target = i128::from(target.max(1));
    u32::try_from((needed + target - 1) / target).unwrap_or(u32::MAX)
}

/// The step for a breach. Above the threshold the lower bound belongs to a step, below it the upper one.
pub(super) fn step_for(steps: &[Step], breach: Milli) -> Option<Step> {
    let holds = |step: &&Step| {
        let above = |lower: Milli| if breach >= 0 { breach >= lower } else { breach > lower };
        let below = |upper: Milli| if breach >= 0 { breach < upper } else { breach <= upper };
        step.lower.is_none_or(above) && step.upper.is_none_or(below)
    };
    steps.iter().find(holds).copied()
}

/// What a step makes of `current`; a change by percent moves by at least `least`.
pub(super) fn stepped(current: u32, kind: Adjustment, by: i64, least: u32) -> u32 {
    let current = i64::from(current);
    let new = match kind {
        Adjustment::Change => current.saturating_add(by),
        Adjustment::Exact => by,
        Adjustment::Percent => current.saturating_add(rounded(current.saturating_mul(by), least)),
    };
    u32::try_from(new.max(0)).unwrap_or(u32::MAX)
}

/// Hundredths to whole tasks: beyond 1 toward zero, between 0 and 1 one task.
fn rounded(hundredths: i64, least: u32) -> i64 {
    let least = i64::from(least).max(1);
    match hundredths.signum() {
        0 => 0,
        sign => sign * (hundredths.abs() / 100).max(least),
    }
}

/// Percent of a target below which tasks are too many: the low alarm's threshold.
pub(super) fn low_threshold(target: Milli) -> Milli {
    target.saturating_mul(9) / 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::watch::number::ONE;

    #[test]
    fn target_tracking_rounds_up() {
        // Source: facts/scaling §4a.
        assert_eq!(track(2, 90 * ONE, 60 * ONE), 3);
        assert_eq!(track(2, 100 * ONE, 60 * ONE), 4);
        assert_eq!(track(4, 30 * ONE, 60 * ONE), 2);
        assert_eq!(track(3, 50 * ONE, 60 * ONE), 3);
        assert_eq!(track(10, 0, 60 * ONE), 0);
        assert_eq!(low_threshold(70 * ONE), 63 * ONE);
    }

    #[test]
    fn steps_hold_as_the_guide_walks_through_them() {
        // Source: facts/scaling §4b, "Docs walk-through", threshold 50.
        let step = |lower: Option<i64>, upper: Option<i64>, by| Step {
            lower: lower.map(|n| n * ONE),
            upper: upper.map(|n| n * ONE),
            by,
        };
        let out =
            [step(Some(0), Some(10), 0), step(Some(10), Some(20), 10), step(Some(20), None, 30)];
        let by =
            |steps: &[Step], metric: i64| step_for(steps, (metric - 50) * ONE).map(|step| step.by);
        assert_eq!(by(&out, 59), Some(0));
        assert_eq!(by(&out, 60), Some(10));
        assert_eq!(by(&out, 70), Some(30));
        assert_eq!(stepped(10, Adjustment::Percent, 10, 0), 11);
        assert_eq!(stepped(11, Adjustment::Percent, 30, 0), 14);
        let down = [
            step(Some(-10), Some(0), 0),
            step(Some(-20), Some(-10), -10),
            step(None, Some(-20), -30),
        ];
        assert_eq!(by(&down, 40), Some(-10));
        assert_eq!(by(&down, 30), Some(-30));
        assert_eq!(stepped(14, Adjustment::Percent, -10, 0), 13);
        assert_eq!(stepped(13, Adjustment::Percent, -30, 0), 10);
    }

    #[test]
    fn small_percentages_move_one_task_or_the_least_that_is_asked_for() {
        assert_eq!(stepped(3, Adjustment::Percent, 10, 0), 4);
        assert_eq!(stepped(3, Adjustment::Percent, -10, 0), 2);
        assert_eq!(stepped(3, Adjustment::Percent, 10, 2), 5);
        assert_eq!(stepped(3, Adjustment::Exact, 7, 0), 7);
        assert_eq!(stepped(3, Adjustment::Change, -5, 0), 0);
    }
}
