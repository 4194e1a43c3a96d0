//! AWS Identity and Access Management: who may do what, and why.

pub mod caller;
pub mod check;
pub mod condition;
pub mod context;
pub mod credentials;
pub mod decision;
pub mod evaluate;
pub mod grants;
pub mod log;
pub mod managed;
pub mod moment;
pub mod names;
pub mod needs;
pub mod operations;
pub mod pattern;
pub mod policy;
pub mod prepared;
pub mod profile;
pub mod refusal;
pub mod request;
pub mod role;
pub mod start;
pub mod sts;
pub mod tasks;

mod attach;
mod simulate;

use super::action::{Action, read, write};

/// The actions of IAM in this model.
pub const ACTIONS: &[Action] = &[
    write("CreateRole", role::create),
    read("GetRole", role::get),
    read("ListRoles", role::list),
    write("DeleteRole", role::delete),
    write("UpdateAssumeRolePolicy", role::update_trust),
    write("CreatePolicy", managed::create),
    read("GetPolicy", managed::get),
    read("ListPolicies", managed::list),
    write("AttachRolePolicy", attach::attach),
    write("DetachRolePolicy", attach::detach),
    read("ListAttachedRolePolicies", attach::list_attached),
    write("PutRolePolicy", attach::put),
    read("GetRolePolicy", attach::get),
    read("ListRolePolicies", attach::list),
    write("DeleteRolePolicy", attach::delete),
    write("CreateInstanceProfile", profile::create),
    read("GetInstanceProfile", profile::get),
    write("AddRoleToInstanceProfile", profile::add_role),
    read("SimulatePrincipalPolicy", simulate::principal),
    read("SimulateCustomPolicy", simulate::custom),
];
