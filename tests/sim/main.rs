//! Native tests of the account and everything that drives it: one binary, a module a topic.

mod cli_basics;
mod cli_support;
mod ec2_instances;
mod ec2_network;
mod lab;
mod session;
