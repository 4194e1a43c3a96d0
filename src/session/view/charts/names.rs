//! Which metrics share a chart, and what their lines are called.

use crate::cloud::watch::metrics::MetricKey;

/// The chart that a metric belongs to. What is a percentage of one thing shares a chart, and so do a load balancer's
/// requests and answers; of everything else each has its own. What is told elsewhere in another cut has none.
pub(super) fn title(key: &MetricKey, unit: &str) -> Option<String> {
    let (of, name) = (owner(key), &*key.name);
    if unit == "%" {
        return Some(of);
    }
    if *key.namespace != *"AWS/ApplicationELB" {
        return Some(format!("{of}: {name}"));
    }
    let hosts = name.ends_with("HostCount");
    let exact = name.strip_prefix("HTTPCode_ELB_").is_some_and(|rest| !rest.contains("XX"));
    if exact || (key.dimensions.len() > 1 && !hosts) {
        return None;
    }
    Some(match name {
        _ if hosts => format!("{of}: hosts"),
        "RequestCount" | "TargetConnectionErrorCount" => format!("{of}: requests a minute"),
        _ if name.starts_with("HTTPCode_") => format!("{of}: requests a minute"),
        _ => format!("{of}: {name}"),
    })
}

/// A metric's name on its chart.
pub(super) fn label(name: &str) -> String {
    let short = name.trim_start_matches("HTTPCode_").trim_end_matches("Utilization");
    let short = short.trim_end_matches("_Count").trim_end_matches("HostCount").replace('_', " ");
    if short == "RequestCount" { "all".to_owned() } else { short }
}

/// What a metric is about: the value of its last dimension, which is the narrowest.
fn owner(key: &MetricKey) -> String {
    let last = key.dimensions.last().map_or(&*key.namespace, |(_, value)| value);
    let parts: Vec<&str> = last.split('/').collect();
    match parts.as_slice() {
        [_, name, _] => (*name).to_owned(),
        _ => last.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names and dimensions: ELB guide, "CloudWatch metrics for your Application Load Balancer".
    #[test]
    fn requests_and_answers_share_a_chart() {
        let of = |name: &str, dimensions: &[(&str, &str)]| {
            title(&MetricKey::new("AWS/ApplicationELB", name, dimensions), "")
        };
        let front = [("LoadBalancer", "app/front/50dc6c495c0c9188")];
        let both = [front[0], ("TargetGroup", "targetgroup/web/943f017f100becff")];
        let requests = Some("front: requests a minute".to_owned());
        assert_eq!(of("RequestCount", &front), requests);
        assert_eq!(of("HTTPCode_Target_2XX_Count", &front), requests);
        assert_eq!(of("HTTPCode_ELB_5XX_Count", &front), requests);
        assert_eq!(of("HTTPCode_ELB_502_Count", &front), None);
        assert_eq!(of("RequestCount", &both), None);
        assert_eq!(of("HealthyHostCount", &both), Some("web: hosts".to_owned()));
        let labels = ["RequestCount", "HTTPCode_Target_2XX_Count", "HealthyHostCount"].map(label);
        assert_eq!(labels, ["all", "Target 2XX", "Healthy"]);
    }
}
