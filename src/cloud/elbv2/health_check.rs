//! How targets are checked: the settings of a group, and what an answer means to them.

use std::sync::Arc;

use super::Text;
use super::answer::Answer;
use super::names::invalid;
use crate::cloud::error::ApiError;
use crate::cloud::params::Params;
use crate::cloud::time::{Millis, SECOND};

/// How targets are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// `HTTP`, `HTTPS` or `TCP`.
    pub protocol: Text,
    /// A port, or `traffic-port`.
    pub port: Text,
    /// The path that is asked for.
    pub path: Text,
    /// Between two checks, in seconds.
    pub interval_s: u16,
    /// For an answer, in seconds.
    pub timeout_s: u16,
    /// Good answers in a row to become healthy again.
    pub healthy: u32,
    /// Bad answers in a row to become unhealthy.
    pub unhealthy: u32,
    /// Statuses that count as good: `200`, `200-299`, `200,302`.
    pub matcher: Text,
}

/// Why a check failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// An answer with a status that the matcher does not name.
    Code(u16),
    /// No answer in time.
    Timeout,
    /// No connection.
    Refused,
    /// It is not asked: no load balancer of its group stands in its zone.
    Zone,
}

impl HealthCheck {
    /// The default check (facts: alb-and-network §2, "Health checks (ALB)").
    pub(super) fn of_protocol(protocol: &str) -> Self {
        let http = matches!(protocol, "HTTP" | "HTTPS");
        Self {
            protocol: Arc::from(if http { protocol } else { "TCP" }),
            port: Arc::from("traffic-port"),
            path: Arc::from("/"),
            interval_s: 30,
            timeout_s: if http { 5 } else { 10 },
            healthy: 5,
            unhealthy: 2,
            matcher: Arc::from("200"),
        }
    }

    /// The check with what a request says otherwise.
    pub(super) fn changed(&self, params: Params<'_>) -> Result<Self, ApiError> {
        let text =
            |name: &str, old: &Text| params.str(name).map_or_else(|| Arc::clone(old), Arc::from);
        let range = |name: &str, old: u32, low: u32, high: u32| match params.int(name) {
            None => Ok(old),
            Some(value) => u32::try_from(value)
                .ok()
                .filter(|value| (low..=high).contains(value))
                .ok_or_else(|| invalid(format!("{name} must be between {low} and {high}"))),
        };
        let interval = range("HealthCheckIntervalSeconds", self.interval_s.into(), 5, 300)?;
        let timeout = range("HealthCheckTimeoutSeconds", self.timeout_s.into(), 2, 120)?;
        if timeout >= interval {
            return Err(invalid(format!(
                "Health check interval must be greater than the timeout: interval {interval}, timeout {timeout}"
            )));
        }
        let check = Self {
            protocol: text("HealthCheckProtocol", &self.protocol),
            port: text("HealthCheckPort", &self.port),
            path: text("HealthCheckPath", &self.path),
            interval_s: u16::try_from(interval).unwrap_or(u16::MAX),
            timeout_s: u16::try_from(timeout).unwrap_or(u16::MAX),
            healthy: range("HealthyThresholdCount", self.healthy, 2, 10)?,
            unhealthy: range("UnhealthyThresholdCount", self.unhealthy, 2, 10)?,
            matcher: params
                .inner("Matcher")
                .str("HttpCode")
                .map_or_else(|| Arc::clone(&self.matcher), Arc::from),
        };
        check.complaint().map_or(Ok(check), |text| Err(invalid(text)))
    }

    /// What is wrong with the texts of a check (facts: ELB/target-group-health-checks; sentences chosen).
    fn complaint(&self) -> Option<String> {
        let (path, port, codes) = (&*self.path, &*self.port, &*self.matcher);
        if !path.starts_with('/') {
            return Some(format!("Health check path '{path}' must begin with a '/'"));
        }
        if port != "traffic-port" && !port.parse::<u16>().is_ok_and(|port| port > 0) {
            let text = format!(
                "Health check port '{port}' must be 'traffic-port' or a number from 1 to 65535"
            );
            return Some(text);
        }
        let good = codes.split(',').all(|part| {
            ranged(part).is_some_and(|(low, high)| 200 <= low && low <= high && high <= 499)
        });
        (!good).then(|| {
            format!("Health check matcher HTTP code '{codes}' must be within '200-499' inclusive")
        })
    }

    /// What an answer means: nothing where it is good.
    pub(super) fn judge(&self, answer: Answer) -> Option<Failure> {
        match answer {
            Answer::Refused => Some(Failure::Refused),
            Answer::Silent => Some(Failure::Timeout),
            Answer::Status { took_ms, .. } if took_ms > Millis::from(self.timeout_s) * SECOND => {
                Some(Failure::Timeout)
            }
            Answer::Status { status, .. } => {
                let good = &*self.protocol == "TCP" || self.wants(status);
                (!good).then_some(Failure::Code(status))
            }
        }
    }

    /// The matcher names the status: `200`, `200-299`, `200,202`.
    fn wants(&self, status: u16) -> bool {
        let bounds = self.matcher.split(',').filter_map(ranged);
        bounds.into_iter().any(|(low, high)| (low..=high).contains(&status))
    }
}

/// A part of a matcher: `200`, `200-299`.
fn ranged(part: &str) -> Option<(u16, u16)> {
    let (low, high) = part.split_once('-').unwrap_or((part, part));
    let number = |text: &str| text.trim().parse::<u16>().ok();
    number(low).zip(number(high))
}
