//! Native tests of the account and everything that drives it: one binary, a module a topic.

#![allow(
    clippy::too_many_lines,
    clippy::format_push_string,
    clippy::format_collect,
    clippy::similar_names,
    clippy::cast_precision_loss,
    reason = "a test is a table of cases: it may be long, and its numbers are small"
)]
#![allow(
    clippy::needless_raw_string_hashes,
    reason = "the tool that updates expectations writes them so"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

// What tests of the library have too.
use drydock::{cli, cloud};
#[path = "../../src/cli/played.rs"]
mod played;

mod cli_basics;
mod cli_completion;
mod cli_curl;
mod cli_help;
mod cli_lines;
mod cli_mistyped;
mod cli_model;
mod cli_oracle;
mod cli_outside;
mod cli_robust;
mod cli_support;
#[cfg(feature = "lab")]
mod client_tokens;
mod conformance;
mod ec2_bill;
mod ec2_groups;
mod ec2_imds;
mod ec2_instances;
mod ec2_network;
mod ec2_walk;
mod ecr_docker;
mod ecr_images;
mod ecr_lifecycle;
mod ecr_policies;
mod ecs_balanced;
mod ecs_clusters;
mod ecs_fargate;
mod ecs_hosts;
mod ecs_limits;
mod ecs_needs;
mod ecs_placement;
mod ecs_rolling;
mod ecs_run_task;
mod ecs_services;
mod ecs_start;
mod ecs_tags;
mod ecs_task_definitions;
mod ecs_walk;
mod tags;
mod histories;
mod iam_access;
mod iam_data;
mod iam_hosts;
mod iam_inside;
mod iam_policy;
mod iam_roles;
mod lab;
mod lesson_goals;
mod lesson_library;
mod elb_api;
mod elb_requests;
mod scaling_clusters;
mod scaling_providers;
mod scaling_services;
mod scaling_spot;
mod elb_rules;
mod elb_scaling;
mod elb_shares;
mod elb_traffic;
mod session_course;
mod session_saves;
mod session;
mod session_compare;
mod session_why;
mod watch_alarms;
mod watch_metrics;
mod why_capacity;
mod why_denied;
mod why_scaling;
mod why_services;
mod why_targets;
mod walk_lines;
