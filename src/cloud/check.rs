//! What must hold of an account at every moment. Tests ask after each step; a complaint is a fault of the simulator.

use super::account::Account;

mod ecs;

/// Everything that does not hold; empty if all is well.
pub fn account(account: &Account) -> Vec<String> {
    let mut complaints = Vec::new();
    ecs::check(account, &mut complaints);
    complaints
}
